import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { decodeBinding } from '../../src/policy/decode/binding.ts';
import { decodePolicy } from '../../src/policy/decode/policy.ts';
import { aggregateErrors } from '../../src/policy/message.ts';
import { nowhere, ProblemList } from '../../src/policy/problem.ts';
import { validateBinding } from '../../src/policy/validation/binding.ts';
import { validatePolicy } from '../../src/policy/validation/policy.ts';
import { type ApiServer, assets, missingAssets, startApiServer } from './api-server.ts';

const api = '/apis/admissionregistration.k8s.io/v1';
const rule = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] };
const good = { matchConstraints: { resourceRules: [rule] }, validations: [{ expression: 'true' }] };
const withRule = (change: object) => ({
  ...good,
  matchConstraints: { resourceRules: [{ ...rule, ...change }] },
});
const withSelector = (objectSelector: object) => ({
  ...good,
  matchConstraints: { resourceRules: [rule], objectSelector },
});
const withValidation = (change: object) => ({ ...good, validations: [{ expression: 'true', ...change }] });
const conditions = (...names: string[]) => ({
  ...good,
  matchConditions: names.map((name) => ({ name, expression: 'true' })),
});
const variables = (...names: string[]) => ({
  ...good,
  variables: names.map((name) => ({ name, expression: '1' })),
});
const annotations = (...keys: string[]) => ({
  ...good,
  auditAnnotations: keys.map((key) => ({ key, valueExpression: "'x'" })),
});

/** Specs that say nothing wrong in CEL: what a policy may look like and what the server refuses. */
const policies: readonly object[] = [
  good,
  {},
  { ...good, failurePolicy: 'Ignore' },
  { ...good, failurePolicy: 'Never' },
  { ...good, failurePolicy: null, validations: null, auditAnnotations: [] },
  { ...good, matchConstraints: {} },
  { ...good, matchConstraints: { resourceRules: [rule], matchPolicy: 'Fuzzy' } },
  withRule({ operations: [], apiGroups: [], apiVersions: [], resources: [] }),
  withRule({ operations: ['*', 'CREATE'] }),
  withRule({ operations: ['PATCH', 'create'] }),
  withRule({ apiGroups: ['*', 'apps'], apiVersions: ['*', 'v1'] }),
  withRule({ apiVersions: [''], resources: [''] }),
  withRule({ resources: ['*', 'pods'] }),
  withRule({ resources: ['pods', '*'] }),
  withRule({ resources: ['pods', 'pods/status', '*/scale'] }),
  withRule({ resources: ['pods/*', 'pods/status'] }),
  withRule({ resources: ['*/status', 'pods/status'] }),
  withRule({ resources: ['*/*', 'pods'] }),
  withRule({ resources: ['a/b/c'] }),
  withRule({ resourceNames: ['a', 'a', '..', 'x/y', 'A b'] }),
  withRule({ scope: 'Namespaced' }),
  withRule({ scope: 'namespaced' }),
  withSelector({ matchLabels: { a: 'b', 'example.com/c': '' } }),
  withSelector({ matchLabels: { 'a/b/c': 'x' } }),
  withSelector({ matchLabels: { '': 'x' } }),
  withSelector({ matchLabels: { 'Example.com/c': 'x' } }),
  withSelector({ matchLabels: { '/c': 'x' } }),
  withSelector({ matchLabels: { a: 'x y' } }),
  withSelector({ matchLabels: { a: 'x'.repeat(64) } }),
  withSelector({ matchExpressions: [{ key: 'a', operator: 'In' }] }),
  withSelector({ matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['-x', 'y'] }] }),
  withSelector({ matchExpressions: [{ key: 'a', operator: 'Exists', values: ['x'] }] }),
  withSelector({ matchExpressions: [{ key: 'a', operator: 'DoesNotExist' }] }),
  withSelector({ matchExpressions: [{ key: '', operator: '' }] }),
  withSelector({ matchExpressions: [null] }),
  withValidation({ reason: 'Forbidden' }),
  withValidation({ reason: 'Unauthorized' }),
  withValidation({ reason: 'RequestEntityTooLarge' }),
  withValidation({ message: ' ', messageExpression: ' ' }),
  withValidation({ message: 'a\nb' }),
  withValidation({ message: 'a\n' }),
  withValidation({ message: '\u0085' }),
  withValidation({ message: '\ufeff' }),
  { ...good, validations: [{}], variables: [{}], matchConditions: [{}] },
  conditions('x', 'y'),
  conditions('x', 'x'),
  conditions('Not ok', 'a/b', 'a/b/c', '-'),
  conditions(...Array.from({ length: 65 }, (_, index) => `c${index}`)),
  variables('a', 'a'),
  variables('a-b'),
  variables('in'),
  variables('namespace'),
  variables('1a'),
  variables(' '),
  annotations('a', 'b'),
  annotations('a', 'a'),
  annotations('', 'a b', 'x'.repeat(64)),
  { ...good, auditAnnotations: [{ key: 'a', valueExpression: ' ' }] },
  { ...good, auditAnnotations: [{ key: 'a', valueExpression: `'${'x'.repeat(5119)}'` }] },
  { ...good, paramKind: {} },
  { ...good, paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } },
  { ...good, paramKind: { apiVersion: 'a/b/c', kind: 'X' } },
  { ...good, paramKind: { apiVersion: 'a/', kind: 'X' } },
  { ...good, paramKind: { apiVersion: '/', kind: 'X' } },
  { ...good, paramKind: { apiVersion: '/v1', kind: 'X' } },
  { ...good, paramKind: { apiVersion: 'Example.com/V1', kind: 'Config Map' } },
  // What cannot be decoded at all.
  { ...good, validations: {} },
  { ...good, failurePolicy: 7 },
  { ...good, unknown: true },
  withRule({ operation: ['CREATE'] }),
];

const goodBinding = { policyName: 'p', validationActions: ['Deny'] };
const selector = { matchLabels: { a: 'b' } };
const bindings: readonly object[] = [
  goodBinding,
  {},
  { ...goodBinding, policyName: 'Not ok' },
  { ...goodBinding, validationActions: [] },
  { ...goodBinding, validationActions: ['Deny', 'Audit'] },
  { ...goodBinding, validationActions: ['Deny', 'Warn'] },
  { ...goodBinding, validationActions: ['Warn', 'Warn', 'Block'] },
  { ...goodBinding, matchResources: {} },
  { ...goodBinding, matchResources: { matchPolicy: 'x', resourceRules: [{}] } },
  { ...goodBinding, paramRef: {} },
  { ...goodBinding, paramRef: { name: 'x', parameterNotFoundAction: 'Allow' } },
  { ...goodBinding, paramRef: { name: 'x', namespace: 'y', parameterNotFoundAction: 'Maybe' } },
  { ...goodBinding, paramRef: { name: 'a%b', parameterNotFoundAction: 'Deny' } },
  { ...goodBinding, paramRef: { name: 'x', selector, parameterNotFoundAction: 'Deny' } },
  { ...goodBinding, paramRef: { selector: {}, parameterNotFoundAction: 'Deny' } },
  { ...goodBinding, paramRef: { selector: { matchLabels: { ' ': '' } }, parameterNotFoundAction: 'Deny' } },
  { ...goodBinding, paramref: {} },
];
const names = ['p', '', 'Upper', 'a.b', 'a_b', '-a', 'a'.repeat(253), 'a'.repeat(254)];

const skip = assets === undefined ? missingAssets : false;
if (skip !== false) process.stderr.write(`${missingAssets}\n`);

let server: ApiServer;
before(async () => {
  if (skip === false) server = await startApiServer();
});
after(async () => {
  if (skip === false) await server.stop();
});

/** The reasons the server gives against an object, in its own words; empty when it accepts it. */
async function refusal(
  plural: string,
  object: { metadata: object },
): Promise<{ status: number; text: string }> {
  const path = `${api}/${plural}?dryRun=All&fieldValidation=Strict`;
  const { status, body } = await server.request('POST', path, object);
  const message: string = status < 300 ? '' : body.message;
  return { status, text: message.replace(/^.*? is invalid: /s, '') };
}

test('what the server refuses of a policy we refuse, in its words', { skip }, async () => {
  const kind = 'ValidatingAdmissionPolicy';
  const objects = [
    ...policies.map((spec) => ({ name: 'p', spec })),
    ...names.map((name) => ({ name, spec: good })),
  ].map(({ name, spec }) => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: { name },
    spec,
  }));
  for (const object of objects) {
    const problems = new ProblemList(nowhere);
    const policy = decodePolicy(JSON.parse(JSON.stringify(object)), problems);
    if (policy !== undefined && !problems.refused) validatePolicy(policy, problems);
    await compare('validatingadmissionpolicies', object, problems);
  }
});

test('what the server refuses of a binding we refuse, in its words', { skip }, async () => {
  const kind = 'ValidatingAdmissionPolicyBinding';
  const objects = [
    ...bindings.map((spec) => ({ name: 'b', spec })),
    ...names.map((name) => ({ name, spec: goodBinding })),
  ].map(({ name, spec }) => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: { name },
    spec,
  }));
  for (const object of objects) {
    const problems = new ProblemList(nowhere);
    const binding = decodeBinding(JSON.parse(JSON.stringify(object)), problems);
    if (binding !== undefined && !problems.refused) validateBinding(binding, problems);
    await compare('validatingadmissionpolicybindings', object, problems);
  }
});

async function compare(plural: string, object: { metadata: object }, problems: ProblemList): Promise<void> {
  const shown = JSON.stringify(object);
  const { status, text } = await refusal(plural, object);
  const reasons = problems.problems.map((problem) => problem.reason);
  if (status === 422) assert.equal(aggregateErrors(reasons), text, shown);
  else if (status === 201) assert.deepEqual(reasons, [], shown);
  else
    assert.ok(status === 400 && problems.refused, `${status} ${text}\n${shown}\nours: ${reasons.join('; ')}`);
}
