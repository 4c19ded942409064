import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lastCost, lastCostOfVariables } from '../cel/limit.ts';
import type { JsonObject } from '../model/object.ts';
import { Budget, conditionsBudget, costBound, outOfBudget, policyBudget } from './budget.ts';
import { PolicyCompiler } from './compiler.ts';
import { judge, type JudgeContext } from './judge.ts';
import { noParams } from './params.ts';
import type { BoundPolicy, CompiledPolicy } from './policy.ts';
import type { AdmissionRequest } from './request.ts';
import { createRequest } from './request.fixture.ts';

/** The texts and which of them win were tried on a real API server: test/kube/policy.test.ts. */
const plain = (value: object): JsonObject => JSON.parse(JSON.stringify(value));
const rule = { operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*'] };
const compiler = new PolicyCompiler({ version: '1.36' });
const context: JudgeContext = { findNamespace: () => null, params: noParams };
const request = (object: object = {}): AdmissionRequest =>
  createRequest({
    kind: { group: '', version: 'v1', kind: 'ConfigMap' },
    resource: { group: '', version: 'v1', resource: 'configmaps' },
    name: 'a',
    namespace: 'b',
    object: plain(object),
  });

function compiled(spec: object): CompiledPolicy {
  const { policy, problems } = compiler.compilePolicy(
    plain({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: 'p' },
      spec: { matchConstraints: { resourceRules: [rule] }, ...spec },
    }),
  );
  assert.deepEqual(problems, []);
  return policy!;
}

const judged = (spec: object, object: object = {}) => {
  const [judgement] = judge([{ policy: compiled(spec), binding: undefined }], request(object), context);
  return judgement!;
};

/** About 860,000 units with 350 numbers, 3,000 with 20. */
const costly = 'object.numbers.all(a, object.numbers.all(b, a + b >= 0))';
const numbers = (count: number) => ({ numbers: Array.from({ length: count }, (_, index) => index) });
const repeated = (count: number, expression: string) => Array.from({ length: count }, () => ({ expression }));

test('what is left may be spent to the last unit', () => {
  const budget = new Budget(10);
  assert.equal(budget.take(4), true);
  assert.equal(budget.take(7), false);
  assert.equal(budget.take(6), true);
  assert.equal(budget.remaining, 0);
  assert.equal(budget.take(0), true);
});

test('one expression that costs too much is an error of its own', () => {
  const { validations } = judged(
    { validations: [{ expression: costly }, { expression: 'true' }] },
    numbers(400),
  );
  assert.deepEqual(
    validations.map(({ verdict, message }) => [verdict, message]),
    [
      ['error', `expression '${costly}' resulted in error: operation cancelled: actual cost limit exceeded`],
      ['pass', ''],
    ],
  );
});

test('validations together: the policy ends with one denial, whatever else fails', () => {
  const cost = costOf(costly, numbers(350));
  const fitting = Math.floor(policyBudget / cost);
  const spec = (count: number, rest: object = {}) => ({
    validations: [{ expression: 'false' }, ...repeated(count, costly)],
    ...rest,
  });
  const within = judged(spec(fitting), numbers(350));
  assert.deepEqual(
    within.denials.map(({ message }) => message),
    ['failed expression: false'],
  );
  const beyond = judged(spec(fitting + 1), numbers(350));
  assert.deepEqual(
    beyond.denials.map(({ message }) => message),
    [outOfBudget],
  );
  assert.deepEqual([beyond.verdict, beyond.validations], ['error', []]);
  assert.deepEqual(judged(spec(fitting + 1, { failurePolicy: 'Ignore' }), numbers(350)).denials, []);
});

test('a variable is paid by whoever reads it first, and anew by messages and annotations', () => {
  const variables = [{ name: 'v', expression: `${costly} ? 'x' : 'y'` }];
  const once = { variables, validations: repeated(50, "variables.v == 'x'") };
  assert.equal(judged(once, numbers(350)).verdict, 'pass');
  const many = Array.from({ length: 12 }, (_, index) => ({ name: `v${index}`, expression: costly }));
  const each = {
    variables: many,
    validations: many.map(({ name }) => ({ expression: `variables.${name}` })),
  };
  assert.equal(judged(each, numbers(350)).reason, outOfBudget);
  // Six million for the validations, as much again for the messages: the messages do not fit.
  const six = many.slice(0, 6);
  const text = six.map(({ name }) => `string(variables.${name})`).join(' + ');
  const messages = {
    variables: six,
    validations: six.map(({ name }) => ({ expression: `variables.${name}`, messageExpression: text })),
  };
  const { validations } = judged(messages, numbers(350));
  assert.deepEqual(
    new Set(validations.map(({ verdict, message }) => `${verdict} ${message}`)),
    new Set([`error failed messageExpression: ${outOfBudget}`]),
  );
  const annotations = {
    variables: six,
    validations: six.map(({ name }) => ({ expression: `variables.${name}` })),
    auditAnnotations: [{ key: 'k', valueExpression: text }],
  };
  assert.equal(judged(annotations, numbers(350)).verdict, 'pass');
});

test('message expressions of validations that pass count, those of catalogued policies do not', () => {
  const message = { expression: 'true', messageExpression: `${costly} ? 'x' : 'y'` };
  const spec = { validations: Array.from({ length: 12 }, () => message) };
  assert.equal(judged(spec, numbers(350)).verdict, 'error');
  assert.equal(judged(spec, numbers(20)).verdict, 'pass');
  assert.ok(compiled(spec).messagesCostBound > policyBudget);
  const usual = {
    variables: [{ name: 'names', expression: 'object.a.map(x, x.name)' }],
    validations: [{ expression: 'false', messageExpression: "variables.names.join(', ')" }],
  };
  assert.equal(compiled(usual).messagesCostBound, 2 * costBound('true'));
});

test('an annotation out of budget takes the place of every decision', () => {
  const annotation = (_: unknown, index: number) => ({
    key: `k${index}`,
    valueExpression: `${costly} ? 'x' : 'y'`,
  });
  const spec = {
    validations: [{ expression: 'false' }],
    auditAnnotations: Array.from({ length: 12 }, annotation),
  };
  const { denials, auditAnnotations } = judged(spec, numbers(350));
  assert.deepEqual(
    denials.map(({ message, handling }) => [message, handling]),
    [[outOfBudget, 'decision']],
  );
  assert.deepEqual(auditAnnotations, []);
});

test('match conditions out of budget are an error even where one is false', () => {
  const conditions = (count: number) => ({
    matchConditions: [
      { name: 'no', expression: 'false' },
      ...repeated(count, costly).map((one, index) => ({ name: `c${index}`, ...one })),
    ],
    validations: [{ expression: 'true' }],
  });
  const cost = costOf(costly, numbers(350));
  const fitting = Math.floor((conditionsBudget - 1) / cost);
  assert.equal(judged(conditions(fitting), numbers(350)).verdict, 'not-applicable');
  const beyond = judged(conditions(fitting + 1), numbers(350));
  assert.deepEqual([beyond.verdict, beyond.denials[0]?.message], ['error', outOfBudget]);
});

test('a value that another policy has computed costs the same', () => {
  const variables = [
    { name: 'a', expression: costly },
    { name: 'b', expression: `variables.a && ${costly}` },
  ];
  const validations = repeated(10, costly);
  const reader = compiled({ variables, validations: [{ expression: 'variables.b' }, ...validations] });
  const first = compiled({ variables, validations: [{ expression: 'variables.b' }] });
  const verdicts = (policies: CompiledPolicy[]) =>
    judge(
      policies.map((policy): BoundPolicy => ({ policy, binding: undefined })),
      request(numbers(350)),
      context,
    ).map(({ reason }) => reason);
  assert.deepEqual(verdicts([first, reader]), ['', outOfBudget]);
  assert.deepEqual(verdicts([reader, first]), [outOfBudget, '']);
});

test('bounds of expressions', () => {
  assert.equal(costBound("'a' + object.metadata.name"), 2_000_000);
  assert.equal(costBound("object.l.map(x, string(x)).join(', ')"), 2_000_000);
  assert.equal(costBound("object.s.matches('a')"), Infinity);
  assert.equal(costBound('object.l.flatten( 3 )'), Infinity);
});

function costOf(expression: string, object: object): number {
  compiled({ validations: [{ expression }] }).validations[0]!.program!.evaluate({ object: plain(object) });
  assert.equal(lastCostOfVariables(), 0);
  return lastCost();
}
