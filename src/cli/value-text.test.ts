import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Double, Duration, Optional, Struct, TypeValue, Uint, type Value } from '../cel/value.ts';
import { celText } from './value-text.ts';

test('values read as a person would write them', () => {
  const cases: [Value, string][] = [
    [null, 'null'],
    [3, '3'],
    [2n ** 60n, '1152921504606846976'],
    ['a"b', '"a\\"b"'],
    [[1, 'x'], '[1, "x"]'],
    [{ name: 'web', ports: [] }, '{name: "web", ports: []}'],
    [new Map<Value, Value>([[1, true]]), '{1: true}'],
    [new Double(1), '1.0'],
    [new Double(-0), '-0.0'],
    [new Uint(7n), '7u'],
    [Uint8Array.of(65, 0), 'b"A\\x00"'],
    [Optional.none, 'optional.none()'],
    [new Optional('x'), 'optional.of("x")'],
    [new TypeValue('int'), 'int'],
    [new Duration(1_500_000_000n), 'duration(1.5s)'],
    [new Struct('Object', new Map([['a', 1]])), 'Object{a: 1}'],
  ];
  for (const [value, text] of cases) assert.equal(celText(value), text);
});
