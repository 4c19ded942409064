import assert from 'node:assert/strict';
import { test } from 'node:test';
import { equal, equals } from './equal.ts';
import { Quantity } from './kubernetes/quantity.ts';
import { parseURL } from './kubernetes/url.ts';
import {
  CelError,
  Double,
  Duration,
  Optional,
  Struct,
  Timestamp,
  TypeValue,
  Uint,
  type Value,
} from './value.ts';

const bytes = (...values: number[]): Uint8Array => new Uint8Array(values);
const map = (...entries: [Value, Value][]): Map<Value, Value> => new Map(entries);

/** Values of one row are equal to each other and to none of another row. */
const rows: Value[][] = [
  [1, 1n, new Uint(1n), new Double(1)],
  [0, new Double(0), new Double(-0), new Uint(0n)],
  [1.5],
  [9007199254740993n, new Uint(9007199254740993n)],
  [Infinity],
  [''],
  ['1'],
  [true],
  [false],
  [null],
  [bytes(), bytes()],
  [bytes(1, 2), bytes(1, 2)],
  [[], []],
  [
    [1, 'a'],
    [new Double(1), 'a'],
  ],
  [[1]],
  [{}, map()],
  [{ a: 1 }, map(['a', new Uint(1n)])],
  [map([1, 'x']), map([new Uint(1n), 'x']), map([new Double(1), 'x'])],
  [{ a: { b: [1] } }, { a: { b: [1] } }],
  [new Timestamp(5n), new Timestamp(5n, 3600)],
  [new Duration(5n), new Duration(5n)],
  [new TypeValue('int'), new TypeValue('int')],
  [Optional.none, new Optional(undefined)],
  [new Optional(1), new Optional(new Double(1))],
  [new Optional(Optional.none)],
  [new Struct('T', new Map([['a', 1]])), new Struct('T', new Map([['a', 1]]))],
  [new Struct('U', new Map([['a', 1]]))],
];

test('values are equal within their row and to nothing outside of it', () => {
  rows.forEach((row, i) => {
    for (const a of row) {
      rows.forEach((other, j) => {
        for (const b of other)
          assert.equal(equal(a, b), i === j, `${String(a)} of row ${i}, ${String(b)} of row ${j}`);
      });
    }
  });
});

test('NaN equals nothing, not even itself inside one list', () => {
  const list = [NaN];
  assert.equal(equal(NaN, NaN), false);
  assert.equal(equal(list, list), false);
  assert.equal(equal({ a: NaN }, { a: NaN }), false);
});

test('an int is compared with a double as a double, as cel-go does', () => {
  assert.equal(equal(9007199254740993n, new Double(9007199254740992)), true);
  assert.equal(equal(9007199254740993n, 9007199254740992), false);
});

test('a key that is no own property is no entry', () => {
  assert.equal(equal({ toString: 1 }, { valueOf: 1 }), false);
  assert.equal(equal(JSON.parse('{"__proto__": 1}'), JSON.parse('{"__proto__": 1}')), true);
  assert.equal(equal(JSON.parse('{"__proto__": 1}'), JSON.parse('{"__proto__": 2}')), false);
});

const refused = new CelError('no such overload');
const [one, url] = [new Quantity(1n, 0), parseURL('https://a') as Value];

test("`==` is an error where a library's value stands left of a value of another type", () => {
  for (const other of [1, 'a', true, [1], {}, new Double(1), url]) {
    assert.deepEqual(equals(one, other), refused);
    assert.equal(equal(one, other), false);
  }
  assert.equal(equals(one, null), false);
  assert.equal(equals(1, one), false);
  assert.equal(equals('a', one), false);
  assert.equal(equals(one, new Quantity(1n, 0)), true);
  assert.equal(equals(one, new Quantity(2n, 0)), false);
});

test('inside of lists and maps what refuses counts as equal, inside of an optional it is the error', () => {
  assert.equal(equals([one], [4]), true);
  assert.equal(equals([4], [one]), false);
  assert.equal(equals([one, 1], [4, 2]), false);
  assert.equal(equals({ a: one }, { a: 4 }), true);
  assert.equal(equals({ a: 4 }, { a: one }), false);
  assert.deepEqual(equals(new Optional(one), new Optional(4)), refused);
  assert.equal(equals(new Optional(4), new Optional(one)), false);
});
