import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeBinding } from '../decode/binding.ts';
import { nowhere, ProblemList } from '../problem.ts';
import { validateBinding } from './binding.ts';

function reasons(spec: object, name = 'b'): string[] {
  const problems = new ProblemList(nowhere);
  const object = { apiVersion: 'admissionregistration.k8s.io/v1', metadata: { name }, spec };
  const binding = decodeBinding(JSON.parse(JSON.stringify(object)), problems);
  assert.ok(binding);
  validateBinding(binding, problems);
  return problems.problems.map((problem) => problem.reason);
}
const good = { policyName: 'p', validationActions: ['Deny'] };

test('a good binding has no problems', () => {
  assert.deepEqual(reasons(good), []);
  assert.deepEqual(reasons({ ...good, matchResources: { objectSelector: {} } }), []);
});

test('values of Go types of their own are printed as JSON, others quoted', () => {
  const [reason] = reasons({ ...good, validationActions: ['D&ny'] });
  assert.match(reason!, /^spec\.validationActions\[0\]: Unsupported value: "D\\u0026ny": supported values: /);
  assert.match(reasons({ ...good, policyName: 'a&b' })[0]!, /^spec\.policyName: Invalid value: "a&b": /);
});

test('what is required', () => {
  assert.deepEqual(reasons({}, ''), [
    'metadata.name: Required value: name or generateName is required',
    'spec.policyName: Required value',
    'spec.validationActions: Required value: at least one validation action is required',
  ]);
  assert.deepEqual(reasons({ ...good, paramRef: {} }), [
    'spec.paramRef: Required value: one of name or selector must be specified',
    'spec.paramRef.parameterNotFoundAction: Required value',
  ]);
});

test('actions', () => {
  assert.deepEqual(reasons({ ...good, validationActions: ['Deny', 'Deny', 'Block'] }), [
    'spec.validationActions[1]: Duplicate value: "Deny"',
    'spec.validationActions[2]: Unsupported value: "Block": supported values: "Audit", "Deny", "Warn"',
  ]);
  assert.match(
    reasons({ ...good, validationActions: ['Deny', 'Warn'] })[0]!,
    /^spec\.validationActions: Invalid value: \["Deny","Warn"\]: must not contain both Deny and Warn \(/,
  );
  assert.deepEqual(reasons({ ...good, validationActions: ['Warn', 'Audit'] }), []);
});

test('parameters', () => {
  const selector = { matchLabels: { a: 'b' } };
  assert.deepEqual(
    reasons({ ...good, paramRef: { name: 'x', selector, parameterNotFoundAction: 'Maybe' } }),
    [
      'spec.paramRef.name: Forbidden: name and selector are mutually exclusive',
      'spec.paramRef.selector: Forbidden: name and selector are mutually exclusive',
      'spec.paramRef.parameterNotFoundAction: Unsupported value: "Maybe": supported values: "Deny", "Allow"',
    ],
  );
  assert.deepEqual(reasons({ ...good, paramRef: { name: 'a%b', parameterNotFoundAction: 'Deny' } }), [
    `spec.paramRef.name: Invalid value: "a%b": may not contain '%'`,
  ]);
});

test('match resources are checked as those of a policy', () => {
  assert.deepEqual(reasons({ ...good, matchResources: { matchPolicy: 'Fuzzy' } }), [
    'spec.matchResources.matchPolicy: Unsupported value: "Fuzzy": supported values: "Equivalent", "Exact"',
  ]);
});
