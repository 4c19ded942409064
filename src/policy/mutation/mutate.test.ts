import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../model/object.ts';
import { mutate } from './mutate.ts';
import { bound, creation, labels, nothingKnown, policy, run } from './sample.fixture.ts';

const label = (key: string, value = '"y"') =>
  `Object{metadata: Object.metadata{labels: {"${key}": ${value}}}}`;
/** Adds a letter to an annotation: tells the order and number of runs. */
const trail = (letter: string) =>
  `Object{metadata: Object.metadata{annotations: {"seq": object.metadata.?annotations["seq"].orValue("") + "${letter}"}}}`;
const trailOf = ({ object }: { object: JsonObject | null }) =>
  ((object!['metadata'] as JsonObject)['annotations'] as JsonObject | undefined)?.['seq'];

test('mutations of a policy run in order, each on the result of the one before', () => {
  const result = run([
    label('a'),
    `[JSONPatch{op: "add", path: "/metadata/labels/b", value: object.metadata.labels.a}]`,
  ]);
  assert.equal(result.allowed, true);
  assert.deepEqual(labels(result), { a: 'y', b: 'y' });
  assert.deepEqual(
    result.steps.map(({ index, pass, outcome }) => [index, pass, outcome]),
    [
      [0, 1, 'mutated'],
      [1, 1, 'mutated'],
    ],
  );
});

test('what changed is told as paths and as a JSON patch', () => {
  const result = run([label('a')]);
  assert.deepEqual(result.changes, [{ path: ['metadata', 'labels'], before: undefined, after: { a: 'y' } }]);
  assert.deepEqual(result.patch, [{ op: 'add', path: '/metadata/labels', value: { a: 'y' } }]);
  assert.deepEqual(run(['Object{}']).patch, []);
});

test('defaults follow each mutation', () => {
  const { object } = run([
    '[JSONPatch{op: "remove", path: "/spec/dnsPolicy"}, JSONPatch{op: "add", path: "/spec/containers/-", value: {"name": "b", "image": "b"}}]',
  ]);
  const spec = object!['spec'] as JsonObject;
  assert.equal(spec['dnsPolicy'], 'ClusterFirst');
  assert.equal((spec['containers'] as JsonObject[])[1]!['imagePullPolicy'], 'Always');
});

test('variables are evaluated anew for each mutation', () => {
  const variables = [{ name: 'n', expression: 'string(size(object.metadata.?labels.orValue({})))' }];
  const result = run([label('a', 'variables.n'), label('b', 'variables.n')], { variables });
  assert.deepEqual(labels(result), { a: '0', b: '1' });
});

test('Never runs once, IfNeeded exactly twice, even if nothing changes', () => {
  assert.equal(trailOf(run([trail('a'), trail('b')])), 'ab');
  const again = run([trail('a'), trail('b')], { reinvocationPolicy: 'IfNeeded' });
  assert.equal(trailOf(again), 'abab');
  const idle = run(['Object{}'], { reinvocationPolicy: 'IfNeeded' });
  assert.deepEqual(
    idle.steps.map(({ pass, outcome }) => [pass, outcome]),
    [
      [1, 'unchanged'],
      [2, 'unchanged'],
    ],
  );
});

test('policies run in the order given; the second pass runs those with IfNeeded', () => {
  const [n, i] = [
    bound(policy([trail('n')], {}, 'n')),
    bound(policy([trail('i')], { reinvocationPolicy: 'IfNeeded' }, 'i')),
  ];
  assert.equal(trailOf(mutate([n, i], creation(), nothingKnown)), 'nii');
  assert.equal(trailOf(mutate([i, n], creation(), nothingKnown)), 'ini');
});

test('a policy whose conditions were not met in pass one does not run in pass two', () => {
  const needs = bound(
    policy(
      [label('late')],
      {
        reinvocationPolicy: 'IfNeeded',
        matchConditions: [{ name: 'm', expression: 'has(object.metadata.labels)' }],
      },
      'needs',
    ),
  );
  const sets = bound(policy([label('a')], { reinvocationPolicy: 'IfNeeded' }, 'sets'));
  assert.deepEqual(labels(mutate([needs, sets], creation(), nothingKnown)), { a: 'y' });
  assert.deepEqual(labels(mutate([sets, needs], creation(), nothingKnown)), { a: 'y', late: 'y' });
});

test('selectors see the object as it was sent, conditions as it is mutated', () => {
  const selecting = {
    matchConstraints: {
      objectSelector: { matchLabels: { a: 'y' } },
      resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
    },
  };
  const sets = bound(policy([label('a')], {}, 'sets'));
  const selects = bound(policy([label('b')], selecting, 'selects'));
  assert.deepEqual(labels(mutate([sets, selects], creation(), nothingKnown)), { a: 'y' });
  assert.deepEqual(labels(mutate([selects], creation({}, { labels: { a: 'y' } }), nothingKnown)), {
    a: 'y',
    b: 'y',
  });
});

test('a failing mutation denies, tells all causes, and does not stop the others', () => {
  const result = run(['Object{spec: Object.spec{nope: 1}}', label('a'), label('b', 'object.spec.missing')]);
  assert.equal(result.allowed, false);
  assert.deepEqual(labels(result), { a: 'y' });
  const prefix = "policy 'p' with binding 'p-b' denied request: ";
  const first = `${prefix}error applying patch: failed to convert patch object to typed object: .spec.nope: field not declared in schema`;
  assert.deepEqual(result.denial, {
    code: 403,
    reason: 'Invalid',
    message: first,
    causes: [
      first,
      `${prefix}expression '${label('b', 'object.spec.missing')}' resulted in error: no such key: missing`,
    ],
  });
});

test('failurePolicy Ignore passes over errors, but not over internal ones', () => {
  const ignore = { failurePolicy: 'Ignore' };
  const ignored = run(['Object{spec: Object.spec{nope: 1}}', label('a')], ignore);
  assert.equal(ignored.allowed, true);
  assert.deepEqual(labels(ignored), { a: 'y' });
  const strict = run(['[JSONPatch{op: "add", path: "/spec/nope", value: 1}]', label('a')], ignore);
  assert.deepEqual(strict.denial, {
    code: 500,
    reason: 'InternalError',
    message: 'Internal error occurred: strict decoding error: unknown field "spec.nope"',
    causes: [],
  });
  assert.equal(labels(strict), undefined);
});

test('after an error there is no second pass', () => {
  const result = run([trail('a'), 'Object{nope: 1}'], { reinvocationPolicy: 'IfNeeded' });
  assert.equal(trailOf(result), 'a');
});

test('what would make the server panic is told, whatever the failurePolicy', () => {
  const value = '[Object.spec.tolerations{operator: "Exists"}]';
  const result = run([`[JSONPatch{op: "add", path: "/spec/tolerations", value: ${value}}]`], {
    failurePolicy: 'Ignore',
  });
  assert.equal(result.allowed, false);
  assert.match(result.crash ?? '', /Object\.spec\.tolerations\{\} inside of a list or map/);
});

test('parameters: one run each, missing ones as the binding says', () => {
  const params = (names: readonly string[]) => ({
    ...nothingKnown,
    params: {
      objects: names.map((name) => ({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name, namespace: 'default', labels: { use: 'yes' } },
        data: { v: name },
      })),
      complete: true,
      scopeOf: () => 'Namespaced' as const,
    },
  });
  const taking = policy([trail('" + params.data.v + "')], {
    paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
  });
  const all = { selector: { matchLabels: { use: 'yes' } } };
  const through = (ref: object, action: string) =>
    bound(taking, { paramRef: { ...ref, parameterNotFoundAction: action } });
  assert.equal(trailOf(mutate([through(all, 'Deny')], creation(), params(['1', '2']))), '12');
  assert.equal(trailOf(mutate([through({ name: '2' }, 'Deny')], creation(), params(['1', '2']))), '2');
  assert.equal(trailOf(mutate([through({ name: '3' }, 'Allow')], creation(), params(['1']))), undefined);
  const denied = mutate([through({ name: '3' }, 'Deny')], creation(), params(['1']));
  assert.equal(denied.denial?.reason, 'Forbidden');
  assert.match(denied.denial.message, /failed to configure binding: no params found for policy binding/);
});

test('what depends on something not known is unknown, and only that', () => {
  const open = run([label('a', 'request.userInfo.username')]);
  assert.equal(open.allowed, undefined);
  assert.deepEqual(open.unknown, ["policy 'p': depends on who makes the request (request.userInfo)"]);
  assert.equal(labels(open), undefined);
  const shut = run([label('a', 'request.userInfo.username'), 'Object{nope: 1}']);
  assert.equal(shut.allowed, false);
  assert.deepEqual(shut.unknown.length, 1);
  assert.equal(run([label('a', 'true || request.userInfo.username == "x" ? "t" : "f"')]).allowed, true);
});

test('a name that the server will generate is empty so far', () => {
  const request = creation({}, { name: undefined, generateName: 'x-' });
  const result = run(
    [label('a', '!has(request.name) && !has(object.metadata.name) ? "none" : "some"')],
    {},
    request,
  );
  assert.deepEqual(labels(result), { a: 'none' });
});

test('a policy may rename an object, but not move it', () => {
  const renamed = run(['Object{metadata: Object.metadata{name: "other"}}']);
  assert.equal(renamed.allowed, true);
  const moved = run(['Object{metadata: Object.metadata{namespace: "other"}}']);
  assert.equal(moved.denial?.code, 400);
  assert.match(moved.denial.message, /does not match the namespace sent on the request/);
});

test('a deletion has nothing to mutate; policies and bindings are left alone', () => {
  const everything = {
    matchConstraints: {
      resourceRules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'] }],
    },
  };
  const request = creation();
  const deletion = { ...request, operation: 'DELETE' as const, object: null, oldObject: request.object };
  const deleted = run([label('a')], everything, deletion);
  assert.deepEqual([deleted.allowed, deleted.object, deleted.steps], [true, null, []]);
  const group = 'admissionregistration.k8s.io';
  const resource = { group, version: 'v1', resource: 'mutatingadmissionpolicies' };
  assert.deepEqual(run([label('a')], everything, { ...request, resource }).steps, []);
});

test('a policy that sees another version fails where the server cannot convert back', () => {
  const rule = {
    apiGroups: ['autoscaling'],
    apiVersions: ['v2'],
    operations: ['CREATE'],
    resources: ['horizontalpodautoscalers'],
  };
  const request = {
    ...creation(),
    kind: { group: 'autoscaling', version: 'v1', kind: 'HorizontalPodAutoscaler' },
    resource: { group: 'autoscaling', version: 'v1', resource: 'horizontalpodautoscalers' },
    object: {
      apiVersion: 'autoscaling/v1',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'x', namespace: 'default' },
    },
  };
  const result = run([label('a')], { matchConstraints: { resourceRules: [rule] } }, request);
  assert.match(
    result.denial?.message ?? '',
    /converting \(v2\.HorizontalPodAutoscaler\) to \(v1\.HorizontalPodAutoscaler\): unknown conversion$/,
  );
});

test('an object that is only there in another version is not mutated', () => {
  const objectKind = { group: '', version: 'v2', kind: 'Pod' };
  const result = run([label('a')], {}, { ...creation(), objectKind });
  assert.deepEqual(result.unknown, ["policy 'p': the object is not at hand in the version of the request"]);
});

test('the authorizer is asked', () => {
  const allowed = 'string(authorizer.group("").resource("pods").check("list").allowed())';
  const userInfo = { username: 'u', uid: '', groups: [], extra: {} };
  const asked = (decision: 'allow' | 'deny') =>
    run(
      [label('may', allowed)],
      {},
      { ...creation(), userInfo },
      { ...nothingKnown, authorizer: { authorize: () => ({ decision, reason: '' }) } },
    );
  assert.deepEqual(labels(asked('allow')), { may: 'true' });
  assert.deepEqual(labels(asked('deny')), { may: 'false' });
  assert.equal(run([label('may', allowed)]).allowed, undefined);
});

test('the request is not changed', () => {
  const request = creation({}, { labels: { a: 'b' } });
  const before = JSON.stringify(request);
  run([label('c'), '[JSONPatch{op: "add", path: "/spec/containers/0/image", value: "z"}]'], {}, request);
  assert.equal(JSON.stringify(request), before);
});
