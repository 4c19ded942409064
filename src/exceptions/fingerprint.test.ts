import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fingerprint } from './fingerprint.ts';

const pod = { apiVersion: 'v1', kind: 'Pod', namespace: 'a', name: 'b' };
const two = { spec: { containers: [{ name: 'web' }, { name: 'log' }] } };
const swapped = { spec: { containers: [{ name: 'log' }, { name: 'web' }] } };

test('a moved container keeps its fingerprint', () => {
  const before = fingerprint('c', pod, ['spec', 'containers', 0, 'image'], two);
  assert.equal(fingerprint('c', pod, ['spec', 'containers', 1, 'image'], swapped), before);
  assert.notEqual(fingerprint('c', pod, ['spec', 'containers', 0, 'image'], swapped), before);
  assert.match(before, /^[0-9a-f]{16}$/);
});

test('an API version bump keeps it, another control, object or path does not', () => {
  const deployment = { apiVersion: 'apps/v1beta1', kind: 'Deployment', namespace: 'a', name: 'b' };
  const base = fingerprint('c', deployment, ['spec'], {});
  assert.equal(fingerprint('c', { ...deployment, apiVersion: 'apps/v1' }, ['spec'], {}), base);
  assert.notEqual(fingerprint('d', deployment, ['spec'], {}), base);
  assert.notEqual(fingerprint('c', { ...deployment, namespace: 'z' }, ['spec'], {}), base);
  assert.notEqual(fingerprint('c', deployment, ['spec', 'x'], {}), base);
});
