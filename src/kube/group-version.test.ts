import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatApiVersion, parseApiVersion } from './group-version.ts';

test('an apiVersion is a group and a version, or a version of the core group', () => {
  assert.deepEqual(parseApiVersion('apps/v1'), { group: 'apps', version: 'v1' });
  assert.deepEqual(parseApiVersion('v1'), { group: '', version: 'v1' });
  for (const bad of ['', '/', 'a/', '/v1', 'a/b/c']) assert.equal(parseApiVersion(bad), undefined, bad);
});

test('taken apart and put together it is the same', () => {
  for (const text of ['v1', 'rbac.authorization.k8s.io/v1beta1']) {
    assert.equal(formatApiVersion(parseApiVersion(text) ?? { group: '', version: '' }), text);
  }
});
