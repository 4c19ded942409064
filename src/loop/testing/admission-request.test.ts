import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { kindRegistry } from '../../kube/kinds.ts';
import type { JsonObject } from '../../model/object.ts';
import type { AdmissionRequest } from '../../policy/index.ts';
import { admissionRequest, type RequestParts, type RequestRules } from './admission-request.ts';

const rules: RequestRules = { kinds: kindRegistry(), view: 'validating', namespace: 'default' };
const asked = (parts: Partial<RequestParts>, more: Partial<RequestRules> = {}): AdmissionRequest | string =>
  admissionRequest({ operation: 'CREATE', object: null, oldObject: null, ...parts }, { ...rules, ...more });
function requestFor(object: object, parts: Partial<RequestParts> = {}, more: Partial<RequestRules> = {}) {
  const made = asked({ object: object as JsonObject, ...parts }, more);
  assert.ok(typeof made !== 'string', String(made));
  return made;
}
const configMap = (metadata: object): JsonObject =>
  ({ apiVersion: 'v1', kind: 'ConfigMap', metadata }) as unknown as JsonObject;

describe('where an object is', () => {
  const place = (object: object, parts?: Partial<RequestParts>, more?: Partial<RequestRules>): unknown[] => {
    const { namespace, scope } = requestFor(object, parts, more);
    return [namespace, scope];
  };
  const widget = (metadata: object) => ({ apiVersion: 'example.com/v1', kind: 'Widget', metadata });

  test('of a kind that is in a namespace: its own, else that of the format', () => {
    assert.deepEqual(place(configMap({ name: 'a', namespace: 'shop' })), ['shop', 'Namespaced']);
    assert.deepEqual(place(configMap({ name: 'a' })), ['default', 'Namespaced']);
    assert.deepEqual(place(configMap({ name: 'a', namespace: 'shop' }), { namespace: 'lab' }), [
      'lab',
      'Namespaced',
    ]);
  });

  test('of a kind that is in none', () => {
    const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'a' } };
    assert.deepEqual(place(role), ['', 'Cluster']);
  });

  test('a namespace is in itself', () => {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
    assert.deepEqual(place(namespace), ['shop', 'Cluster']);
  });

  test('of a kind that nobody defines: its namespace tells, and without one nobody knows', () => {
    const written = { view: 'written', namespace: '' } as const;
    assert.deepEqual(place(widget({ name: 'a', namespace: 'shop' }), {}, written), ['shop', 'Namespaced']);
    assert.deepEqual(place(widget({ name: 'a' }), {}, written), ['', undefined]);
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'widgets.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Cluster',
        names: { kind: 'Widget', plural: 'widgets' },
        versions: [{ name: 'v1', served: true, storage: true }],
      },
    } as unknown as JsonObject;
    const kinds = kindRegistry([definition]);
    assert.deepEqual(place(widget({ name: 'a' }), {}, { ...written, kinds }), ['', 'Cluster']);
  });
});

describe('what it is called', () => {
  test('by its name, or by that of the request', () => {
    assert.equal(requestFor(configMap({ name: 'a' })).name, 'a');
    assert.equal(requestFor(configMap({ name: 'a' }), { name: 'b' }).name, 'b');
    assert.equal(requestFor(configMap({})).name, '');
  });

  test('nobody knows a name that the server is yet to make', () => {
    assert.equal(requestFor(configMap({ generateName: 'a-' })).name, undefined);
    assert.equal(requestFor(configMap({ generateName: 'a-' }), { name: 'a-x' }).name, 'a-x');
  });
});

test('the resource is that of the kind as far as it is not written', () => {
  const resource = (written?: string): unknown[] => {
    const made = requestFor(configMap({ name: 'a' }), { resource: written });
    return [made.resource.group, made.resource.version, made.resource.resource, made.subresource];
  };
  assert.deepEqual(resource(), ['', 'v1', 'configmaps', '']);
  assert.deepEqual(resource('pods/exec'), ['', 'v1', 'pods', 'exec']);
  assert.deepEqual(resource('v1beta1/things/status'), ['', 'v1beta1', 'things', 'status']);
  assert.deepEqual(resource('apps/v1/deployments/scale'), ['apps', 'v1', 'deployments', 'scale']);
});

describe('objects', () => {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a' },
    spec: { containers: [{ name: 'a' }] },
  };
  const policyOf = (value: unknown): unknown =>
    ((value as JsonObject)['spec'] as JsonObject)['restartPolicy'];

  test('are as the server has them, or as they are written', () => {
    assert.equal(policyOf(requestFor(pod).object), 'Always');
    assert.equal(policyOf(requestFor(pod, {}, { view: 'written' }).object), undefined);
    const update = requestFor(pod, { operation: 'UPDATE', oldObject: pod as unknown as JsonObject });
    assert.equal(policyOf(update.oldObject), 'Always');
  });

  test('one of them is enough', () => {
    const gone = asked({ operation: 'DELETE', oldObject: configMap({ name: 'a', namespace: 'shop' }) });
    assert.ok(typeof gone !== 'string');
    assert.deepEqual([gone.name, gone.namespace, gone.object], ['a', 'shop', null]);
    assert.equal(asked({}), 'there is neither an object nor an old object');
  });

  test('that no API server would have', () => {
    const refused = (object: object, more?: Partial<RequestRules>) =>
      asked({ object: object as JsonObject }, more);
    assert.equal(refused({ apiVersion: 'v1' }), 'the object has no kind');
    assert.equal(refused({ kind: 'Pod' }), 'the object has no apiVersion');
    assert.ok(
      typeof refused({ kind: 'Pod' }, { view: 'written' }) !== 'string',
      'other tools have no server',
    );
    assert.equal(
      refused({ ...pod, spec: { containers: [], hostPid: true } }),
      'the object has no field spec.hostPid: kubectl would refuse it',
    );
    assert.match(String(refused({ ...pod, spec: 7 })), /^the API server cannot read the object: ./);
  });
});

test('what else a test says of the request is in it, and nothing besides', () => {
  const bare = requestFor(configMap({ name: 'a' }));
  for (const field of ['userInfo', 'dryRun', 'options']) assert.ok(!(field in bare), field);
  const userInfo = { username: 'jane', uid: '', groups: [], extra: {} };
  const made = requestFor(configMap({ name: 'a' }), { userInfo, dryRun: false, options: {} });
  assert.deepEqual([made.userInfo, made.dryRun, made.options], [userInfo, false, {}]);
});
