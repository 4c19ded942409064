import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { Unknown } from '../../cel/value.ts';
import { absent, empty, Interner, present } from './interner.ts';

test('equal sequences have equal numbers, others have others', () => {
  const interner = new Interner();
  const sequences = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 6 });
  fc.assert(
    fc.property(sequences, sequences, (a, b) => {
      const number = (items: readonly number[]): number =>
        items.reduce((sequence, item) => interner.join(sequence, item), empty);
      assert.equal(number(a) === number(b), isDeepStrictEqual(a, b));
    }),
    { numRuns: 2000 },
  );
});

test('equal JSON values have equal numbers, others have others', () => {
  const interner = new Interner();
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3 }), fc.jsonValue({ maxDepth: 3 }), (a, b) => {
      // What is written the same is the same; the order of keys counts, minus zero does not come out of JSON.text.
      const same = JSON.stringify(a) === JSON.stringify(b) && isDeepStrictEqual(a, b);
      if (same) assert.equal(interner.joinValue(empty, a), interner.joinValue(empty, b));
      if (interner.joinValue(empty, a) === interner.joinValue(empty, b)) assert.deepEqual(a, b);
      assert.equal(interner.joinValue(empty, a), interner.joinValue(empty, structuredClone(a)));
    }),
    { numRuns: 2000 },
  );
});

test('values that print alike are told apart', () => {
  const interner = new Interner();
  const values = [
    null,
    false,
    0,
    -0,
    '0',
    '',
    'null',
    [],
    {},
    [[]],
    [{}],
    { a: [] },
    { a: {} },
    ['a'],
    { '0': 'a' },
    1,
    1n,
    '1',
    [1, 2],
    [[1, 2]],
    [[1], 2],
    new Unknown(['request.name']),
    new Unknown(['request.namespace']),
    ['request.name'],
  ];
  const numbers = values.map((value) => interner.joinValue(empty, value));
  assert.equal(
    new Set([...numbers, interner.join(empty, absent), interner.join(empty, present)]).size,
    values.length + 2,
  );
});

test('a value of a class is like nothing else, not even itself', () => {
  const interner = new Interner();
  const date = new Date(0);
  assert.notEqual(interner.joinValue(empty, date), interner.joinValue(empty, date));
});

test('the table grows and keeps what it knows', () => {
  const interner = new Interner();
  const first = Array.from({ length: 5000 }, (_, i) => interner.join(1 + (i % 70), 1000 + i));
  assert.equal(interner.size, 5000);
  assert.equal(new Set(first).size, 5000);
  assert.deepEqual(
    Array.from({ length: 5000 }, (_, i) => interner.join(1 + (i % 70), 1000 + i)),
    first,
  );
  assert.equal(interner.size, 5000);
});
