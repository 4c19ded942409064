import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject } from '../../model/object.ts';
import { apiVersionOf, KnownResources, operationsOf } from './known-resources.ts';

const definition: JsonObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  spec: {
    group: 'example.com',
    scope: 'Cluster',
    names: { plural: 'widgets', kind: 'Widget' },
    versions: [{ name: 'v1', schema: { openAPIV3Schema: { type: 'object' } } }, { name: 'v2' }],
  },
};
const rule = {
  operations: ['*'],
  apiGroups: ['*'],
  apiVersions: ['*'],
  resources: ['*'],
  resourceNames: [],
  scope: '*',
};

describe('known resources', () => {
  const resources = new KnownResources([definition, { kind: 'CustomResourceDefinition' }]);

  test('built in and defined ones, by a rule', () => {
    const of = (change: object): string[] =>
      resources.of({ ...rule, ...change }).map((one) => `${apiVersionOf(one)} ${one.kind}`);
    assert.deepEqual(of({ apiGroups: ['apps'], resources: ['deployments', 'deployments/scale'] }), [
      'apps/v1 Deployment',
    ]);
    assert.deepEqual(of({ apiGroups: ['example.com'] }), ['example.com/v1 Widget', 'example.com/v2 Widget']);
    assert.deepEqual(of({ apiGroups: [''], apiVersions: ['v2'] }), []);
    assert.ok(of({}).length > 60);
  });

  test('the schema of a definition is that of its version', () => {
    const [first, second] = resources.all.filter(({ kind }) => kind === 'Widget');
    assert.deepEqual(first!.definition, { type: 'object' });
    assert.equal(second!.definition, undefined);
    assert.equal(first!.namespaced, false);
  });

  test('groups of Kubernetes are complete, others are not', () => {
    assert.equal(resources.isComplete(''), true);
    assert.equal(resources.isComplete('apps'), true);
    assert.equal(resources.isComplete('example.com'), false);
    assert.equal(resources.isComplete('snapshot.storage.k8s.io'), false);
  });

  test('operations of resources and subresources', () => {
    assert.deepEqual(operationsOf('pods', ''), ['CREATE', 'UPDATE', 'DELETE']);
    assert.deepEqual(operationsOf('tokenreviews', ''), ['CREATE']);
    assert.deepEqual(operationsOf('pods', 'exec'), ['CONNECT']);
    assert.deepEqual(operationsOf('anything', 'status'), ['UPDATE']);
    assert.equal(operationsOf('pods', 'toString'), undefined);
  });
});
