import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limited } from '../limit.ts';
import { CelError, Double, Duration, Uint, type Value } from '../value.ts';
import { listsV3, sortByCost, sortByKeys } from './lists.ts';

const overload = (id: string) => listsV3.overloads.find((candidate) => candidate.id === id)!;
const call = (id: string, ...args: Value[]): unknown => {
  const result = overload(id).implementation(...args);
  return result instanceof CelError ? `error: ${result.message}` : result;
};
const cost = (id: string, ...args: Value[]): number =>
  overload(id).cost!(args, overload(id).implementation(...args));

test('slice is half open and checked', () => {
  assert.deepEqual(call('list_slice', [1, 2, 3, 4], 1, 3), [2, 3]);
  assert.deepEqual(call('list_slice', [1], 1, 1), []);
  assert.equal(call('list_slice', [1], -1, 1), 'error: cannot slice(-1, 1), negative indexes not supported');
  assert.equal(
    call('list_slice', [1], 1, 0),
    'error: cannot slice(1, 0), start index must be less than or equal to end index',
  );
  assert.equal(call('list_slice', [1], 0, 2), 'error: cannot slice(0, 2), list is length 1');
});

test('flatten goes as deep as asked', () => {
  const deep = [1, [2, [3, [4]]]];
  assert.deepEqual(call('list_flatten', deep), [1, 2, [3, [4]]]);
  assert.deepEqual(call('list_flatten_int', deep, 0), deep);
  assert.deepEqual(call('list_flatten_int', deep, 9223372036854775807n), [1, 2, 3, 4]);
  assert.equal(call('list_flatten_int', deep, -1), 'error: level must be non-negative');
  assert.equal(call('list_flatten', 'text'), 'error: no such overload: string.flatten()');
  assert.equal(call('list_flatten_int', {}, 2), 'error: no such overload: map(dyn, dyn).flatten(int)');
});

test('sort orders by value', () => {
  assert.deepEqual(call('list_int_sort', [3, 1, 2n ** 60n, 2]), [1, 2, 3, 2n ** 60n]);
  assert.deepEqual(call('list_string_sort', ['b', '\u{10000}', '\uffff', 'a']), [
    'a',
    'b',
    '\uffff',
    '\u{10000}',
  ]);
  assert.deepEqual(call('list_bool_sort', [true, false]), [false, true]);
  assert.deepEqual(call('list_google.protobuf.Duration_sort', [new Duration(2n), new Duration(1n)]), [
    new Duration(1n),
    new Duration(2n),
  ]);
  assert.deepEqual(call('list_int_sort', []), []);
});

test('a NaN stays where insertion leaves it', () => {
  assert.deepEqual(call('list_double_sort', [5.5, NaN, 0.5, 2.5]), [5.5, NaN, 0.5, 2.5]);
  assert.deepEqual(call('list_double_sort', [2.5, 0.5, NaN]), [0.5, 2.5, NaN]);
});

test('sorting does not touch the list itself', () => {
  const list = [2, 1];
  call('list_int_sort', list);
  assert.deepEqual(list, [2, 1]);
  call('list_reverse', list);
  assert.deepEqual(list, [2, 1]);
});

test('keys must be of one type that has an order', () => {
  const message = (list: Value[], keys: Value[]) => (sortByKeys(list, keys) as CelError).message;
  assert.equal(message([1, 2], [1, 'a']), 'list elements must have the same type');
  assert.equal(message([1, 2], [1, new Double(2)]), 'list elements must have the same type');
  assert.equal(message([1, 2], [null, null]), 'list elements must be comparable');
  assert.equal(message([1], [[1]]), 'list elements must be comparable');
  assert.match(message([1], []), /but got 1 and 0 elements respectively$/);
});

test('elements follow their keys', () => {
  assert.deepEqual(sortByKeys(['foo', 'bar', 'baz'], [3, 1, 2]), ['bar', 'baz', 'foo']);
  const many = Array.from({ length: 40 }, (_, i) => i);
  assert.deepEqual(
    sortByKeys(
      many,
      many.map((i) => -i),
    ),
    many.toReversed(),
  );
});

test('range counts from zero and is bounded by the cost limit', () => {
  assert.deepEqual(call('lists_range', 3), [0, 1, 2]);
  assert.deepEqual(call('lists_range', -3), []);
  assert.equal(
    limited(
      () => call('lists_range', 9223372036854775807n),
      (error) => error.message,
    ),
    'operation cancelled: actual cost limit exceeded',
  );
});

test('distinct keeps the first of equal elements', () => {
  assert.deepEqual(call('list_distinct', ['b', 'a', 'b']), ['b', 'a']);
  assert.deepEqual(call('list_distinct', [1, new Double(1), new Uint(1n), 2]), [1, 2]);
  assert.deepEqual(call('list_distinct', [[1], [1], { a: 1 }, { a: 1 }]), [[1], { a: 1 }]);
  assert.deepEqual(call('list_distinct', [NaN, NaN]), [NaN, NaN]);
});

test('costs grow with the list, or with its square', () => {
  assert.equal(cost('list_slice', [1, 2, 3], 0, 2), 13);
  assert.equal(cost('list_flatten_int', [1, 2], 3), 17);
  assert.equal(cost('list_flatten_int', [1, 2, 3], -3), 2);
  assert.ok(cost('list_flatten_int', [1, 2, 3], -4) > 1e18, 'wraps around');
  assert.equal(cost('list_reverse', [1, 2, 3]), 14);
  assert.equal(cost('list_int_sort', [1, 2, 3]), 29);
  assert.equal(cost('list_string_sort', ['a', 'b', 'c']), 29);
  assert.equal(cost('list_distinct', []), 11);
  assert.equal(
    sortByCost(
      [
        ['a', 'b'],
        [1, 2],
      ],
      [],
    ),
    19,
  );
});
