import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CelError, Double, type Value } from '../value.ts';
import { parseQuantity, Quantity } from './quantity.ts';
import { quantityLibrary } from './quantity-library.ts';

const overload = (id: string) => quantityLibrary.overloads.find((candidate) => candidate.id === id)!;
const call = (id: string, ...args: Value[]): unknown => overload(id).implementation(...args);
const q = (text: string) => parseQuantity(text) as Quantity;

test('reading and asking', () => {
  assert.ok(call('string_to_quantity', '1Gi') instanceof Quantity);
  assert.ok(call('string_to_quantity', 'x') instanceof CelError);
  assert.equal(call('is_quantity_string', '1.5e3'), true);
  assert.equal(call('is_quantity_string', '1.5x'), false);
});

test('comparing', () => {
  assert.equal(call('quantity_is_greater_than', q('1Gi'), q('1G')), true);
  assert.equal(call('quantity_is_greater_than', q('1'), q('1')), false);
  assert.equal(call('quantity_is_less_than', q('999m'), q('1')), true);
  assert.equal(call('quantity_compare_to', q('1k'), q('1000')), 0);
  assert.equal(call('quantity_compare_to', q('1'), q('2')), -1);
  assert.equal(call('quantity_compare_to', q('-1'), q('-2')), 1);
});

test('converting', () => {
  assert.equal(call('quantity_sign', q('-1m')), -1);
  assert.equal(call('quantity_get_int', q('5k')), 5000);
  assert.equal(call('quantity_get_int', q('8E')), 8_000_000_000_000_000_000n);
  assert.deepEqual(call('quantity_get_int', q('1m')), new CelError('cannot convert value to integer'));
  assert.equal(call('quantity_is_integer', q('1m')), false);
  assert.equal(call('quantity_is_integer', q('1Ki')), true);
  assert.deepEqual(call('quantity_get_float', q('5k')), new Double(5000));
  assert.equal(call('quantity_get_float', q('50m')), 0.05);
});

test('adding and subtracting quantities and ints', () => {
  const equal = (actual: unknown, expected: string) =>
    assert.ok((actual as Quantity).equals(q(expected)), expected);
  equal(call('quantity_add', q('1Gi'), q('1Mi')), '1025Mi');
  equal(call('quantity_add_int', q('500m'), 2), '2500m');
  equal(call('quantity_sub', q('1'), q('1500m')), '-500m');
  equal(call('quantity_sub_int', q('1k'), 9223372036854775807n), '-9223372036854774807');
});

test('reading costs by length, the rest one', () => {
  assert.equal(overload('string_to_quantity').cost!(['1'.repeat(11)], true), 2);
  assert.ok(quantityLibrary.overloads.every(({ cost }) => cost !== undefined));
  assert.equal(overload('quantity_add').cost!([q('1'), q('2')], q('3')), 1);
});
