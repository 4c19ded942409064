import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Unknown } from '../cel/value.ts';
import { namespaceVariable } from './namespace-variable.ts';
import type { AdmissionRequest } from './request.ts';
import { createRequest } from './request.fixture.ts';

const request = (namespace: string | undefined, kind = 'Pod'): AdmissionRequest =>
  createRequest({
    kind: { group: '', version: 'v1', kind },
    resource: { group: '', version: 'v1', resource: `${kind.toLowerCase()}s` },
    name: 'x',
    namespace,
  });
const shop = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'shop', labels: { env: 'prod' }, managedFields: [], ownerReferences: [] },
  spec: { finalizers: ['kubernetes'] },
  status: { phase: 'Active' },
};

test('a known namespace shows only what the server shows of it', () => {
  assert.deepEqual(
    namespaceVariable(request('shop'), () => shop),
    {
      metadata: { name: 'shop', labels: { env: 'prod' } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    },
  );
});

test('null for cluster-scoped objects and for Namespaces', () => {
  assert.equal(
    namespaceVariable(request(''), () => shop),
    null,
  );
  assert.equal(
    namespaceVariable(request('shop', 'Namespace'), () => shop),
    null,
  );
});

test('unknown where the name or the object is', () => {
  const unknown = new Unknown(['namespaceObject']);
  assert.deepEqual(
    namespaceVariable(request(undefined), () => shop),
    unknown,
  );
  assert.deepEqual(
    namespaceVariable(request('shop'), () => undefined),
    unknown,
  );
});
