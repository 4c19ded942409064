import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { alphabetOf } from './alphabet.ts';
import { contains, normalized } from './code-point-set.ts';

test('without sets there is one class', () => {
  const alphabet = alphabetOf([])!;
  assert.equal(alphabet.classCount, 1);
  assert.equal(alphabet.classOf(0), 0);
  assert.equal(alphabet.classOf(0x10ffff), 0);
});

test('digits, letters and the rest', () => {
  const alphabet = alphabetOf([
    [0x30, 0x39],
    [0x30, 0x39, 0x61, 0x7a],
  ])!;
  assert.equal(alphabet.classCount, 3);
  assert.equal(alphabet.low[0x30], alphabet.low[0x39]);
  assert.equal(alphabet.low[0x61], alphabet.classOf(0x7a));
  assert.notEqual(alphabet.low[0x30], alphabet.low[0x61]);
  assert.equal(alphabet.low[0x20], alphabet.classOf(0x1f600));
});

test('two code points share a class exactly if no set tells them apart', () => {
  const range = fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 40 }));
  const set = fc
    .array(range, { maxLength: 4 })
    .map((pairs) => normalized(pairs.flatMap(([low, extra]) => [low, low + extra])));
  const codePoint = fc.integer({ min: 0, max: 350 });
  fc.assert(
    fc.property(fc.array(set, { maxLength: 5 }), codePoint, codePoint, (sets, one, other) => {
      const alphabet = alphabetOf(sets)!;
      const alike = sets.every((set) => contains(set, one) === contains(set, other));
      assert.equal(alphabet.classOf(one) === alphabet.classOf(other), alike);
      if (one < 256) assert.equal(alphabet.low[one], alphabet.classOf(one));
      const representative = alphabet.representatives[alphabet.classOf(one)]!;
      assert.equal(alphabet.classOf(representative), alphabet.classOf(one));
      assert.ok(Math.max(-1, ...Array.from(alphabet.low)) < alphabet.classCount);
    }),
  );
});

test('gives up where the classes would take too long', () => {
  const sets = Array.from({ length: 5000 }, (_, index) => [2 * index, 2 * index]);
  assert.equal(alphabetOf(sets), undefined);
});
