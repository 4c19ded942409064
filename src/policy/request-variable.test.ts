import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Unknown } from '../cel/value.ts';
import type { AdmissionRequest } from './request.ts';
import { requestVariable } from './request-variable.ts';
import { createRequest } from './request.fixture.ts';

const request = createRequest({
  kind: { group: 'apps', version: 'v1', kind: 'Deployment' },
  resource: { group: 'apps', version: 'v1', resource: 'deployments' },
});
const variable = (change: Partial<AdmissionRequest> = {}) => {
  const changed = { ...request, ...change };
  return requestVariable(changed, changed) as Record<string, unknown>;
};

test('a create request of a scan', () => {
  const { userInfo, ...rest } = variable();
  assert.ok(userInfo instanceof Unknown);
  assert.deepEqual(rest, {
    uid: '',
    kind: request.kind,
    resource: request.resource,
    requestKind: request.kind,
    requestResource: request.resource,
    name: 'web',
    namespace: 'shop',
    operation: 'CREATE',
    object: null,
    dryRun: false,
    options: { apiVersion: 'meta.k8s.io/v1', kind: 'CreateOptions' },
  });
});

test('empty fields do not exist, unknown ones are unknown', () => {
  const empty = variable({ name: '', namespace: '' });
  assert.equal('name' in empty || 'namespace' in empty || 'subResource' in empty, false);
  const open = variable({ name: undefined, namespace: undefined });
  assert.deepEqual(
    [open['name'], open['namespace']],
    [new Unknown(['request.name']), new Unknown(['request.namespace'])],
  );
});

test('the matched version and the requested one', () => {
  const matched = {
    kind: { group: 'apps', version: 'v2', kind: 'Deployment' },
    resource: { group: 'apps', version: 'v2', resource: 'deployments' },
  };
  const both = requestVariable(request, matched) as Record<string, unknown>;
  assert.deepEqual(both['kind'], matched.kind);
  assert.deepEqual(both['resource'], matched.resource);
  assert.deepEqual(both['requestKind'], request.kind);
});

test('a known user', () => {
  const { userInfo } = variable({ userInfo: { username: 'eve', uid: '', groups: ['dev'], extra: {} } });
  assert.deepEqual(userInfo, { username: 'eve', groups: ['dev'] });
});

test('options of the other operations', () => {
  assert.deepEqual(variable({ operation: 'DELETE' })['options'], {
    apiVersion: 'meta.k8s.io/v1',
    kind: 'DeleteOptions',
  });
  assert.deepEqual(variable({ operation: 'CONNECT' }).options, null);
  const options = { apiVersion: 'meta.k8s.io/v1', kind: 'UpdateOptions', fieldManager: 'x' };
  assert.equal(variable({ operation: 'UPDATE', options })['options'], options);
});

test('subresources', () => {
  const scale = variable({ subresource: 'scale' });
  assert.deepEqual([scale['subResource'], scale['requestSubResource']], ['scale', 'scale']);
});
