import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDocuments } from '../yaml/index.ts';
import type { JsonObject } from '../model/object.ts';
import { PolicyCompiler } from './compiler.ts';
import { documentLocator } from './document-locator.ts';

const compiler = () => new PolicyCompiler({ version: '1.36' });
const rule = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] };
const object = (spec: object): JsonObject =>
  JSON.parse(
    JSON.stringify({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: 'p' },
      spec: { matchConstraints: { resourceRules: [rule] }, validations: [{ expression: 'true' }], ...spec },
    }),
  );
const reasons = (spec: object) =>
  compiler()
    .compilePolicy(object(spec))
    .problems.map(({ reason }) => reason);

test('an expression that does not compile is located at its own character', () => {
  const text = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: p}
spec:
  matchConstraints:
    resourceRules:
    - {operations: [CREATE], apiGroups: [""], apiVersions: [v1], resources: [pods]}
  validations:
  - expression: >-
      object.spec.x == 1 &&
      nobody.knows
  - expression: object.spec.x
`;
  const [document] = [...readDocuments(text)];
  const { policy, problems } = compiler().compilePolicy(
    document!.value as JsonObject,
    documentLocator(document!, 'p.yaml'),
  );
  assert.deepEqual(
    problems.map(({ file, line, column, reason }) => [file, line, column, reason]),
    [
      ['p.yaml', 11, 7, "spec.validations[0].expression: undeclared reference to 'nobody' (in container '')"],
      ['p.yaml', 12, 5, 'spec.validations[1].expression: must evaluate to bool but got dyn'],
    ],
  );
  assert.equal(policy?.refused, true);
  assert.equal(policy?.validations[0]?.program, undefined);
  assert.match(
    policy!.validations[0]!.error,
    /^compilation failed: ERROR: <input>:1:23: undeclared reference/,
  );
});

test('result types are exact', () => {
  assert.deepEqual(reasons({ validations: [{ expression: 'true', messageExpression: '1' }] }), [
    'spec.validations[0].messageExpression: must evaluate to string but got int',
  ]);
  assert.deepEqual(reasons({ auditAnnotations: [{ key: 'a', valueExpression: 'null' }] }), []);
  assert.deepEqual(reasons({ auditAnnotations: [{ key: 'a', valueExpression: 'object.x' }] }), [
    'spec.auditAnnotations[0].valueExpression: must evaluate to one of [string null_type] but got dyn',
  ]);
  assert.deepEqual(reasons({ matchConditions: [{ name: 'a', expression: "'true'" }] }), [
    'spec.matchConditions[0].expression: must evaluate to bool but got string',
  ]);
});

test('what each kind of expression may refer to', () => {
  const undeclared = (name: string, at: string) =>
    `${at}: undeclared reference to '${name}' (in container '')`;
  assert.deepEqual(reasons({ validations: [{ expression: 'params == null' }] }), [
    undeclared('params', 'spec.validations[0].expression'),
  ]);
  assert.deepEqual(
    reasons({
      paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
      matchConditions: [{ name: 'a', expression: 'params == null' }],
      validations: [{ expression: 'params == null', messageExpression: 'string(params == null)' }],
    }),
    [],
  );
  assert.deepEqual(
    reasons({ validations: [{ expression: 'true', messageExpression: 'string(authorizer == null)' }] })[0],
    undeclared('authorizer', 'spec.validations[0].messageExpression'),
  );
  assert.deepEqual(reasons({ validations: [{ expression: 'variables.x == 1' }] }), [
    undeclared('variables', 'spec.validations[0].expression'),
  ]);
  assert.deepEqual(
    reasons({
      variables: [{ name: 'x', expression: '1' }],
      matchConditions: [{ name: 'a', expression: 'variables.x == 1' }],
    }),
    [undeclared('variables', 'spec.matchConditions[0].expression')],
  );
});

test('variables see earlier ones with their types', () => {
  const variables = (...expressions: string[]) => ({
    variables: expressions.map((expression, index) => ({ name: `v${index}`, expression })),
  });
  assert.deepEqual(reasons(variables('1', 'variables.v0 + 1')), []);
  assert.equal(reasons(variables('variables.v1', '1')).length, 1);
  assert.match(reasons(variables('1', "variables.v0 + 'a'"))[0]!, /found no matching overload for '_\+_'/);
  assert.deepEqual(reasons(variables('optional.of(1)', 'variables.v0 + 1')), []);
});

test('an empty expression is one problem', () => {
  assert.deepEqual(reasons({ validations: [{ expression: ' ' }] }), [
    'spec.validations[0].expression: Required value: expression is not specified',
  ]);
});

test('names that are no identifiers crash nothing', () => {
  const variables = ['a(', '__proto__', '', 'constructor'].map((name) => ({ name, expression: '1' }));
  assert.equal(reasons({ variables }).length, 2);
});

test('a function of a later version is a problem for an earlier one', () => {
  const spec = { validations: [{ expression: "semver('1.0.0').isLessThan(semver('2.0.0'))" }] };
  const { problems } = new PolicyCompiler({ version: '1.30' }).compilePolicy(object(spec));
  assert.match(problems[0]!.reason, /undeclared reference to 'semver'.*needs Kubernetes >= 1\.3\d/);
  assert.deepEqual(reasons(spec), []);
});

test('equal expressions of several policies are compiled once', () => {
  const one = compiler();
  const spec = (expression: string) =>
    object({
      variables: [{ name: 'all', expression: 'object.spec.containers' }],
      validations: [{ expression }],
    });
  const first = one.compilePolicy(spec('variables.all.size() > 0')).policy!;
  const second = one.compilePolicy(spec('variables.all.size() > 1')).policy!;
  const again = one.compilePolicy(spec('variables.all.size() > 1')).policy!;
  assert.equal(first.variables.get('all')?.program, second.variables.get('all')?.program);
  assert.equal(first.variables.get('all')?.shared, second.variables.get('all')?.shared);
  assert.equal(second.validations[0]?.program, again.validations[0]?.program);
});

test('what depends on the binding is not shared', () => {
  const { policy } = compiler().compilePolicy(
    object({
      paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
      variables: [
        { name: 'own', expression: 'params' },
        { name: 'through', expression: 'variables.own' },
        { name: 'free', expression: 'object.spec' },
      ],
    }),
  );
  const shared = [...policy!.variables.values()].map((variable) => variable.shared === undefined);
  assert.deepEqual(shared, [true, true, false]);
});

test('thousands of variables, each seeing those before it', () => {
  const variables = Array.from({ length: 2000 }, (_, i) => ({
    name: `v${i}`,
    expression: i === 0 ? '1' : `variables.v${i - 1} + 1`,
  }));
  const before = process.cpuUsage();
  const validations = [{ expression: 'variables.v1999 > 1' }, { expression: 'variables.v2000 > 1' }];
  const { policy, problems } = compiler().compilePolicy(object({ variables, validations }));
  const { user, system } = process.cpuUsage(before);
  assert.match(problems[0]!.reason, /undefined field 'v2000'/);
  assert.equal(policy?.variables.size, 2000);
  assert.ok(user + system < 6_000_000, `${user + system} µs`);
});

test('what cannot be decoded is no policy', () => {
  const { policy, problems } = compiler().compilePolicy(object({ validations: 1 }));
  assert.equal(policy, undefined);
  assert.equal(problems.length, 1);
});

test('bindings', () => {
  const spec = { policyName: 'p', validationActions: ['Deny'], matchResources: {} };
  const made = compiler().compileBinding({ ...object({}), kind: 'ValidatingAdmissionPolicyBinding', spec });
  assert.deepEqual(made.problems, []);
  assert.notEqual(made.binding?.matcher, undefined);
});
