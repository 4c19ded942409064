import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../model/object.ts';
import { expandCase, readCases, workloadKinds } from './case.ts';

const pass = { pass: 'nothing is said' };
const fail = {
  fail: 'it is privileged',
  container: { securityContext: { privileged: true } },
  path: 'container.securityContext.privileged',
};

function complaintsOf(...cases: Json[]): string[] {
  return readCases({ cases }).complaints.map(({ path, reason }) => `${path.join('.')}: ${reason}`);
}

function expanded(item: Json) {
  const [one] = readCases({ cases: [item] }).cases;
  assert.ok(one);
  return expandCase(one);
}

test('a case of three lines is enough', () => {
  const { cases, complaints } = readCases({ cases: [fail, pass] });
  assert.deepEqual(complaints, []);
  assert.deepEqual(
    cases.map(({ name, expect, paths }) => [name, expect, paths]),
    [
      ['it is privileged', 'fail', ['container.securityContext.privileged']],
      ['nothing is said', 'pass', []],
    ],
  );
});

test('a control needs a passing and a failing case', () => {
  assert.deepEqual(complaintsOf(fail), ['cases: there is no case that says "pass"']);
  assert.deepEqual(complaintsOf(pass), ['cases: there is no case that says "fail"']);
  assert.deepEqual(readCases([]).complaints, [{ path: [], reason: 'a tests.yaml holds `cases:`, a list' }]);
  assert.equal(readCases({ cases: [fail, pass], more: 1 }).complaints.length, 1);
});

test('a failing case names its path', () => {
  const { path: _, ...pathless } = fail;
  assert.deepEqual(complaintsOf(pathless, pass), [
    'cases.0: a failing case names the path at which it fails',
  ]);
  assert.deepEqual(complaintsOf({ ...pass, path: 'pod.x' }, fail), [
    'cases.0.path: only a failing case has a path',
  ]);
  assert.deepEqual(complaintsOf({ ...fail, path: 'spec.containers[0]' }, pass), [
    'cases.0.path: the path "spec.containers[0]" does not begin with container, pod or metadata',
  ]);
  assert.equal(
    complaintsOf({ ...fail, path: 'containers.x' }, pass).length,
    1,
    'containers is not container',
  );
  assert.equal(complaintsOf({ ...fail, path: [] }, pass).length, 2, 'an empty list is no path');
});

test('a duplicate case is refused, whether by name or by content', () => {
  assert.deepEqual(complaintsOf(fail, pass, { ...pass, pod: { hostPID: false } }), [
    'cases.2: case 2 has the same name',
  ]);
  assert.deepEqual(complaintsOf(fail, pass, { pass: 'another name' }), ['cases.2: case 2 tests the same']);
});

test('unknown keys and words are refused', () => {
  assert.match(
    complaintsOf(fail, { ...pass, containers: [] })[0] ?? '',
    /^cases\.1\.containers: unknown key/,
  );
  assert.match(complaintsOf(fail, { ...pass, kinds: ['Service'] })[0] ?? '', /unknown word "Service"/);
  assert.match(complaintsOf(fail, { ...pass, lists: ['volumes'] })[0] ?? '', /unknown word "volumes"/);
  assert.match(complaintsOf(fail, { ...pass, kubernetes: '1.34' })[0] ?? '', /no range of versions/);
  assert.match(complaintsOf(fail, { ...pass, pod: [] })[0] ?? '', /"pod" is a mapping/);
  assert.match(complaintsOf(fail, pass, 'text')[0] ?? '', /a case is a mapping/);
  assert.match(complaintsOf(fail, pass, { pass: 'a', fail: 'b' })[0] ?? '', /begins with one of/);
  assert.match(complaintsOf(fail, pass, { pass: '' })[0] ?? '', /begins with one of/);
  assert.deepEqual(complaintsOf(fail, { ...pass, object: { kind: 'Service' }, pod: {} }), [
    'cases.1.pod: "pod" means nothing beside "object"',
  ]);
});

test('a case stands for every kind and list', () => {
  const made = expanded(fail);
  assert.equal(made.length, workloadKinds.length * 2 + 1, 'ephemeral containers exist in pods only');
  const shown = made.map(({ kind, list, paths }) => `${kind} ${list} ${paths.join()}`);
  for (const expected of [
    'Pod ephemeralContainers spec.ephemeralContainers[0].securityContext.privileged',
    'PodTemplate containers template.spec.containers[0].securityContext.privileged',
    'Deployment initContainers spec.template.spec.initContainers[0].securityContext.privileged',
    'CronJob containers spec.jobTemplate.spec.template.spec.containers[0].securityContext.privileged',
  ]) {
    assert.ok(shown.includes(expected), `${expected} in\n${shown.join('\n')}`);
  }
});

test('what is written goes to its place, and the companion keeps a lone list company', () => {
  const item = {
    fail: 'x',
    pod: { hostPID: true },
    metadata: { annotations: { a: 'b' } },
    container: { image: 'web:1' },
    path: ['pod.hostPID', 'metadata.annotations.a'],
    kinds: ['Job', 'Pod'],
    lists: ['initContainers'],
  };
  const [pod, job] = expanded(item);
  assert.deepEqual(pod?.paths, ['spec.hostPID', 'metadata.annotations.a']);
  assert.deepEqual(job?.paths, ['spec.template.spec.hostPID', 'spec.template.metadata.annotations.a']);
  const spec = pod?.object['spec'] as Record<string, Json>;
  assert.deepEqual(spec['initContainers'], [{ name: 'tested', image: 'web:1' }]);
  assert.equal((spec['containers'] as { name: string }[])[0]?.name, 'other');
  assert.equal(spec['hostPID'], true);
  assert.deepEqual(pod?.object['metadata'], { name: 'tested', annotations: { a: 'b' } });
  assert.ok(job);
  const { template } = job.object['spec'] as { template: { spec: { restartPolicy: string } } };
  assert.equal(template.spec.restartPolicy, 'Never', 'a job takes no other default');
});

test('the companion of a Windows pod has no Linux fields', () => {
  const [made] = expanded({
    pass: 'x',
    pod: { os: { name: 'windows' } },
    kinds: 'Pod',
    lists: 'initContainers',
  });
  const spec = made?.object['spec'] as { containers: object[] };
  assert.equal('securityContext' in (spec.containers[0] ?? {}), false);
});

test('a whole object is tried as it is', () => {
  const object = { apiVersion: 'v1', kind: 'Service', spec: {} };
  assert.deepEqual(expanded({ fail: 'x', object, path: 'spec.ports[0]' }), [
    { kind: 'Service', list: undefined, object, paths: ['spec.ports[0]'] },
  ]);
});
