import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../model/object.ts';
import { valueAt } from '../../model/path.ts';
import { Cluster } from './cluster.ts';

const plain = (value: object): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject;
const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
const definition = (spec: object = {}) =>
  plain({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Cluster',
      names: { kind: 'Thing', plural: 'things' },
      versions: [
        { name: 'v1', served: true, storage: true, schema },
        { name: 'v2', served: true, schema },
        { name: 'v3', served: false, schema },
      ],
      ...spec,
    },
  });
const thing = plain({ apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 't' } });
const v2 = { group: 'example.com', version: 'v2', kind: 'Thing' };

test('namespaces: as the server keeps them, and nothing of those that are not here', () => {
  const written = plain({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'shop', labels: { a: 'b' } },
  });
  const live = plain({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'live', uid: 'u' } });
  const { findNamespace } = new Cluster([written, live], true).context;
  assert.equal(
    valueAt(findNamespace('shop')!, ['metadata', 'labels', 'kubernetes.io/metadata.name']),
    'shop',
  );
  assert.equal(findNamespace('live'), live);
  assert.equal(findNamespace('other'), undefined);
});

test('parameters: complete or not, with their scope', () => {
  const { params } = new Cluster([definition(), thing], true).context;
  assert.equal(params.complete, true);
  assert.ok(params.objects.includes(thing));
  assert.equal(params.scopeOf({ apiVersion: 'example.com/v1', kind: 'Thing' }), 'Cluster');
  assert.equal(params.scopeOf({ apiVersion: 'v1', kind: 'ConfigMap' }), 'Namespaced');
  assert.equal(params.scopeOf({ apiVersion: 'other.com/v1', kind: 'Other' }), undefined);
  assert.equal(new Cluster([], false).context.params.complete, false);
});

test('other served versions of a custom resource', () => {
  const resource = { group: 'example.com', version: 'v1', resource: 'things' };
  assert.deepEqual(new Cluster([definition()], true).equivalents(resource), [
    { resource: { ...resource, version: 'v2' }, kind: v2 },
  ]);
  assert.equal(new Cluster([], true).equivalents(resource), undefined);
});

test('a conversion is known where it changes the version alone', () => {
  const converted = (spec?: object) => new Cluster([definition(spec)], true).context.convert!(thing, v2);
  assert.deepEqual(converted(), { ...thing, apiVersion: 'example.com/v2' });
  assert.equal(converted({ conversion: { strategy: 'Webhook' } }), undefined);
  const other = { openAPIV3Schema: { type: 'object' } };
  assert.equal(
    converted({
      versions: [
        { name: 'v1', schema },
        { name: 'v2', schema: other },
      ],
    }),
    undefined,
  );
  assert.equal(converted({ versions: [{ name: 'v1', schema }] }), undefined);
  const { convert } = new Cluster([definition()], true).context;
  assert.equal(convert!(thing, { ...v2, kind: 'Other' }), undefined);
  assert.equal(convert!(thing, { ...v2, group: 'other.com' }), undefined);
  const both = new Cluster([definition(), definition({ group: 'other.com' })], true).context;
  assert.equal(both.convert!(thing, { ...v2, group: 'other.com' }), undefined, 'a kind of the same name');
  assert.deepEqual(both.convert!(thing, v2), { ...thing, apiVersion: 'example.com/v2' });
});
