import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CelError, Double, Duration, Uint, type Value } from '../value.ts';
import { listsV0, listsV1 } from './lists.ts';

const overload = (id: string) => listsV1.overloads.find((candidate) => candidate.id === id)!;
const call = (id: string, ...args: Value[]): unknown => {
  const result = overload(id).implementation(...args);
  return result instanceof CelError ? `error: ${result.message}` : result;
};

test('a list is sorted when no element comes before its predecessor', () => {
  assert.equal(call('list_int_is_sorted_bool', [1, 2, 2, 3]), true);
  assert.equal(call('list_double_is_sorted_bool', [new Double(2), new Double(1)]), false);
  assert.equal(call('list_string_is_sorted_bool', []), true);
  assert.equal(call('list_int_is_sorted_bool', [1, 'a']), true, 'what has no order is not out of order');
  assert.equal(call('list_int_is_sorted_bool', [1, [2]]), 'error: no such overload');
});

test('sums start from the zero of the declared type', () => {
  assert.equal(call('list_int_sum_int', [1, 3]), 4);
  assert.equal(call('list_int_sum_int', []), 0);
  assert.deepEqual(call('list_uint_sum_uint', [new Uint(2n)]), new Uint(2n));
  assert.deepEqual(call('list_double_sum_double', []), new Double(0));
  assert.equal(call('list_double_sum_double', [new Double(1), 0.5]), 1.5);
  assert.deepEqual(
    call('list_duration_sum_duration', [new Duration(1n), new Duration(2n)]),
    new Duration(3n),
  );
  assert.equal(call('list_int_sum_int', [9223372036854775807n, 1]), 'error: integer overflow');
  assert.match(String(call('list_int_sum_int', [1, 'a'])), /^error: no such overload/);
});

test('min and max keep the first of equals', () => {
  assert.equal(call('list_int_min_int', [3, 1, 2]), 1);
  assert.equal(call('list_int_max_int', [3, 1, 2]), 3);
  assert.equal(call('list_string_max_string', ['a', 'b']), 'b');
  assert.equal(call('list_int_max_int', [1, 2.5]), 2.5);
  assert.equal(call('list_bool_min_bool', []), 'error: min called on empty list');
  assert.equal(call('list_bool_max_bool', []), 'error: max called on empty list');
  assert.equal(call('list_int_max_int', [1, null]), 'error: no such overload');
});

test("positions go by CEL's equality", () => {
  assert.equal(call('list_a_index_of_int', [1, 2, 2, 3], 2), 1);
  assert.equal(call('list_a_last_index_of_int', ['a', 'b', 'b'], 'b'), 2);
  assert.equal(call('list_a_index_of_int', [1, new Double(2)], 2), 1);
  assert.equal(call('list_a_index_of_int', [], 'x'), -1);
  assert.equal(call('list_a_last_index_of_int', [[1]], [2]), -1);
});

test('includes finds an element, or compares what is no list', () => {
  assert.equal(call('list_includes_dyn_dyn', [1, 2], 2), true);
  assert.equal(call('list_includes_dyn_dyn', [1, 2], 3), false);
  assert.equal(call('list_includes_dyn_dyn', 'model-a', 'model-a'), true);
  assert.equal(call('list_includes_dyn_dyn', 'model-a', 'model'), false);
});

test('version 1 adds includes alone', () => {
  const added = listsV1.overloads.filter(({ id }) => listsV0.overloads.every((other) => other.id !== id));
  assert.deepEqual(
    added.map(({ name }) => name),
    ['includes'],
  );
});

test('every call costs one walk through the list', () => {
  assert.equal(overload('list_int_max_int').cost!([[1, 2, 3]], 3), 3);
  assert.equal(overload('list_a_index_of_int').cost!([['x'.repeat(25)], 'x'], -1), 2);
});
