import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../model/object.ts';
import { type AdmissionRequest, bindMutations, bindPolicies, PolicyCompiler } from '../../policy/index.ts';
import { Admission, type ReviewResponse, unknownAnnotation } from './admission.ts';
import { Cluster } from './cluster.ts';
import { createRequest } from '../../policy/request.fixture.ts';

const compiler = new PolicyCompiler({ version: '1.36' });
const plain = (value: object): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject;
const api = 'admissionregistration.k8s.io/v1';
const rule = { operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*'] };
const matchConstraints = { resourceRules: [rule] };
const mutatingRule = { ...rule, operations: ['CREATE', 'UPDATE'] };

const validating = (name: string, spec: object) =>
  compiler.compilePolicy(
    plain({
      apiVersion: api,
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name },
      spec: { matchConstraints, ...spec },
    }),
  ).policy!;
const binding = (policyName: string, validationActions: string[]) =>
  compiler.compileBinding(
    plain({
      apiVersion: api,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: `${policyName}-b` },
      spec: { policyName, validationActions },
    }),
  ).binding!;
const mutating = (expression: string, spec: object = {}) =>
  compiler.compileMutatingPolicy(
    plain({
      apiVersion: api,
      kind: 'MutatingAdmissionPolicy',
      metadata: { name: 'm' },
      spec: {
        matchConstraints: { resourceRules: [mutatingRule] },
        reinvocationPolicy: 'Never',
        mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression } }],
        ...spec,
      },
    }),
  ).policy!;

const request = (change: Partial<AdmissionRequest> = {}): AdmissionRequest =>
  createRequest({
    kind: { group: '', version: 'v1', kind: 'ConfigMap' },
    resource: { group: '', version: 'v1', resource: 'configmaps' },
    name: 'c',
    object: plain({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: { a: 'b' } }),
    userInfo: { username: 'bob', uid: '', groups: [], extra: {} },
    ...change,
  });

type Policies = Partial<ConstructorParameters<typeof Admission>[0]>;
const answer = (policies: Policies, change: Partial<AdmissionRequest> = {}) =>
  new Admission({
    policies: [],
    mutations: [],
    cluster: new Cluster([], false),
    explain: false,
    ...policies,
  }).answer({ uid: 'u', request: request(change) });
const bound = (spec: object, actions: string[] = ['Deny']) =>
  bindPolicies([validating('p', spec)], [binding('p', actions)]).bound;
const mutations = (...expressions: string[]) =>
  bindMutations(
    expressions.map((one) => mutating(one)),
    [],
  ).bound;
const patchOf = ({ patch = '' }: ReviewResponse): unknown =>
  JSON.parse(Buffer.from(patch, 'base64').toString()) as unknown;

test('allowed: nothing but that', () => {
  const { review, outcome } = answer({ policies: bound({ validations: [{ expression: 'true' }] }) });
  assert.equal(outcome, 'allowed');
  assert.deepEqual(review, {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: { uid: 'u', allowed: true },
  });
});

test('denied: the status of the API server, in its order', () => {
  const { review, outcome } = answer({
    policies: bound({ validations: [{ expression: 'false', message: 'no', reason: 'Forbidden' }] }),
  });
  assert.equal(outcome, 'denied');
  const cause = "ValidatingAdmissionPolicy 'p' with binding 'p-b' denied request: no";
  assert.equal(
    JSON.stringify(review.response),
    JSON.stringify({
      uid: 'u',
      allowed: false,
      status: {
        metadata: {},
        status: 'Failure',
        message: `configmaps "c" is forbidden: ${cause}`,
        reason: 'Forbidden',
        details: { name: 'c', kind: 'configmaps', causes: [{ message: cause }] },
        code: 403,
      },
    }),
  );
});

test('warnings and audit annotations', () => {
  const spec = {
    validations: [{ expression: 'false', message: 'no' }],
    auditAnnotations: [{ key: 'k', valueExpression: 'request.userInfo.username' }],
  };
  const { response } = answer({ policies: bound(spec, ['Warn', 'Audit']) }).review;
  assert.equal(response.allowed, true);
  assert.deepEqual(response.warnings, [
    "Validation failed for ValidatingAdmissionPolicy 'p' with binding 'p-b': no",
  ]);
  assert.deepEqual(Object.keys(response.auditAnnotations ?? {}), [
    'validation.policy.admission.k8s.io/validation_failure',
    'p/k',
  ]);
});

test('what is not known is no answer, and says why', () => {
  const spec = { validations: [{ expression: "request.userInfo.username == 'bob'" }] };
  const { review, outcome } = answer({ policies: bound(spec) }, { userInfo: undefined } as never);
  const { allowed, status, auditAnnotations } = review.response;
  assert.deepEqual(
    [outcome, allowed, status?.code, status?.reason],
    ['unknown', false, 500, 'InternalError'],
  );
  const why =
    "ValidatingAdmissionPolicy 'p' with binding 'p-b': validations[0] depends on who makes the request (request.userInfo)";
  assert.equal(auditAnnotations?.[unknownAnnotation], why);
  assert.equal(status?.message, `whether the request is allowed is not known: ${why}`);
});

test('a certain denial with an uncertain message is a denial that says so', () => {
  const spec = {
    validations: [{ expression: 'false', messageExpression: "'not for ' + request.userInfo.username" }],
  };
  const { review, outcome } = answer({ policies: bound(spec) }, { userInfo: undefined } as never);
  assert.equal(outcome, 'unknown');
  assert.equal(review.response.status?.code, 422);
  assert.match(
    review.response.auditAnnotations?.[unknownAnnotation] ?? '',
    /the message of validations\[0\]/,
  );
});

test('an object that cannot be decoded is refused before any policy', () => {
  const object = plain({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: [] });
  for (const options of [
    {},
    { mutations: mutations('[JSONPatch{op: "test", path: "/kind", value: "x"}]') },
  ]) {
    const { review, outcome } = answer(options, { object });
    assert.deepEqual([outcome, review.response.status?.code], ['denied', 400]);
    assert.match(review.response.status?.message ?? '', /^ConfigMap in version "v1" cannot be handled/);
  }
});

test('mutations come first: validations judge their result, and the patch is part of the answer', () => {
  const patch = '[JSONPatch{op: "add", path: "/data/team", value: request.namespace}]';
  const spec = { validations: [{ expression: "object.data.team == 'shop'" }] };
  const { review } = answer({ policies: bound(spec), mutations: mutations(patch) });
  const { allowed, patchType } = review.response;
  assert.deepEqual([allowed, patchType], [true, 'JSONPatch']);
  assert.deepEqual(patchOf(review.response), [{ op: 'add', path: '/data/team', value: 'shop' }]);
  const denied = answer({
    policies: bound({ validations: [{ expression: "object.data.team == 'other'" }] }),
    mutations: mutations(patch),
  });
  assert.deepEqual([denied.outcome, denied.review.response.patch], ['denied', undefined]);
  const nothing = answer({ mutations: mutations('[JSONPatch{op: "test", path: "/kind", value: "x"}]') });
  assert.deepEqual([nothing.outcome, nothing.review.response.patch], ['allowed', undefined]);
});

test('a mutation that fails denies, with a cause for each', () => {
  const { review, outcome } = answer({ mutations: mutations('[JSONPatch{op: "remove", path: "/data/x"}]') });
  assert.equal(outcome, 'denied');
  const { status } = review.response;
  assert.deepEqual([status?.code, status?.reason, status?.details?.causes?.length], [403, 'Invalid', 1]);
  assert.match(status?.message ?? '', /^policy 'm' denied request: JSON Patch: /);
});

test('a mutation that depends on something not known leaves the whole answer open', () => {
  const patch = '[JSONPatch{op: "add", path: "/data/user", value: request.userInfo.username}]';
  const { review, outcome } = answer({ mutations: mutations(patch) }, { userInfo: undefined } as never);
  assert.deepEqual([outcome, review.response.allowed, review.response.patch], ['unknown', false, undefined]);
  assert.match(review.response.auditAnnotations?.[unknownAnnotation] ?? '', /^policy 'm': /);
});

test('explain: every failure of every policy with its place', () => {
  const first = validating('first', {
    validations: [
      { expression: "object.data.all(k, object.data[k] != 'b')", message: 'no b' },
      { expression: 'object.nothing == 1' },
      { expression: "request.userInfo.username == 'bob'" },
    ],
  });
  const second = validating('second', { validations: [{ expression: 'false', message: 'never' }] });
  const { bound: both } = bindPolicies([first, second], [binding('second', ['Warn'])]);
  const { response } = answer({ policies: both, explain: true }, { userInfo: undefined } as never).review;
  assert.deepEqual(response.explain, [
    {
      policy: 'first',
      verdict: 'fail',
      validation: 0,
      message: 'no b',
      paths: ['data.a'],
      validationActions: ['Deny'],
    },
    {
      policy: 'first',
      verdict: 'error',
      validation: 1,
      message: "expression 'object.nothing == 1' resulted in error: no such key: nothing",
      paths: [],
      validationActions: ['Deny'],
    },
    {
      policy: 'first',
      verdict: 'unknown',
      validation: 2,
      message: 'depends on who makes the request (request.userInfo)',
      paths: [],
      validationActions: ['Deny'],
    },
    {
      policy: 'second',
      binding: 'second-b',
      verdict: 'fail',
      validation: 0,
      message: 'never',
      paths: [],
      validationActions: ['Warn'],
    },
  ]);
  const failed = answer({
    mutations: mutations('[JSONPatch{op: "remove", path: "/data/x"}]'),
    explain: true,
  });
  const [mutation] = failed.review.response.explain ?? [];
  assert.deepEqual([mutation?.policy, mutation?.mutation, mutation?.verdict], ['m', 0, 'error']);
});
