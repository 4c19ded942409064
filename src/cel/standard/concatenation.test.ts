import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concatenate, isConcatenation, rememberingConcatenations } from './concatenation.ts';

test('where one is empty it is the other one itself', () => {
  const list = [1, 2];
  assert.equal(concatenate(list, []), list);
  assert.equal(concatenate([], list), list);
  assert.deepEqual(concatenate(list, [3]), [1, 2, 3]);
  assert.deepEqual(list, [1, 2]);
});

test('a sum is known only while sums are remembered', () => {
  const before = concatenate([1], [2]);
  let during: readonly unknown[] = [];
  const known = rememberingConcatenations(() => {
    const sum = concatenate([1], [2]);
    during = sum;
    const nested = rememberingConcatenations(() => isConcatenation(sum));
    return [isConcatenation(sum), isConcatenation([1, 2]), isConcatenation(before), nested];
  });
  assert.deepEqual(known, [true, false, false, false]);
  assert.equal(isConcatenation(during as readonly number[]), false);
});

test('what throws does not leave it on', () => {
  assert.throws(() =>
    rememberingConcatenations(() => {
      throw new Error('no');
    }),
  );
  assert.equal(isConcatenation(concatenate([1], [2])), false);
});
