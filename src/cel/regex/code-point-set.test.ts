import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { contains, difference, intersects, negated, normalized, union } from './code-point-set.ts';

const sets = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 5 })), { maxLength: 8 })
  .map((pairs) => pairs.flatMap(([low, extra]) => [low, low + extra]));

function members(ranges: readonly number[]): Set<number> {
  const found = new Set<number>();
  for (let index = 0; index < ranges.length; index += 2) {
    for (let codePoint = ranges[index]!; codePoint <= ranges[index + 1]!; codePoint++) found.add(codePoint);
  }
  return found;
}

test('ranges are sorted, merged and kept apart', () => {
  assert.deepEqual(normalized([5, 7, 1, 2, 3, 4, 10, 12, 11, 20]), [1, 7, 10, 20]);
  assert.deepEqual(normalized([]), []);
  assert.deepEqual(normalized([0, 0x10ffff, 3, 4]), [0, 0x10ffff]);
});

test('negation covers the rest', () => {
  assert.deepEqual(negated([]), [0, 0x10ffff]);
  assert.deepEqual(negated([0, 0x10ffff]), []);
  assert.deepEqual(negated([0, 4, 10, 10]), [5, 9, 11, 0x10ffff]);
});

test('membership is that of the ranges, before and after normalization', () => {
  fc.assert(
    fc.property(sets, fc.integer({ min: 0, max: 50 }), (ranges, codePoint) => {
      const expected = members(ranges).has(codePoint);
      assert.equal(contains(normalized(ranges), codePoint), expected);
      assert.equal(contains(negated(normalized(ranges)), codePoint), !expected);
    }),
  );
});

test('union, difference and intersection agree with sets of members', () => {
  fc.assert(
    fc.property(sets, sets, (one, other) => {
      const left = normalized(one);
      const right = normalized(other);
      const inLeft = members(left);
      const inRight = members(right);
      assert.deepEqual(members(union(left, right)), new Set([...inLeft, ...inRight]));
      assert.deepEqual(
        members(difference(left, right)),
        new Set([...inLeft].filter((member) => !inRight.has(member))),
      );
      assert.equal(
        intersects(left, right),
        [...inLeft].some((member) => inRight.has(member)),
      );
    }),
  );
});
