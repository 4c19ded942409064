import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../model/object.ts';
import { nowhere, ProblemList } from '../problem.ts';
import { decodeBinding } from './binding.ts';

const decode = (spec: unknown) => {
  const problems = new ProblemList(nowhere);
  const object = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: 'b' },
    spec,
  } as unknown as JsonObject;
  return { binding: decodeBinding(object, problems), reasons: problems.problems.map((p) => p.reason) };
};

test('reads a whole binding', () => {
  const { binding, reasons } = decode({
    policyName: 'p',
    paramRef: {
      selector: { matchExpressions: [{ key: 'a', operator: 'Exists' }] },
      parameterNotFoundAction: 'Deny',
    },
    matchResources: { namespaceSelector: { matchLabels: { env: 'prod' } } },
    validationActions: ['Deny', 'Audit'],
  });
  assert.deepEqual(reasons, []);
  assert.equal(binding?.policyName, 'p');
  assert.deepEqual(binding?.paramRef, {
    name: '',
    namespace: '',
    selector: { matchLabels: {}, matchExpressions: [{ key: 'a', operator: 'Exists', values: [] }] },
    parameterNotFoundAction: 'Deny',
  });
  assert.deepEqual(binding?.matchResources?.namespaceSelector.matchLabels, { env: 'prod' });
  assert.deepEqual(binding?.matchResources?.resourceRules, []);
  assert.deepEqual(binding?.validationActions, ['Deny', 'Audit']);
});

test('what is not written stays absent', () => {
  const { binding } = decode({});
  assert.equal(binding?.paramRef, undefined);
  assert.equal(binding?.matchResources, undefined);
  assert.deepEqual(binding?.validationActions, []);
});

test('an empty selector is a selector', () => {
  assert.deepEqual(decode({ paramRef: { selector: {} } }).binding?.paramRef?.selector, {
    matchLabels: {},
    matchExpressions: [],
  });
});

test('unknown fields and wrong types', () => {
  assert.deepEqual(decode({ validationActions: 'Deny', paramRef: { ns: 'x' } }), {
    binding: undefined,
    reasons: [
      'spec.validationActions must be a list, not the text "Deny"',
      'unknown field "spec.paramRef.ns"',
    ],
  });
});
