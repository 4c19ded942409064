import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  Double,
  Duration,
  Optional,
  Struct,
  Timestamp,
  TypeValue,
  Uint,
  Unknown,
  type Value,
} from '../cel/value.ts';
import { Quantity } from '../cel/kubernetes/quantity.ts';
import { celJson } from './cel-json.ts';

test('what JSON has is itself', () => {
  const value = { a: [1, 1.5, 'x', true, null, {}] };
  assert.deepEqual(celJson(value), value);
  assert.equal(celJson(new Double(2)), 2);
});

test('all else names its type', () => {
  const cases: [Value, string, unknown][] = [
    [2n ** 63n - 1n, 'int', '9223372036854775807'],
    [Number.NaN, 'double', 'NaN'],
    [new Double(-0), 'double', '-0'],
    [Infinity, 'double', 'Infinity'],
    [new Uint(7n), 'uint', '7'],
    [Uint8Array.of(255, 0), 'bytes', '/wA='],
    [new Timestamp(0n), 'google.protobuf.Timestamp', '1970-01-01T00:00:00Z'],
    [new Duration(5_400_000_000_000n), 'google.protobuf.Duration', '5400s'],
    [new TypeValue('int'), 'type', 'int'],
    [new Optional([1]), 'optional_type', [1]],
    [
      new Struct('Object', new Map<string, Value>([['a', new Uint(1n)]])),
      'Object',
      { a: { '@type': 'uint', value: '1' } },
    ],
    [new Map<Value, Value>([[1, 'a']]), 'map', [[1, 'a']]],
    [new Quantity(1500n, -3), 'kubernetes.Quantity', '1500m'],
  ];
  for (const [value, type, content] of cases) {
    assert.deepEqual(celJson(value), { '@type': type, value: content });
  }
});

test('nothing inside of none, and nothing said of what is not known', () => {
  assert.deepEqual(celJson(Optional.none), { '@type': 'optional_type' });
  assert.deepEqual(celJson({ name: new Unknown(['request.name']) } as unknown as Value), {
    name: { '@type': 'unknown' },
  });
});
