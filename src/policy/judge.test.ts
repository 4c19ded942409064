import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../model/object.ts';
import { formatPath } from '../model/path.ts';
import { PolicyCompiler } from './compiler.ts';
import { judge, type JudgeContext } from './judge.ts';
import type { Judgement } from './judgement.ts';
import { noParams } from './params.ts';
import type { BoundPolicy } from './policy.ts';
import type { AdmissionRequest } from './request.ts';
import { respond } from './response.ts';
import { createRequest } from './request.fixture.ts';

const plain = (value: object): JsonObject => JSON.parse(JSON.stringify(value));
const rule = { operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*'] };
const compiler = new PolicyCompiler({ version: '1.36' });

function bound(spec: object, binding?: object): BoundPolicy {
  const api = { apiVersion: 'admissionregistration.k8s.io/v1' };
  const matchConstraints = { resourceRules: [rule] };
  const { policy } = compiler.compilePolicy(
    plain({
      ...api,
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: 'p' },
      spec: { matchConstraints, ...spec },
    }),
  );
  const made =
    binding &&
    compiler.compileBinding(
      plain({
        ...api,
        kind: 'ValidatingAdmissionPolicyBinding',
        metadata: { name: 'b' },
        spec: { policyName: 'p', validationActions: ['Deny'], ...binding },
      }),
    ).binding;
  return { policy: policy!, binding: made };
}

const pod: JsonObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'shop', labels: { app: 'web' } },
  spec: {
    containers: [
      { name: 'a', image: 'a:1' },
      { name: 'b', image: 'b:latest' },
      { name: 'c', image: 'c:latest' },
    ],
  },
};
const request = (change: Partial<AdmissionRequest> = {}): AdmissionRequest =>
  createRequest({ object: pod, ...change });
const offline: JudgeContext = { findNamespace: () => undefined, params: noParams };

const all = (spec: object, change: Partial<AdmissionRequest> = {}, context = offline, binding?: object) =>
  judge([bound(spec, binding)], request(change), context);
const one = (
  spec: object,
  change: Partial<AdmissionRequest> = {},
  context = offline,
  binding?: object,
): Judgement => {
  const judgements = all(spec, change, context, binding);
  assert.equal(judgements.length, 1);
  return judgements[0]!;
};
const validation = (expression: string, rest: object = {}) => ({ validations: [{ expression, ...rest }] });
const verdict = (expression: string, change: Partial<AdmissionRequest> = {}) =>
  one(validation(expression), change).verdict;

test('pass, fail, error, unknown', () => {
  assert.equal(verdict('object.spec.containers.size() == 3'), 'pass');
  assert.equal(verdict('object.spec.containers.size() == 2'), 'fail');
  assert.equal(verdict('object.spec.nothing == 2'), 'error');
  assert.equal(verdict("request.userInfo.username == 'eve'"), 'unknown');
});

test('a verdict is unknown only where it depends on what is not known', () => {
  assert.equal(verdict("request.userInfo.username == 'eve' || true"), 'pass');
  assert.equal(verdict("request.userInfo.username == 'eve' && false"), 'fail');
  assert.equal(verdict('request.dryRun == false && oldObject == null'), 'pass');
  assert.equal(
    one(validation("request.userInfo.username == 'eve'")).reason,
    'depends on who makes the request (request.userInfo)',
  );
});

test('every validation is judged, failures say where', () => {
  const judged = one({
    variables: [
      { name: 'latest', expression: "object.spec.containers.filter(c, c.image.endsWith(':latest'))" },
    ],
    validations: [
      { expression: 'true' },
      {
        expression: 'variables.latest.size() == 0',
        messageExpression: "'latest: ' + variables.latest.map(c, c.name).join(', ')",
        reason: 'Forbidden',
      },
      { expression: "has(object.metadata.annotations) && 'team' in object.metadata.annotations" },
      { expression: 'object.spec.hostNetwork == false' },
    ],
  });
  assert.equal(judged.verdict, 'fail');
  assert.deepEqual(
    judged.validations.map(({ verdict: each, message, elements }) => [
      each,
      message,
      elements.map(({ path }) => formatPath(path)),
    ]),
    [
      ['pass', '', []],
      ['fail', 'latest: b, c', ['spec.containers[1].image', 'spec.containers[2].image']],
      [
        'fail',
        "failed expression: has(object.metadata.annotations) && 'team' in object.metadata.annotations",
        ['metadata.annotations'],
      ],
      [
        'error',
        "expression 'object.spec.hostNetwork == false' resulted in error: no such key: hostNetwork",
        [],
      ],
    ],
  );
  assert.deepEqual(
    judged.denials.map(({ message, reason, code, index }) => [message.slice(0, 12), reason, code, index]),
    [
      ['latest: b, c', 'Forbidden', 403, 1],
      ['failed expre', 'Invalid', 422, 2],
      ["expression '", 'Invalid', 422, 3],
    ],
  );
});

test('an object whose failure has no place in it fails as a whole', () => {
  assert.deepEqual(one(validation("request.operation == 'DELETE'")).validations[0]?.elements, [
    { path: [], paths: [] },
  ]);
});

test('elements are not looked for where nobody asks', () => {
  const judged = one(validation('false'), {}, { ...offline, findElements: false });
  assert.deepEqual(judged.validations[0]?.elements, []);
});

test('failurePolicy decides what the server does with an error', () => {
  const failing = one(validation('object.x == 1'));
  assert.deepEqual([failing.verdict, failing.denials.length], ['error', 1]);
  const ignored = one({ ...validation('object.x == 1'), failurePolicy: 'Ignore' });
  assert.deepEqual([ignored.verdict, ignored.denials.length], ['error', 0]);
  assert.match(ignored.reason, /no such key: x/);
  const later = one({
    failurePolicy: 'Ignore',
    validations: [{ expression: 'object.x == 1' }, { expression: 'false', message: 'no' }],
  });
  assert.deepEqual([later.verdict, later.denials.map(({ message }) => message)], ['fail', ['no']]);
});

test('an expression that does not compile is an error when judged', () => {
  const judged = one(validation('object.x'));
  assert.equal(judged.reason, 'compilation error: must evaluate to bool but got dyn');
  assert.equal(judged.denials.length, 1);
});

test('match conditions', () => {
  const conditions = (...expressions: string[]) => ({
    ...validation('false', { message: 'reached' }),
    matchConditions: expressions.map((expression, index) => ({ name: `c${index}`, expression })),
  });
  assert.equal(one(conditions('true')).verdict, 'fail');
  const skipped = one(conditions('object.x == 1', 'false'));
  assert.deepEqual([skipped.verdict, skipped.reason], ['not-applicable', 'match condition "c1" is false']);
  const error = (text: string) => `expression '${text}' resulted in error: no such key: x`;
  assert.equal(one(conditions('object.x == 1')).reason, error('object.x == 1'));
  assert.equal(
    one(conditions('object.x == 1', 'object.x == 2')).reason,
    `[${error('object.x == 1')}, ${error('object.x == 2')}]`,
  );
  const ignored = one({ ...conditions('object.x == 1'), failurePolicy: 'Ignore' });
  assert.deepEqual([ignored.verdict, ignored.denials], ['error', []]);
});

test('an unknown match condition leaves open only what would object', () => {
  const condition = { name: 'c', expression: "request.userInfo.username != 'eve'" };
  const judged = one({ ...validation('false'), matchConditions: [condition] });
  assert.deepEqual([judged.verdict, judged.denials, judged.undecided], ['unknown', [], true]);
  assert.match(judged.reason, /^match condition "c" depends on who makes the request/);
  assert.equal(one({ ...validation('true'), matchConditions: [condition] }).verdict, 'pass');
});

test('match conditions see no namespaceObject', () => {
  const namespace = { metadata: { name: 'shop' } };
  const context = { ...offline, findNamespace: () => namespace };
  const matchConditions = [{ name: 'c', expression: 'namespaceObject == null' }];
  assert.equal(
    one({ ...validation("namespaceObject.metadata.name == 'shop'"), matchConditions }, {}, context).verdict,
    'pass',
  );
});

test('an uncertain match leaves open only what would object', () => {
  const namespaceSelector = { matchLabels: { env: 'prod' } };
  const matchConstraints = { resourceRules: [rule], namespaceSelector };
  const failing = one({ ...validation('false'), matchConstraints });
  assert.deepEqual([failing.verdict, failing.undecided], ['unknown', true]);
  assert.match(failing.reason, /labels of namespace "shop", which is not in the input/);
  assert.equal(one({ ...validation('true'), matchConstraints }).verdict, 'pass');
});

test('what does not match says why', () => {
  const matchConstraints = { resourceRules: [{ ...rule, resources: ['services'] }] };
  const judged = one({ ...validation('false'), matchConstraints });
  assert.deepEqual(
    [judged.verdict, judged.reason],
    ['not-applicable', 'no resource rule matches CREATE of v1/pods'],
  );
  const narrowed = one(validation('false'), {}, offline, {
    matchResources: { objectSelector: { matchLabels: { app: 'db' } } },
  });
  assert.deepEqual(
    [narrowed.verdict, narrowed.reason],
    ['not-applicable', 'binding "b": objectSelector does not select the labels of the object'],
  );
});

test('variables are evaluated when they are read and fail where they are read', () => {
  const variables = [
    { name: 'broken', expression: 'object.nothing' },
    { name: 'outer', expression: 'variables.broken' },
  ];
  assert.equal(
    one({ ...validation('true || variables.broken'), variables: variables.slice(0, 1) }).verdict,
    'pass',
  );
  assert.equal(
    one({ ...validation('variables.outer == 1'), variables }).reason,
    `expression 'variables.outer == 1' resulted in error: composited variable "outer" fails to evaluate: composited variable "broken" fails to evaluate: no such key: nothing`,
  );
});

test('a variable that does not compile is an error where it is read', () => {
  const variables = [{ name: 'broken', expression: 'nobody' }];
  assert.equal(one({ ...validation('true || variables.broken == 1'), variables }).verdict, 'pass');
  const { verdict: read, reason } = one({ ...validation('variables.broken == 1'), variables });
  assert.equal(read, 'error');
  assert.match(
    reason,
    /resulted in error: composited variable "broken" fails to compile: compilation failed: ERROR: <input>:1:1: undeclared/,
  );
});

test('of two variables with one name the second is read; one that reads itself is an error, not a hang', () => {
  const twice = [
    { name: 'a', expression: '1' },
    { name: 'a', expression: '2' },
  ];
  assert.equal(one({ ...validation('variables.a == 2'), variables: twice }).verdict, 'pass');
  const itself = [
    { name: 'a', expression: '1' },
    { name: 'a', expression: 'variables.a + 1' },
  ];
  const judged = one({ ...validation('variables.a == 2'), variables: itself });
  assert.equal(judged.verdict, 'error');
  assert.match(judged.reason, /variable "a" depends on itself/);
});

test('a shared variable has the same value in every policy and another for the next object', () => {
  const spec = (expression: string) => ({
    variables: [{ name: 'images', expression: 'object.spec.containers.map(c, c.image)' }],
    ...validation(expression),
  });
  const policies = [bound(spec('variables.images.size() == 3')), bound(spec("variables.images[0] == 'a:1'"))];
  const verdicts = (object: JsonObject) =>
    judge(policies, request({ object }), offline).map((each) => each.verdict);
  assert.deepEqual(verdicts(pod), ['pass', 'pass']);
  assert.deepEqual(verdicts({ spec: { containers: [{ image: 'x' }] } }), ['fail', 'fail']);
});

test('parameters: one judgement for each', () => {
  const limit = (name: string, most: number) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'shop', labels: { use: 'yes' } },
    data: { most: `${most}` },
  });
  const params = {
    objects: [limit('low', 2), limit('high', 9)],
    complete: true,
    scopeOf: () => 'Namespaced' as const,
  };
  const context = { ...offline, params };
  const spec = {
    paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
    ...validation('object.spec.containers.size() <= int(params.data.most)', {
      messageExpression: "'most ' + params.data.most",
    }),
  };
  const ref = (change: object) => ({ paramRef: { parameterNotFoundAction: 'Deny', ...change } });
  assert.deepEqual(
    all(spec, {}, context, ref({ selector: {} })).map((each) => [each.verdict, each.validations[0]?.message]),
    [
      ['fail', 'most 2'],
      ['pass', ''],
    ],
  );
  assert.equal(one(spec, {}, context, ref({ name: 'high' })).verdict, 'pass');
  const missing = one(spec, {}, context, ref({ name: 'none' }));
  assert.equal(
    missing.denials[0]?.message,
    'failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction',
  );
  assert.equal(missing.denials[0]?.handling, 'always');
  assert.deepEqual(one({ ...spec, failurePolicy: 'Ignore' }, {}, context, ref({ name: 'none' })).denials, []);
  const allowed = one(spec, {}, context, ref({ name: 'none', parameterNotFoundAction: 'Allow' }));
  assert.equal(allowed.verdict, 'not-applicable');
  assert.equal(one(spec, {}, offline, ref({ name: 'none' })).verdict, 'unknown');
  assert.equal(
    one(spec, {}, offline).reason,
    "expression 'object.spec.containers.size() <= int(params.data.most)' resulted in error: no such key: data",
  );
});

test('a policy sees the version it matches, or the verdict is unknown', () => {
  const autoscaler: Partial<AdmissionRequest> = {
    kind: { group: 'autoscaling', version: 'v1', kind: 'HorizontalPodAutoscaler' },
    resource: { group: 'autoscaling', version: 'v1', resource: 'horizontalpodautoscalers' },
    object: { apiVersion: 'autoscaling/v1' },
  };
  const spec = {
    matchConstraints: { resourceRules: [{ ...rule, apiVersions: ['v2'] }] },
    ...validation(
      "object.apiVersion == 'autoscaling/v2' && request.kind.version == 'v2' && request.requestKind.version == 'v1'",
    ),
  };
  assert.equal(one(spec, autoscaler).verdict, 'unknown');
  const convert: JudgeContext['convert'] = (object, kind) => ({
    ...object,
    apiVersion: `${kind.group}/${kind.version}`,
  });
  assert.equal(one(spec, autoscaler, { ...offline, convert }).verdict, 'pass');
});

test('audit annotations', () => {
  const annotations = (valueExpression: string, rest: object = {}) =>
    one({ auditAnnotations: [{ key: 'k', valueExpression }], ...rest });
  assert.deepEqual(annotations("' x '").auditAnnotations, [{ key: 'k', verdict: 'publish', text: 'x' }]);
  assert.deepEqual(annotations('null').auditAnnotations[0]?.verdict, 'exclude');
  const failing = annotations('string(object.x)');
  assert.deepEqual([failing.verdict, failing.denials[0]?.handling], ['error', 'always']);
  assert.deepEqual(annotations('string(object.x)', { failurePolicy: 'Ignore' }).denials, []);
  // Not bound there, although it compiles.
  assert.match(annotations('string(authorizer == authorizer)').reason, /no such attribute\(s\): authorizer/);
});

test('what the server fills in is known or unknown, never absent', () => {
  const generated = { name: undefined, object: { metadata: { generateName: 'web-' } } };
  assert.equal(verdict("object.metadata.name.startsWith('web')", generated), 'unknown');
  assert.equal(verdict("request.name == 'web'", generated), 'unknown');
  const homeless = { namespace: undefined, object: { metadata: { name: 'web' } } };
  assert.equal(verdict("object.metadata.namespace == 'shop'", homeless), 'unknown');
  assert.equal(verdict("request.namespace == 'shop'", homeless), 'unknown');
  assert.equal(verdict("object.metadata.namespace == 'shop'", { ...homeless, namespace: 'shop' }), 'pass');
  assert.equal(
    verdict('has(object.metadata.namespace)', { ...homeless, namespace: '', scope: 'Cluster' }),
    'fail',
  );
});

test('a message that depends on something unknown says so', () => {
  const judged = one(
    validation('false', { message: 'no', messageExpression: "'not for ' + request.userInfo.username" }),
  );
  assert.deepEqual([judged.validations[0]?.message, judged.validations[0]?.messageUncertain], ['no', true]);
});

test('the old object of an update', () => {
  const grown = 'object.spec.containers.size() >= oldObject.spec.containers.size()';
  assert.equal(verdict(grown, { operation: 'UPDATE', oldObject: { spec: { containers: [] } } }), 'pass');
  assert.equal(verdict('object == null', { operation: 'DELETE', object: null, oldObject: pod }), 'pass');
});

test('the answer of the server to all of it', () => {
  const judgements = all(validation('false', { message: 'no' }), {}, offline, {
    validationActions: ['Deny', 'Audit'],
  });
  assert.deepEqual(respond(judgements, request()).status, {
    message: `pods "web" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no`,
    reason: 'Invalid',
    code: 422,
    details: {
      name: 'web',
      kind: 'pods',
      causes: [{ message: "ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no" }],
    },
  });
});

test('what no policy may judge', () => {
  const of = (group: string, kind: string, resource: string) =>
    verdict('false', { kind: { group, version: 'v1', kind }, resource: { group, version: 'v1', resource } });
  const admission = 'admissionregistration.k8s.io';
  assert.equal(of(admission, 'ValidatingAdmissionPolicy', 'validatingadmissionpolicies'), 'not-applicable');
  assert.equal(of('authentication.k8s.io', 'TokenReview', 'tokenreviews'), 'not-applicable');
  assert.equal(of(admission, 'ValidatingWebhookConfiguration', 'validatingwebhookconfigurations'), 'fail');
  assert.equal(of('example.com', 'TokenReview', 'tokenreviews'), 'fail');
});
