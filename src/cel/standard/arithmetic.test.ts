import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CelError, Double, Duration, Timestamp, Uint, type Value } from '../value.ts';
import { add, divide, modulo, multiply, negate, subtract } from './arithmetic.ts';

const plain = (value: Value | CelError): unknown => (value instanceof CelError ? value.message : value);
const max = 2n ** 63n - 1n;
const min = -(2n ** 63n);

type Operator = (a: Value, b: Value) => Value | CelError;

function table(operator: Operator, rows: readonly (readonly [Value, Value, unknown])[]): void {
  for (const [a, b, expected] of rows)
    assert.deepEqual(plain(operator(a, b)), expected, `${String(a)}, ${String(b)}`);
}

test('+', () => {
  table(add, [
    [1, 2, 3],
    [9007199254740991, 1, 9007199254740992n],
    [max, 1, 'integer overflow'],
    [min, -1, 'integer overflow'],
    [1.5, 1.5, new Double(3)],
    [new Double(1), 0.5, 1.5],
    [1, new Double(1), 'no such overload'],
    [1, 1.5, 'no such overload'],
    [new Uint(1n), new Uint(2n), new Uint(3n)],
    [new Uint(2n ** 64n - 1n), new Uint(1n), 'unsigned integer overflow'],
    ['a', 'b', 'ab'],
    ['a', 1, 'no such overload'],
    [[1], [2], [1, 2]],
    [[], [2], [2]],
    [[1], 2, 'no such overload'],
    [new Uint8Array([1]), new Uint8Array([2]), new Uint8Array([1, 2])],
    [new Duration(1n), new Duration(2n), new Duration(3n)],
    [new Timestamp(1n), new Duration(2n), new Timestamp(3n)],
    [new Duration(2n), new Timestamp(1n), new Timestamp(3n)],
    [new Timestamp(1n), new Timestamp(1n), 'no such overload'],
    [null, 1, 'no such overload: _+_'],
    [{}, {}, 'no such overload: _+_'],
    [true, true, 'no such overload: _+_'],
  ]);
});

test('-', () => {
  table(subtract, [
    [1, 2, -1],
    [min, 1, 'integer overflow'],
    [new Uint(1n), new Uint(2n), 'unsigned integer overflow'],
    [0.5, 0.5, new Double(0)],
    [new Timestamp(3n), new Timestamp(1n), new Duration(2n)],
    [new Timestamp(3n), new Duration(1n), new Timestamp(2n)],
    [new Duration(3n), new Duration(1n), new Duration(2n)],
    ['a', 'b', 'no such overload'],
    [[], [], 'no such overload: _-_'],
  ]);
});

test('*', () => {
  table(multiply, [
    [3, 4, 12],
    [0, -5, 0],
    [3037000500, 3037000500, 'integer overflow'],
    [min, -1, 'integer overflow'],
    [new Uint(2n ** 63n), new Uint(2n), 'unsigned integer overflow'],
    [0.5, new Double(2), new Double(1)],
  ]);
  assert.ok(!Object.is(multiply(0, -5), -0), 'an int is never minus zero');
});

test('/ and %', () => {
  table(divide, [
    [7, 2, 3],
    [-7, 2, -3],
    [1, 0, 'division by zero'],
    [min, -1, 'integer overflow'],
    [new Uint(7n), new Uint(2n), new Uint(3n)],
    [new Uint(7n), new Uint(0n), 'division by zero'],
    [new Double(1), new Double(0), Infinity],
  ]);
  table(modulo, [
    [7, 3, 1],
    [-7, 3, -1],
    [7, -3, 1],
    [1, 0, 'modulus by zero'],
    [min, -1, 'integer overflow'],
    [new Uint(7n), new Uint(0n), 'modulus by zero'],
    [1.5, 1.5, 'no such overload: _%_'],
  ]);
});

test('unary minus', () => {
  for (const [value, expected] of [
    [1, -1],
    [0, 0],
    [min, 'integer overflow'],
    [1.5, -1.5],
    [new Double(0), new Double(-0)],
    [new Duration(1n), new Duration(-1n)],
    [true, 'no such overload'],
    ['a', 'no such overload'],
    [new Uint(1n), 'no such overload: -_'],
    [[], 'no such overload: -_'],
  ] as [Value, unknown][]) {
    assert.deepEqual(plain(negate(value)), expected, String(value));
  }
});
