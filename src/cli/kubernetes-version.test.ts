import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kubernetesVersion } from './kubernetes-version.ts';

test('a minor version, or what a server says of itself', () => {
  for (const text of ['1.33', 'v1.33', '1.33.4', 'v1.33.4-gke.1173000', 'v1.33.4+k3s1']) {
    assert.equal(kubernetesVersion(text), 33, text);
  }
  assert.equal(kubernetesVersion(undefined), 37);
});

test('what is no version, or none that is known', () => {
  for (const text of [
    '1.29',
    '1.38',
    '1.3',
    '33',
    'latest',
    '',
    '1.33.',
    '1.33.x',
    '1.33-1',
    '2.33',
    '1.33.4 ',
  ]) {
    assert.throws(() => kubernetesVersion(text), /is not known, there are 1\.30 to 1\.37/, text);
  }
});
