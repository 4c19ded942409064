import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kindRegistry } from '../../kube/kinds.ts';
import type { Json, JsonObject } from '../../model/object.ts';
import { formatPath } from '../../model/path.ts';
import { readReview, ReviewError } from './review.ts';

const kinds = kindRegistry();
const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'shop' } };
const whole = {
  uid: 'u1',
  kind: { group: '', version: 'v1', kind: 'Pod' },
  resource: { group: '', version: 'v1', resource: 'pods' },
  name: 'web',
  namespace: 'shop',
  operation: 'CREATE',
  userInfo: { username: 'bob', uid: '7', groups: ['dev'], extra: { team: ['a'] } },
  object: pod,
  dryRun: true,
  options: { apiVersion: 'meta.k8s.io/v1', kind: 'CreateOptions', fieldManager: 'kubectl' },
};
const review = (change: object = {}): Json =>
  JSON.parse(
    JSON.stringify({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      request: { ...whole, ...change },
    }),
  ) as JsonObject;
const read = (change: object = {}) => readReview(review(change), kinds).request;

test('a whole review', () => {
  const { uid, request } = readReview(review(), kinds);
  assert.equal(uid, 'u1');
  assert.deepEqual(request, {
    operation: 'CREATE',
    kind: whole.kind,
    resource: whole.resource,
    subresource: '',
    name: 'web',
    namespace: 'shop',
    scope: 'Namespaced',
    object: pod,
    oldObject: null,
    objectKind: whole.kind,
    userInfo: whole.userInfo,
    dryRun: true,
    options: whole.options,
  });
});

test('the version that was asked for may be another than that of the object', () => {
  const v2 = { group: 'apps', version: 'v2', kind: 'Deployment' };
  const request = read({ requestKind: v2, requestResource: { ...v2, resource: 'deployments' } });
  assert.deepEqual([request.kind, request.objectKind], [v2, whole.kind]);
  assert.equal(request.resource.version, 'v2');
});

test('what is left out is told from the object, or is not known', () => {
  const bare = { name: undefined, namespace: undefined };
  assert.deepEqual([read(bare).name, read(bare).namespace], ['web', 'shop']);
  const generated = read({ ...bare, object: { ...pod, metadata: { generateName: 'web-' } } });
  assert.deepEqual([generated.name, generated.namespace], [undefined, undefined]);
  const { userInfo, dryRun, options } = read({ userInfo: undefined, dryRun: undefined, options: null });
  assert.deepEqual([userInfo, dryRun, options], [undefined, false, undefined]);
  assert.deepEqual(read({ userInfo: {} }).userInfo, { username: '', uid: '', groups: [], extra: {} });
});

test('the namespace and scope as the server has them', () => {
  const of = (kind: object, resource: object, change: object) =>
    read({
      kind: { group: '', version: 'v1', ...kind },
      resource: { group: '', version: 'v1', ...resource },
      ...change,
    });
  const node = of({ kind: 'Node' }, { resource: 'nodes' }, { namespace: undefined });
  assert.deepEqual([node.namespace, node.scope], ['', 'Cluster']);
  const namespace = of({ kind: 'Namespace' }, { resource: 'namespaces' }, { name: 'shop', namespace: '' });
  assert.deepEqual([namespace.namespace, namespace.scope], ['shop', 'Cluster']);
  const custom = { group: 'example.com', version: 'v1' };
  const unknown = of(
    { ...custom, kind: 'Thing' },
    { ...custom, resource: 'things' },
    { namespace: undefined, object: { metadata: {} } },
  );
  assert.deepEqual([unknown.namespace, unknown.scope], ['', 'Cluster']);
});

test('deletions, updates, connections, subresources', () => {
  const deletion = read({ operation: 'DELETE', object: null, oldObject: pod, name: undefined });
  assert.deepEqual([deletion.object, deletion.oldObject, deletion.name], [null, pod, '']);
  const update = read({ operation: 'UPDATE', subResource: 'status', oldObject: pod });
  assert.deepEqual([update.subresource, update.oldObject], ['status', pod]);
  const exec = read({
    operation: 'CONNECT',
    subResource: 'exec',
    kind: { ...whole.kind, kind: 'PodExecOptions' },
    object: { apiVersion: 'v1', kind: 'PodExecOptions', command: ['sh'] },
    options: {},
  });
  assert.deepEqual([exec.subresource, exec.kind.kind, exec.options], ['exec', 'PodExecOptions', undefined]);
});

test('an object without apiVersion and kind has those of the request', () => {
  assert.deepEqual(read({ object: { metadata: { name: 'web' } } }).object, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web' },
  });
});

test('what is no review, and where', () => {
  const wrong = (value: Json): string => {
    try {
      readReview(value, kinds);
    } catch (error) {
      assert.ok(error instanceof ReviewError);
      return `${formatPath(error.path)}: ${error.message}`;
    }
    return assert.fail(JSON.stringify(value));
  };
  const expected = 'expected an admission.k8s.io/v1 AdmissionReview';
  assert.equal(wrong({}), `kind: ${expected}, got nothing nothing`);
  assert.equal(wrong({ ...pod }), `kind: ${expected}, got "v1" "Pod"`);
  const old = { apiVersion: 'admission.k8s.io/v1beta1', kind: 'AdmissionReview' };
  assert.match(wrong(old), /^apiVersion: expected an admission\.k8s\.io\/v1 /);
  const empty = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' };
  assert.equal(wrong(empty), 'request: there is no request');
  assert.equal(wrong({ ...empty, response: {} }), 'request: there is no request, only a response');
  assert.equal(wrong({ ...empty, request: [] }), 'request: must be an object');
  const cases: readonly [change: object, message: string][] = [
    [
      { operation: 'PATCH' },
      'request.operation: expected one of CREATE, UPDATE, DELETE, CONNECT, got "PATCH"',
    ],
    [{ operation: 7 }, 'request.operation: must be a string'],
    [{ kind: undefined }, 'request.kind: is missing'],
    [{ kind: { group: '', version: 'v1' } }, 'request.kind.kind: is missing'],
    [{ resource: { group: '', resource: 'pods' } }, 'request.resource.version: is missing'],
    [{ resource: 'pods' }, 'request.resource: must be an object'],
    [{ object: null }, 'request.object: a request to CREATE has an object'],
    [{ object: 'x' }, 'request.object: must be an object'],
    [{ object: { apiVersion: 1, kind: 'Pod' } }, 'request.object.apiVersion: must be a string'],
    [{ operation: 'UPDATE' }, 'request.oldObject: a request to UPDATE has an oldObject'],
    [{ oldObject: pod }, 'request.oldObject: a request to create has no oldObject'],
    [
      { operation: 'DELETE', oldObject: pod },
      'request.object: a request to delete has no object, only an oldObject',
    ],
    [{ dryRun: 'yes' }, 'request.dryRun: expected true or false, got "yes"'],
    [{ userInfo: { groups: 'dev' } }, 'request.userInfo.groups: must be a list of strings'],
    [{ userInfo: { groups: [1] } }, 'request.userInfo.groups[0]: must be a string'],
    [{ userInfo: { extra: { a: 'b' } } }, 'request.userInfo.extra.a: must be a list of strings'],
    [{ options: [] }, 'request.options: must be an object'],
    [{ uid: 1 }, 'request.uid: must be a string'],
  ];
  for (const [change, message] of cases) assert.equal(wrong(review(change)), message);
});
