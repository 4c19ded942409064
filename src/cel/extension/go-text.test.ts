import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTimestamp } from '../time/timestamp.ts';
import { Double, Duration, Optional, TypeValue, Uint, type Value } from '../value.ts';
import { goText } from './go-text.ts';

test('scalars', () => {
  const values: [Value, string][] = [
    [null, '0'],
    [true, 'true'],
    [7, '7'],
    [-9223372036854775808n, '-9223372036854775808'],
    [new Uint(7n), '7'],
    [new Double(2), '2'],
    [1e6 + 0.5, '1000000.5'],
    [new Double(1e20), '100000000000000000000'],
    [new Double(1e21), '1e+21'],
    [0.00001, '1e-05'],
    ['text', 'text'],
  ];
  for (const [value, text] of values) assert.equal(goText(value), text);
});

test('lists, maps and bytes', () => {
  assert.equal(goText([1, 'a', null, [1, 2], { b: 2, a: [1] }]), '[1, a, <nil>, [1 2], map[a:[1] b:2]]');
  assert.equal(goText({ b: 2, a: null, c: [1] }), '{b: 2, a: 0, c: [1]}');
  assert.equal(goText(new Uint8Array([97, 255])), '[97 255]');
});

test('optionals', () => {
  assert.equal(goText(Optional.none), 'optional.none()');
  assert.equal(goText(new Optional(new Optional('a'))), 'optional(optional(a))');
});

test('time and types', () => {
  assert.equal(goText(new Duration(5_400_000_000_000n)), '1h30m0s');
  assert.equal(
    goText(parseTimestamp('2020-01-01T02:00:00.5+02:00') as Value),
    '2020-01-01 02:00:00.5 +0200 +0200',
  );
  assert.equal(goText(parseTimestamp('2024-02-29T12:30:45Z') as Value), '2024-02-29 12:30:45 +0000 UTC');
  assert.equal(
    goText(parseTimestamp('2024-02-29T12:30:45-03:30') as Value),
    '2024-02-29 12:30:45 -0330 -0330',
  );
  assert.equal(goText(new TypeValue('int')), 'int');
});
