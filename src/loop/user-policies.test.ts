import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PolicyCompiler } from '../policy/index.ts';
import { type Files, inFolder } from './testing/run.fixture.ts';
import { readUserPolicies } from './user-policies.ts';

const policy = (name: string, paramKind = ''): string => `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: ${name}}
spec:
  ${paramKind === '' ? '' : `paramKind: ${paramKind}`}
  matchConstraints:
    resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
  validations: [{expression: "${paramKind === '' ? 'true' : 'params.most > 1'}", message: m}]
`;
const limit = '{apiVersion: example.com/v1, kind: Limit}';
const parameter = (name: string): string =>
  `{apiVersion: example.com/v1, kind: Limit, metadata: {name: ${name}}, most: 2}\n`;

function read(files: Files) {
  return inFolder(files, (cwd) => {
    const { rules, problems } = readUserPolicies(['.'], cwd, new PolicyCompiler({ version: '1.36' }), {
      has: () => false,
    });
    return {
      params: rules.map(({ bound }) => bound.binding?.definition.paramRef?.name),
      problems: problems.map(({ file, line, severity, reason }) => `${severity} ${file}:${line} ${reason}`),
    };
  });
}

describe('a policy without a binding', () => {
  test('is judged as bound to everything', () => {
    assert.deepEqual(read({ 'p.yaml': policy('a') }), {
      params: [undefined],
      problems: [
        'warning p.yaml:3 policy "a" has no binding here: it is judged as bound to everything with Deny',
      ],
    });
  });

  test('is judged with each parameter of its kind beside it', () => {
    const files = { 'p.yaml': policy('a', limit), 'l.yaml': `${parameter('x')}---\n${parameter('z')}` };
    assert.deepEqual(read(files), {
      params: ['x', 'z'],
      problems: [
        'warning p.yaml:3 policy "a" has no binding here: it is judged as bound to everything with Deny and with the Limit "x", "z" beside it',
      ],
    });
  });

  test('is judged without a parameter where there is none, and that is said', () => {
    assert.deepEqual(read({ 'p.yaml': policy('a', limit) }), {
      params: [undefined],
      problems: [
        'warning p.yaml:3 policy "a" has no binding here: it is judged as bound to everything with Deny, without a Limit, since none is beside it',
      ],
    });
  });

  test('takes a ConfigMap only where there is one: several may be anything', () => {
    const configMap = (name: string): string =>
      `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}}}\n`;
    const own = policy('a', '{apiVersion: v1, kind: ConfigMap}');
    assert.deepEqual(read({ 'p.yaml': own, 'c.yaml': configMap('x') }).params, ['x']);
    const two = read({ 'p.yaml': own, 'c.yaml': `${configMap('x')}---\n${configMap('z')}` });
    assert.deepEqual(two.params, [undefined]);
    assert.match(
      two.problems[0]!,
      /without a ConfigMap, since 2 are beside it and nothing says which is meant$/,
    );
  });

  test('with a binding nothing is made up', () => {
    const binding = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: b}
spec: {policyName: a, validationActions: [Deny], paramRef: {name: z, parameterNotFoundAction: Deny}}
`;
    const files = { 'p.yaml': `${policy('a', limit)}---\n${binding}---\n${parameter('x')}` };
    assert.deepEqual(read(files), { params: ['z'], problems: [] });
  });
});

describe('policies of other engines', () => {
  const cluster = 'apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: c}\n';

  test('are not run, which is said where each stands', () => {
    const { problems } = read({ 'p.yaml': `${policy('a')}---\n${cluster}` });
    assert.ok(
      problems.includes(
        'warning p.yaml:11 a ClusterPolicy of Kyverno is not run here: only admission policies of Kubernetes are',
      ),
      problems.join('\n'),
    );
  });

  test('are no policies where there are no others', () => {
    const { problems } = read({ 'c.yaml': cluster });
    assert.equal(
      problems.at(-1),
      'error .:0 there is no ValidatingAdmissionPolicy here; c.yaml:2: a ClusterPolicy of Kyverno is not run here: only admission policies of Kubernetes are',
    );
  });
});
