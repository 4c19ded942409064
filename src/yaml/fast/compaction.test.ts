import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDocuments } from '../index.ts';
import { compact, LARGE } from './compaction.ts';

test('a smaller object is the same object to everyone who looks', () => {
  const objects: Record<string, unknown>[] = [
    {},
    { a: 1 },
    { b: null, a: [1, { c: 'd' }] },
    { 10: 'ten', z: 1, 2: 'two' },
    { a: 1, b: 2, c: 3 },
    { a: 1, b: 2, c: 3, d: 4 },
    JSON.parse('{"__proto__": {"polluted": true}, "a": 1}') as Record<string, unknown>,
    { constructor: 1, toString: 2 },
  ];
  for (const object of objects) {
    for (let round = 0; round < 20; round++) {
      const copy = compact({ ...object } as Parameters<typeof compact>[0]);
      assert.deepEqual(copy, object);
      assert.equal(JSON.stringify(copy), JSON.stringify(object), 'the order of keys too');
      assert.equal(Object.getPrototypeOf(copy), Object.prototype);
      assert.deepEqual(Object.getOwnPropertyDescriptors(copy), Object.getOwnPropertyDescriptors(object));
    }
  }
});

test('objects made smaller can still be changed', () => {
  const copy = compact({ a: 1 });
  copy['b'] = 2;
  copy['c'] = 3;
  delete copy['a'];
  assert.deepEqual(copy, { b: 2, c: 3 });
});

test('a large document has the value that its parts have', () => {
  const entry = (index: number): string => `- name: c${index}
  labels: {a: b, "c": [1, {d: ${index}}]}
  data:
    k: v${index}
    8080: port
  none:
  big: 12345678901234567890
`;
  const entries = Array.from({ length: 40_000 }, (_, index) => entry(index));
  const text = `items:\n${entries.join('')}`;
  assert.ok(text.length > LARGE);
  const [large] = [...readDocuments(text)];
  const { items } = large!.value as { items: unknown[] };
  assert.equal(items.length, entries.length);
  for (const index of [0, 1, 17_123, 39_999]) {
    const [alone] = [...readDocuments(entry(index))];
    assert.deepEqual([items[index]], alone!.value);
  }
});

test('a key that stands twice in a large document is found there too', () => {
  const filler = `${'# '.repeat(40)}\n`.repeat(LARGE / 80);
  const [document] = [...readDocuments(`a: {b: 1, b: 2}\n${filler}c: 3\n`)];
  assert.deepEqual(document!.value, { a: { b: 2 }, c: 3 });
  assert.equal(document!.problems.length, 1);
});
