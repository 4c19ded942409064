import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { collectManifests } from '../collect/manifests.ts';
import { explainPolicy } from '../loop/explain.ts';
import { PolicyCompiler } from '../policy/index.ts';
import type { ExplanationText } from '../report/explanation.ts';
import { explanationTexts } from './explanation-texts.ts';

/** What is told of one manifest by a policy with these variables and validations. */
function told(
  manifest: string,
  variables: Readonly<Record<string, string>>,
  rules: readonly string[],
  isAboutSecrets = false,
): ExplanationText {
  const all = [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'] }];
  const { policy, problems } = new PolicyCompiler({ version: '1.36' }).compilePolicy({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'p' },
    spec: {
      matchConstraints: { resourceRules: all },
      variables: Object.entries(variables).map(([name, expression]) => ({ name, expression })),
      validations: rules.map((expression) => ({ expression, message: 'm' })),
    },
  });
  assert.deepEqual(problems, []);
  const { manifests } = collectManifests(['-'], {
    cwd: '/',
    exclude: [],
    stdin: () => Buffer.from(manifest),
  });
  const [one] = explainPolicy([{ policy: policy!, binding: undefined }], manifests, []);
  return [...explanationTexts(one!, isAboutSecrets)][0]!;
}

const pod = `apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - {name: a, image: nginx, resources: {limits: {cpu: 1000m}}}
  - {name: b, image: nginx}
`;
const secret = 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {token: hunter2}\n';
const values = (text: ExplanationText): string[] =>
  text.variables.map(({ name, value }) => `${name} ${value}`);

describe('values', () => {
  const variables = {
    containers: 'object.spec.containers',
    images: 'object.spec.containers.map(c, c.image)',
    none: '[]',
    gone: 'object.spec.nowhere',
    who: 'request.userInfo.username',
    size: 'object.spec.containers.size()',
  };
  const rule = ['variables.containers.size() > 9 && variables.images.size() > 0'];

  test('a list of what has names is told by them', () => {
    const read = values(told(pod, variables, rule));
    assert.equal(read[0], 'containers [a, b]');
    assert.equal(read[1], 'images ["nginx", "nginx"]');
    assert.equal(read[2], 'none []');
    assert.match(read[3]!, /^gone error: no such key: nowhere/);
    assert.equal(read[4], 'who unknown: depends on request.userInfo');
    assert.equal(read[5], 'size 2');
  });

  test('of what may be secret only how much there is, and truth', () => {
    const text = told(pod, { ...variables, name: 'object.metadata.name', spec: 'object.spec' }, rule, true);
    assert.equal(text.conceals, true);
    assert.deepEqual(values(text), [
      'containers 2 items, not shown: they may hold secrets',
      'images 2 items, not shown: they may hold secrets',
      'none 0 items, not shown: they may hold secrets',
      'gone error',
      'who unknown: depends on request.userInfo',
      'size (not shown: it may hold secrets)',
      'name ••••',
      'spec (not shown: it may hold secrets)',
    ]);
  });

  test('a Secret is one, whatever the policy is about', () => {
    const text = told(secret, { data: 'object.data', token: 'string(object.data.token)' }, [
      'has(object.data)',
    ]);
    assert.equal(text.conceals, true);
    assert.doesNotMatch(JSON.stringify(text), /hunter2|aHVudGVyMg/);
  });
});

describe('what the server sees otherwise', () => {
  test('is told where it was written, and counted where it was filled in', () => {
    const { changes } = told(pod, {}, ['true']);
    const filled = changes.at(-1)!;
    assert.match(filled, /^the server fills in [^,]+, [^,]+, [^,]+ and \d+ more$/);
    assert.match(changes.join('\n'), /cpu.*1000m/);
  });

  test('without the values where these may be secret', () => {
    const { changes } = told(pod, {}, ['true'], true);
    assert.ok(
      changes.some((change) => change.endsWith('limits.cpu is seen otherwise')),
      changes.join('\n'),
    );
    assert.doesNotMatch(changes.join('\n'), /1000m/);
  });
});

test('a rule that fails points at what fails it, one that passes at nothing', () => {
  const { rules, verdict } = told(pod, {}, [
    "object.spec.containers.all(c, c.image != 'nginx')",
    'size(object.spec.containers) == 2',
  ]);
  assert.equal(verdict, 'fail');
  assert.deepEqual(
    rules.map(({ verdict: own, elements }) => [
      own,
      elements.map(({ path, location }) => `${path} ${location.line}`),
    ]),
    [
      ['fail', ['spec.containers[0].image 6', 'spec.containers[1].image 7']],
      ['pass', []],
    ],
  );
});

test('what no policy could judge says why', () => {
  const text = told('apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: 7}\n', {}, [
    'true',
  ]);
  assert.equal(text.verdict, 'error');
  assert.notEqual(text.reason, '');
  assert.deepEqual([text.rules, text.changes], [[], []]);
});
