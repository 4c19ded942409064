import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonPatch } from './json-patch.ts';

const [escapeKey] = jsonPatch.overloads;

test('slashes and tildes are escaped, tildes once', () => {
  assert.equal(escapeKey!.name, 'jsonpatch.escapeKey');
  assert.equal(escapeKey!.implementation('k8s.io/my~label'), 'k8s.io~1my~0label');
  assert.equal(escapeKey!.implementation('~1/~0'), '~01~1~00');
  assert.equal(escapeKey!.implementation('plain'), 'plain');
});

test('the cost is that of reading the key', () => {
  assert.equal(escapeKey!.cost!(['a'.repeat(12)], ''), 2);
});
