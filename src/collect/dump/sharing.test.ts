import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sharing } from './sharing.ts';

test('equal data becomes one, at every level', () => {
  const sharing = new Sharing();
  const value = (name: string): object => ({ name, path: ['spec', 0], empty: [], none: {}, text: 'same' });
  const [a, b] = [sharing.of(value('a')), sharing.of(value('b'))] as Record<string, unknown>[];
  assert.deepEqual(a, value('a'));
  assert.deepEqual(b, value('b'));
  assert.equal(a!['path'], b!['path']);
  assert.equal(a!['none'], b!['none']);
  assert.equal(sharing.of(value('a')), a);
});

test('what is given is not changed, and long data is copied', () => {
  const sharing = new Sharing();
  const given = { list: [1, null, true, 'x'], long: 'x'.repeat(300), missing: undefined };
  const kept = sharing.of(given);
  assert.notEqual(kept, given);
  assert.deepEqual(kept, { list: [1, null, true, 'x'], long: given.long });
  assert.equal(given.missing, undefined);
});

test('texts, numbers and nothing at all', () => {
  const sharing = new Sharing();
  for (const value of ['', 'a', 0, 1.5, true, null, undefined]) assert.equal(sharing.of(value), value);
});

test('what is remembered is bounded', () => {
  const sharing = new Sharing();
  for (let i = 0; i < 50_000; i++) assert.equal(sharing.of(`text ${i}`), `text ${i}`);
  const { known } = sharing as unknown as { known: Map<string, unknown> };
  assert.ok(known.size <= 20_000);
});
