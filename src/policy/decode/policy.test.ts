import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../model/object.ts';
import { formatPath } from '../../model/path.ts';
import { type Locate, nowhere, ProblemList } from '../problem.ts';
import { decodePolicy } from './policy.ts';

const decode = (spec: unknown, rest: object = {}) => {
  const problems = new ProblemList(nowhere);
  const object = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'p' },
    spec,
    ...rest,
  } as unknown as JsonObject;
  return { policy: decodePolicy(object, problems), problems: problems.problems };
};
const reasons = (spec: unknown, rest?: object) =>
  decode(spec, rest).problems.map((problem) => problem.reason);

test('fills in the defaults of the server', () => {
  const { policy, problems } = decode({
    matchConstraints: { resourceRules: [{ apiGroups: [''], resources: ['pods'] }] },
    validations: [{ expression: 'true' }],
  });
  assert.deepEqual(problems, []);
  assert.equal(policy?.failurePolicy, 'Fail');
  assert.equal(policy?.matchConstraints?.matchPolicy, 'Equivalent');
  assert.deepEqual(policy?.matchConstraints?.objectSelector, { matchLabels: {}, matchExpressions: [] });
  assert.equal(policy?.matchConstraints?.resourceRules[0]?.scope, '*');
  assert.deepEqual(policy?.validations, [
    { expression: 'true', message: '', messageExpression: '', reason: '' },
  ]);
});

test('null is unset, a null item the zero value', () => {
  const { policy, problems } = decode({
    failurePolicy: null,
    paramKind: null,
    variables: [null],
    matchConstraints: { resourceRules: [{ apiGroups: [null] }] },
  });
  assert.deepEqual(problems, []);
  assert.equal(policy?.failurePolicy, 'Fail');
  assert.equal(policy?.paramKind, undefined);
  assert.deepEqual(policy?.variables, [{ name: '', expression: '' }]);
  assert.deepEqual(policy?.matchConstraints?.resourceRules[0]?.apiGroups, ['']);
});

test('an unknown field is a problem, the rest is read', () => {
  const { policy, problems } = decode({ validation: [], validations: [{ Expression: 'true' }] });
  assert.deepEqual(
    problems.map(({ reason, severity, path }) => [reason, severity, formatPath(path)]),
    [
      ['unknown field "spec.validation"', 'error', 'spec.validation'],
      [
        'unknown field "spec.validations[0].Expression"; did you mean "expression"?',
        'error',
        'spec.validations[0].Expression',
      ],
    ],
  );
  assert.deepEqual(policy?.validations, [{ expression: '', message: '', messageExpression: '', reason: '' }]);
});

test('prototype names are unknown fields like any other', () => {
  const spec = JSON.parse('{"__proto__": {}, "constructor": 1, "toString": "x"}') as JsonObject;
  assert.deepEqual(reasons(spec), [
    'unknown field "spec.__proto__"',
    'unknown field "spec.constructor"',
    'unknown field "spec.toString"',
  ]);
});

test('a wrong type cannot be decoded; all of them are reported', () => {
  const { policy, problems } = decode({ failurePolicy: true, validations: {}, variables: [1, { name: [] }] });
  assert.equal(policy, undefined);
  assert.deepEqual(
    problems.map((problem) => problem.reason),
    [
      'spec.failurePolicy must be a string, not the boolean true',
      'spec.validations must be a list, not an object',
      'spec.variables[0] must be an object, not the number 1',
      'spec.variables[1].name must be a string, not a list',
    ],
  );
});

test('spec of a wrong type or missing', () => {
  assert.deepEqual(reasons('x'), ['spec must be an object, not the text "x"']);
  assert.deepEqual(reasons(undefined), []);
});

test('versions of the API', () => {
  const beta = decode({}, { apiVersion: 'admissionregistration.k8s.io/v1beta1' });
  assert.equal(beta.problems[0]?.severity, 'warning');
  assert.notEqual(beta.policy, undefined);
  const unheardOf = decode({}, { apiVersion: 'admissionregistration.k8s.io/v7' });
  assert.equal(unheardOf.policy, undefined);
  assert.match(unheardOf.problems[0]!.reason, /no version "v7"/);
});

test('problems carry the position of their field', () => {
  const locate: Locate = (path) => ({ file: 'p.yaml', line: path.length, column: 7 });
  const problems = new ProblemList(locate);
  decodePolicy({ apiVersion: 'admissionregistration.k8s.io/v1', spec: { oops: 1 } }, problems);
  assert.deepEqual(problems.problems, [
    {
      file: 'p.yaml',
      line: 2,
      column: 7,
      severity: 'error',
      reason: 'unknown field "spec.oops"',
      path: ['spec', 'oops'],
    },
  ]);
  assert.equal(problems.refused, true);
});
