import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodePolicy } from '../decode/policy.ts';
import { nowhere, ProblemList } from '../problem.ts';
import { validatePolicy } from './policy.ts';

const rule = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] };
const good = {
  matchConstraints: { resourceRules: [rule] },
  validations: [{ expression: 'true' }],
};

function reasons(spec: object, name = 'p'): string[] {
  const problems = new ProblemList(nowhere);
  const object = { apiVersion: 'admissionregistration.k8s.io/v1', metadata: { name }, spec };
  const policy = decodePolicy(JSON.parse(JSON.stringify(object)), problems);
  assert.ok(policy);
  validatePolicy(policy, problems);
  return problems.problems.map((problem) => problem.reason);
}
const withRule = (change: object) =>
  reasons({ ...good, matchConstraints: { resourceRules: [{ ...rule, ...change }] } });

test('a good policy has no problems', () => {
  assert.deepEqual(reasons(good), []);
});

test('what is required', () => {
  assert.deepEqual(reasons({}, ''), [
    'metadata.name: Required value: name or generateName is required',
    'spec.matchConstraints: Required value',
    'spec.validations: Required value: validations or auditAnnotations must contain at least one item',
    'spec.auditAnnotations: Required value: validations or auditAnnotations must contain at least one item',
  ]);
  assert.deepEqual(reasons({ ...good, matchConstraints: {} }), [
    'spec.matchConstraints.resourceRules: Required value',
  ]);
  assert.deepEqual(reasons({ ...good, validations: [{}], variables: [{}], matchConditions: [{}] }), [
    'spec.matchConditions[0].expression: Required value',
    'spec.matchConditions[0].name: Required value',
    'spec.variables[0].name: Required value: name is not specified',
    'spec.variables[0].expression: Required value: expression is not specified',
    'spec.validations[0].expression: Required value: expression is not specified',
  ]);
});

test('names', () => {
  assert.match(
    reasons(good, 'Not_a_name')[0]!,
    /^metadata\.name: Invalid value: "Not_a_name": a lowercase RFC 1123 subdomain must consist of .* \(e\.g\. 'example\.com', regex used for validation is '/,
  );
  assert.deepEqual(reasons(good, 'a'.repeat(254)), [
    `metadata.name: Invalid value: "${'a'.repeat(254)}": must be no more than 253 characters`,
  ]);
  const variable = (name: string) => reasons({ ...good, variables: [{ name, expression: '1' }] });
  assert.deepEqual(variable('a-b'), [
    'spec.variables[0].name: Invalid value: "a-b": must be a valid CEL identifier',
  ]);
  assert.deepEqual(variable('in'), [
    'spec.variables[0].name: Invalid value: "in": must be a valid CEL identifier',
  ]);
  assert.deepEqual(
    reasons({
      ...good,
      variables: [
        { name: 'a', expression: '1' },
        { name: 'a', expression: '2' },
      ],
    }),
    [],
  );
  const conditions = ['x', 'x'].map((name) => ({ name, expression: 'true' }));
  assert.deepEqual(reasons({ ...good, matchConditions: conditions }), [
    'spec.matchConditions[1].name: Duplicate value: "x"',
  ]);
});

test('closed lists of values', () => {
  assert.deepEqual(reasons({ ...good, failurePolicy: 'Never' }), [
    'spec.failurePolicy: Unsupported value: "Never": supported values: "Fail", "Ignore"',
  ]);
  assert.deepEqual(reasons({ ...good, validations: [{ expression: 'true', reason: 'Unauthorized' }] }), [
    'spec.validations[0].reason: Unsupported value: "Unauthorized": supported values: "Forbidden", "Invalid", "RequestEntityTooLarge"',
  ]);
  assert.deepEqual(withRule({ operations: ['PATCH'] }), [
    'spec.matchConstraints.resourceRules[0].operations[0]: Unsupported value: "PATCH": supported values: "*", "CONNECT", "CREATE", "DELETE", "UPDATE"',
  ]);
  assert.deepEqual(withRule({ scope: 'Pod' }), [
    'spec.matchConstraints.resourceRules[0].scope: Unsupported value: "Pod": supported values: "*", "Cluster", "Namespaced"',
  ]);
});

test('resource rules', () => {
  const at = 'spec.matchConstraints.resourceRules[0]';
  assert.deepEqual(withRule({ operations: [], apiGroups: [], apiVersions: [], resources: [] }), [
    `${at}.operations: Required value`,
    `${at}.apiGroups: Required value`,
    `${at}.apiVersions: Required value`,
    `${at}.resources: Required value`,
  ]);
  assert.deepEqual(withRule({ apiVersions: [''], resources: [''] }), [
    `${at}.apiVersions[0]: Required value`,
    `${at}.resources[0]: Required value`,
  ]);
  assert.deepEqual(withRule({ operations: ['*', 'CREATE'], apiGroups: ['*', 'apps'] }), [
    `${at}.operations: Invalid value: ["*","CREATE"]: if '*' is present, must not specify other operations`,
    `${at}.apiGroups: Invalid value: ["*","apps"]: if '*' is present, must not specify other API groups`,
  ]);
  assert.deepEqual(withRule({ resources: ['*', 'pods'] }), [
    `${at}.resources: Invalid value: ["*","pods"]: if '*' is present, must not specify other resources without subresources`,
  ]);
  assert.deepEqual(withRule({ resources: ['pods/*', 'pods/status', '*/*'] }), [
    `${at}.resources[1]: Invalid value: "pods/status": if 'pods/*' is present, must not specify pods/status`,
    `${at}.resources: Invalid value: ["pods/*","pods/status","*/*"]: if '*/*' is present, must not specify other resources`,
  ]);
  assert.deepEqual(withRule({ resourceNames: ['a', 'a', '..', 'x/y'] }), [
    `${at}.resourceNames[1]: Duplicate value: "a"`,
    `${at}.resourceNames[2]: Invalid value: "..": may not be '..'`,
    `${at}.resourceNames[3]: Invalid value: "x/y": may not contain '/'`,
  ]);
});

test('selectors', () => {
  const selector = (namespaceSelector: object) =>
    reasons({ ...good, matchConstraints: { resourceRules: [rule], namespaceSelector } });
  const at = 'spec.matchConstraints.namespaceSelector.matchExpressions[0]';
  assert.deepEqual(selector({ matchExpressions: [{ key: 'a', operator: 'In' }] }), [
    `${at}.values: Required value: must be specified when \`operator\` is 'In' or 'NotIn'`,
  ]);
  assert.deepEqual(selector({ matchExpressions: [{ key: 'a', operator: 'Exists', values: ['x'] }] }), [
    `${at}.values: Forbidden: may not be specified when \`operator\` is 'Exists' or 'DoesNotExist'`,
  ]);
  assert.deepEqual(selector({ matchExpressions: [{ key: 'a', operator: 'Like' }] }), [
    `${at}.operator: Invalid value: "Like": not a valid selector operator`,
  ]);
  assert.match(
    selector({ matchLabels: { 'a/b/c': 'x' } })[0]!,
    /matchLabels: Invalid value: "a\/b\/c": a valid label key must/,
  );
  assert.match(
    selector({ matchLabels: { a: 'x y' } })[0]!,
    /matchLabels: Invalid value: "x y": a valid label must/,
  );
});

test('messages and reasons', () => {
  const validation = (change: object) =>
    reasons({ ...good, validations: [{ expression: 'true', ...change }] });
  assert.deepEqual(validation({ message: ' ', messageExpression: ' ' }), [
    'spec.validations[0].messageExpression: Invalid value: " ": must be non-empty if specified',
    'spec.validations[0].message: Invalid value: " ": must be non-empty if specified',
  ]);
  assert.deepEqual(validation({ message: 'a\nb' }), [
    String.raw`spec.validations[0].message: Invalid value: "a\nb": must not contain line breaks`,
  ]);
  assert.deepEqual(validation({ message: 'a\n' }), []);
});

test('paramKind', () => {
  const kind = (paramKind: object) => reasons({ ...good, paramKind });
  assert.deepEqual(kind({}), [
    'spec.paramKind.apiVersion: Required value',
    'spec.paramKind.kind: Required value',
  ]);
  assert.deepEqual(kind({ apiVersion: 'a/b/c', kind: 'X' }), [
    'spec.paramKind.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c',
  ]);
  assert.deepEqual(kind({ apiVersion: 'a/', kind: 'X' }), [
    'spec.paramKind.apiVersion: Invalid value: "a/": version must be specified',
  ]);
  assert.match(
    kind({ apiVersion: 'v1', kind: 'Config Map' })[0]!,
    /^spec\.paramKind\.kind: Invalid value: "Config Map": may have mixed case, but should otherwise match: a DNS-1035/,
  );
});

test('audit annotations', () => {
  const annotations = (...auditAnnotations: object[]) =>
    reasons({ matchConstraints: good.matchConstraints, auditAnnotations });
  assert.deepEqual(annotations({ key: 'a', valueExpression: "'x'" }), []);
  assert.deepEqual(
    annotations({ key: 'a', valueExpression: ' ' }, { key: 'a', valueExpression: 'x'.repeat(5121) }),
    [
      'spec.auditAnnotations[0].valueExpression: Required value: valueExpression is not specified',
      'spec.auditAnnotations[1].valueExpression: Required value: must not exceed 5120 bytes in length',
      'spec.auditAnnotations[1].key: Duplicate value: "a"',
    ],
  );
  assert.match(annotations({ key: '', valueExpression: "'x'" })[0]!, /"p\/": name part must be non-empty/);
});

test('too many match conditions', () => {
  const matchConditions = Array.from({ length: 65 }, (_, index) => ({
    name: `c${index}`,
    expression: 'true',
  }));
  assert.deepEqual(reasons({ ...good, matchConditions }), [
    'spec.matchConditions: Too many: 65: must have at most 64 items',
  ]);
});
