import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupBy } from './group-by.ts';

test('groups and items keep their order', () => {
  const groups = groupBy([3, 1, 4, 1, 5, 9, 2, 6], (n) => (n % 2 === 0 ? 'even' : 'odd'));
  assert.deepEqual(
    [...groups],
    [
      ['odd', [3, 1, 1, 5, 9]],
      ['even', [4, 2, 6]],
    ],
  );
  assert.equal(groupBy([], String).size, 0);
});
