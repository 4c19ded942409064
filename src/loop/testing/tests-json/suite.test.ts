import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configMap, configMapPolicy, type Files, runFiles } from '../run.fixture.ts';

const binding = (spec: string): string => `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: b}
spec: {policyName: something-else, ${spec}}
`;
const policy = configMapPolicy('  - {expression: "object.data.a != \'bad\'", message: a is bad}');
const base = (tests: unknown, more: Files = {}): Files => ({
  'controls/c/tests.json': JSON.stringify(tests, null, 2),
  'controls/c/policy.yaml': policy,
  'test-resources/map.yaml': configMap('{a: "1"}', '{name: a}'),
  'test-resources/policy-binding.yaml': binding('validationActions: [Deny]'),
  'test-resources/warn.yaml': binding('validationActions: [Warn]'),
  ...more,
});
const one = (more: object): object => ({ name: 'c', template: 'map.yaml', expected: 'pass', ...more });
const bad = { field_change_list: ['data.a=bad'] };
const cases = (tests: unknown, more: Files = {}): readonly string[] => runFiles(base(tests, more)).cases;

test('pass, fail and warn, by template and changed fields', () => {
  assert.deepEqual(cases([one({})]), ['passed c']);
  assert.deepEqual(cases([one({ ...bad, expected: 'fail' })]), ['passed c']);
  assert.deepEqual(cases([one({ ...bad, expected: 'warn', binding_template: 'warn.yaml' })]), ['passed c']);
  assert.deepEqual(cases([one(bad)]), ['failed c: fail (fail "a is bad")']);
  assert.deepEqual(cases([one({ ...bad, binding_template: 'warn.yaml' })]), [
    'failed c: warn (fail "a is bad")',
  ]);
  assert.deepEqual(cases([one({ expected: 'fail' })]), ['failed c: pass']);
});

test('the objects go into a namespace that the binding selects', () => {
  const selecting = binding(
    'validationActions: [Deny], matchResources: {namespaceSelector: {matchLabels: {policy: enforced}}}',
  );
  const more = { 'test-resources/policy-binding.yaml': selecting };
  assert.deepEqual(cases([one({ ...bad, expected: 'fail' })], more), ['passed c']);
});

test('objects are seen as an API server has them', () => {
  const rule = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: rule}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
  validations: [{expression: "object.spec.restartPolicy == 'Always' && request.namespace == 'test-namespace'"}]
`;
  const pod = '{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: a, image: b}]}}';
  const more = { 'controls/c/policy.yaml': rule, 'test-resources/map.yaml': pod };
  assert.deepEqual(cases([one({})], more), ['passed c']);
  const unknownField = one({ field_change_list: ['spec.hostnetwork=true'] });
  assert.deepEqual(cases([unknownField], more), [
    'error c: the object has no field spec.hostnetwork: kubectl would refuse it',
  ]);
});

test('the parameter is the one of the default configuration, under the name of the binding', () => {
  const withParams = configMapPolicy(
    '  - {expression: "object.data.a in params.settings.allowed", message: m}',
    '  paramKind: {apiVersion: example.com/v1, kind: Configuration}',
  );
  const more: Files = {
    'controls/c/policy.yaml': withParams,
    'test-resources/default-control-configuration.yaml':
      '{apiVersion: example.com/v1, kind: Configuration, metadata: {name: default}, settings: {allowed: ["1"]}}',
    'test-resources/policy-binding.yaml': binding(
      'validationActions: [Deny], paramRef: {name: basic, parameterNotFoundAction: Deny}',
    ),
  };
  assert.deepEqual(cases([one({}), one({ name: 'd', ...bad, expected: 'fail' })], more), [
    'passed c',
    'passed d',
  ]);
});

test('without a binding every policy denies', () => {
  const files = { ...base([one({ ...bad, expected: 'fail' })]) } as Record<string, string>;
  delete files['test-resources/policy-binding.yaml'];
  assert.deepEqual(runFiles(files).cases, ['passed c']);
});

test('templates may lie beside the tests', () => {
  const more = { 'controls/c/own.yaml': configMap('{a: bad}', '{name: a}') };
  assert.deepEqual(cases([one({ template: 'own.yaml', expected: 'fail' })], more), ['passed c']);
});

test('mistakes are located, and the other cases still run', () => {
  const wrong = (more: object): { case: string; problem: string } => {
    const ran = runFiles(base([one(more), one({ name: 'good' })]));
    assert.equal(ran.cases[1], 'passed good');
    return { case: ran.cases[0]!, problem: ran.problems[0]! };
  };
  assert.equal(
    wrong({ template: 'gone.yaml' }).problem,
    'error controls/c/tests.json:4:5 gone.yaml is neither beside the tests nor in a folder "test-resources" above them',
  );
  assert.match(
    wrong({ expected: 'fial' }).problem,
    /tests\.json:5:5 unknown expected "fial"; did you mean "fail"\?/,
  );
  assert.match(wrong({ field_change_list: ['data..a=1'] }).problem, /tests\.json:7:7 "data\.\.a=1": what is/);
  assert.match(wrong({ binding_template: 'gone.yaml' }).case, /^error c: gone\.yaml is neither/);
});

test('a control without a policy beside its tests', () => {
  const files = { 'controls/c/tests.json': JSON.stringify([one({})]) };
  assert.deepEqual(runFiles(files).cases, [
    'error c: there is no ValidatingAdmissionPolicy beside the tests',
  ]);
});

test('a list of something else is no test file', () => {
  assert.deepEqual(runFiles({ 'a.json': '[{"template": 1, "expected": 2}, {"template": 3}]' }).suites, []);
});
