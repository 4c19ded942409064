import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject } from '../../model/object.ts';
import { valueAt } from '../../model/path.ts';
import { policyObject } from '../../policy/mutation/sample.fixture.ts';
import { type Files, inFolder } from '../testing/run.fixture.ts';
import { type Mutated, mutateManifests, type MutatingOptions } from './mutating.ts';

const pod = '{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containers: [{name: a, image: a}]}}\n';
/** A policy on pods that sets a label. */
const labels = (name: string, label: string, value: string, spec: object = {}): string => {
  const expression = `Object{metadata: Object.metadata{labels: {"${label}": ${value}}}}`;
  return `${JSON.stringify(policyObject([expression], spec, name))}\n`;
};
const binding = (name: string, policyName: string, spec: object = {}): string => {
  const kind = 'MutatingAdmissionPolicyBinding';
  const apiVersion = 'admissionregistration.k8s.io/v1';
  return `${JSON.stringify({ apiVersion, kind, metadata: { name }, spec: { policyName, ...spec } })}\n`;
};
const documents = (...texts: string[]): string => texts.join('---\n');

function run(files: Files, more: Partial<MutatingOptions> = {}): Mutated {
  return inFolder(files, (cwd) =>
    mutateManifests({
      inputs: ['pod.yaml'],
      policies: ['policies.yaml'],
      cwd,
      stdin: () => new Uint8Array(),
      version: '1.36',
      namespace: 'shop',
      ...more,
    }),
  );
}
const said = ({ problems }: Mutated): string[] =>
  problems.map(({ file, line, severity, reason }) => `${severity} ${file}:${line} ${reason}`);
const labelsOf = ({ manifests }: Mutated): unknown[] =>
  manifests.map(({ result }) => valueAt(result.object as JsonObject, ['metadata', 'labels']) ?? null);

describe('policies', () => {
  test('run by name, wherever they stand, each with its bindings', () => {
    const text = documents(
      labels('b', 'last', '"b"'),
      labels('a', 'last', '"a"'),
      binding('for-a', 'a'),
      binding('for-b', 'b'),
    );
    const made = run({ 'policies.yaml': text, 'pod.yaml': pod });
    assert.deepEqual(labelsOf(made), [{ last: 'b' }]);
    assert.deepEqual(said(made), []);
    assert.equal(made.policies, 2);
    assert.deepEqual(
      made.manifests.map(({ dependsOnOrder }) => dependsOnOrder),
      [true],
    );
  });

  test('that say nothing against each other may run in any order', () => {
    const text = documents(
      labels('b', 'b', '"b"'),
      labels('a', 'a', '"a"'),
      binding('x', 'a'),
      binding('y', 'b'),
    );
    const { manifests } = run({ 'policies.yaml': text, 'pod.yaml': pod });
    assert.deepEqual(
      manifests.map(({ dependsOnOrder }) => dependsOnOrder),
      [false],
    );
  });

  test('without a binding run on everything, which no cluster would do', () => {
    const made = run({ 'policies.yaml': labels('a', 'a', '"a"'), 'pod.yaml': pod });
    assert.deepEqual(labelsOf(made), [{ a: 'a' }]);
    assert.deepEqual(said(made), [
      'warning policies.yaml:1 policy "a" has no binding here, so no cluster would run it: it is run as bound to everything',
    ]);
  });

  test('that are not here are told of by their bindings, those that are refused are not', () => {
    const lost = documents(labels('a', 'a', '"a"'), binding('b', 'a'), binding('other', 'lost'));
    assert.deepEqual(said(run({ 'policies.yaml': lost, 'pod.yaml': pod })), [
      'warning policies.yaml:5 binding "other" names policy "lost", which is not among the policies',
    ]);
    const refused = documents(labels('a', 'a', '"a"', { failurePolicy: 'Maybe' }), binding('b', 'a'));
    const made = run({ 'policies.yaml': refused, 'pod.yaml': pod });
    assert.equal(made.refused, true);
    assert.deepEqual(made.manifests, []);
    assert.equal(said(made).filter((line) => line.startsWith('warning')).length, 0);
    assert.match(said(made).join('\n'), /^error policies\.yaml:1 .*failurePolicy/m);
  });

  test('of two with one name are an error, and nothing is mutated', () => {
    const twice = documents(labels('a', 'a', '"1"'), labels('a', 'a', '"2"'));
    const made = run({ 'policies.yaml': twice, 'pod.yaml': pod });
    assert.deepEqual([made.refused, made.manifests], [true, []]);
    assert.ok(
      said(made).includes(
        'error policies.yaml:3 there is a MutatingAdmissionPolicy "a" already: a cluster keeps one',
      ),
      said(made).join('\n'),
    );
  });

  test('of other engines are not run, which is said', () => {
    const foreign =
      '{apiVersion: kyverno.io/v1, kind: ClusterPolicy, metadata: {name: a}, spec: {rules: []}}\n';
    const text = documents(labels('a', 'a', '"a"'), binding('b', 'a'), foreign);
    const made = run({ 'policies.yaml': text, 'pod.yaml': pod });
    assert.match(said(made).join('\n'), /^warning policies\.yaml:5 .*Kyverno/i);
    assert.deepEqual(labelsOf(made), [{ a: 'a' }]);
  });
});

describe('what stands beside the policies', () => {
  const takes = { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } };
  const paramRef = { name: 'p', namespace: 'shop', parameterNotFoundAction: 'Deny' };
  const policies = documents(
    labels('a', 'team', 'params.data.team', takes),
    binding('b', 'a', { paramRef }),
    '{apiVersion: v1, kind: ConfigMap, metadata: {name: p, namespace: shop}, data: {team: blue}}\n',
  );

  test('is there to be looked up and is not mutated', () => {
    const made = run({ 'policies.yaml': policies, 'pod.yaml': pod });
    assert.deepEqual(labelsOf(made), [{ team: 'blue' }]);
  });

  test('is mutated as well where it is named as a manifest, and is read once', () => {
    const made = run({ 'all.yaml': documents(policies, pod) }, { inputs: ['.'], policies: ['all.yaml'] });
    assert.deepEqual(
      made.manifests.map(({ manifest }) => manifest.reference.kind),
      ['ConfigMap', 'Pod'],
    );
    assert.deepEqual([made.policies, made.refused, said(made)], [1, false, []]);
  });
});

describe('the request', () => {
  const namespaced = labels('a', 'in', 'request.namespace');
  const files = (manifest: string): Files => ({
    'policies.yaml': documents(namespaced, binding('b', 'a')),
    'pod.yaml': manifest,
  });

  test('is in the namespace of the object, or in the one that is named', () => {
    assert.deepEqual(labelsOf(run(files(pod))), [{ in: 'shop' }]);
    assert.deepEqual(labelsOf(run(files(pod.replace('name: web', 'name: web, namespace: lab')))), [
      { in: 'lab' },
    ]);
    const [{ before }] = run(files(pod)).manifests as [Mutated['manifests'][number]];
    assert.equal(valueAt(before, ['metadata', 'namespace']), 'shop');
  });

  test('what the server could not decode is told where it stands; the others are mutated', () => {
    const broken = pod.replace('[{name: a, image: a}]', '7');
    const made = run(files(documents(broken, pod)));
    assert.deepEqual(labelsOf(made), [{ in: 'shop' }]);
    assert.match(said(made).join('\n'), /^error pod\.yaml:1 ./);
  });
});
