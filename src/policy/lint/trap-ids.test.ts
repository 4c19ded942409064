import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { trapIds } from './trap-ids.ts';
import { traps } from './traps/index.ts';

test('every trap is known by its id', () => {
  const beside = ['refused', 'needs-newer-kubernetes'];
  assert.deepEqual([...trapIds].sort(), [...traps.map(({ id }) => id), ...beside].sort());
});

test('the list is no more than a list: a scan loads it', () => {
  const text = readFileSync(new URL('./trap-ids.ts', import.meta.url), 'utf8');
  assert.doesNotMatch(text, /import/);
});
