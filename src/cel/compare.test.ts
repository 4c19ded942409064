import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare, compareStrings, isComparable } from './compare.ts';
import { CelError, Double, Duration, Optional, Timestamp, Uint, type Value } from './value.ts';

const bytes = (...values: number[]): Uint8Array => new Uint8Array(values);

/** Each chain is in ascending order. */
const chains: Value[][] = [
  [
    -Infinity,
    -9223372036854775808n,
    -1.5,
    -1,
    0,
    0.5,
    new Uint(1n),
    1.5,
    new Double(2),
    3n,
    new Uint(2n ** 64n - 1n),
    Infinity,
  ],
  ['', 'a', 'ab', 'b', '\u{e000}', '\u{ffff}', '\u{10000}', '😀'],
  [false, true],
  [bytes(), bytes(0), bytes(0, 1), bytes(1)],
  [new Timestamp(-1n), new Timestamp(0n, 60), new Timestamp(1n)],
  [new Duration(-1n), new Duration(0n), new Duration(1n)],
];

test('every pair of a chain is in its order', () => {
  for (const chain of chains) {
    chain.forEach((a, i) => {
      chain.forEach((b, j) => {
        const order = compare(a, b);
        assert.ok(typeof order === 'number');
        assert.equal(Math.sign(order), Math.sign(i - j), `${String(a)} and ${String(b)}`);
      });
    });
  }
});

test('values of different kinds have no order', () => {
  const kinds: Value[] = [1, 'a', true, bytes(), new Timestamp(0n), new Duration(0n)];
  for (const a of kinds) {
    for (const b of kinds) {
      if (a === b) continue;
      const order = compare(a, b);
      assert.ok(order instanceof CelError);
      assert.equal(order.message, 'no such overload');
    }
  }
});

test('NaN cannot be ordered', () => {
  for (const [a, b] of [
    [NaN, 1],
    [1, NaN],
    [NaN, NaN],
    [NaN, 'a'],
  ] as [Value, Value][]) {
    const order = compare(a, b);
    assert.ok(order instanceof CelError);
    assert.equal(order.message, 'NaN values cannot be ordered');
  }
});

test('lists, maps, null and optionals have no order at all', () => {
  for (const value of [[], {}, null, Optional.none] as Value[]) assert.equal(isComparable(value), false);
  for (const value of [1, 'a', false, bytes(), new Uint(1n)] as Value[])
    assert.equal(isComparable(value), true);
});

test('strings order by code point and not by UTF-16 unit', () => {
  assert.ok(compareStrings('\u{ffff}', '\u{10000}') < 0);
  assert.deepEqual(
    ['\u{10000}', '\u{ffff}'].toSorted(),
    ['\u{10000}', '\u{ffff}'],
    'JavaScript sees it the other way round',
  );
});
