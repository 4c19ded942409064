import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile } from '../index.ts';
import { kubernetesEnvironment } from '../kubernetes/environment.ts';
import { CelError, Double, Duration, Timestamp, TypeValue, Uint } from '../value.ts';
import { optionalLibrary, standardLibrary } from './library.ts';
import { codePoints, costSize } from './size.ts';
import { isZero } from './optional.ts';

function evaluate(text: string): unknown {
  const compiled = compile(text, kubernetesEnvironment('1.36', { mode: 'stored' }));
  if ('issues' in compiled) return compiled.message.split('\n')[0];
  const result = compiled.program.evaluate({ object: {} });
  return result instanceof CelError ? result.message : result;
}

test('overload ids are unique, and the well-known ones are there', () => {
  const ids = [standardLibrary, optionalLibrary].flatMap(({ overloads }) => overloads.map(({ id }) => id));
  assert.equal(new Set(ids).size, ids.length);
  for (const id of [
    'add_int64',
    'size_string',
    'in_list',
    'less_int64_double',
    'optional_orValue_value',
    'string_to_int64',
  ]) {
    assert.ok(ids.includes(id), id);
  }
});

const conversions: Readonly<Record<string, unknown>> = {
  "int(dyn('12'))": 12,
  'int(9.9)': 9,
  'int(-9.9)': -9,
  'int(1e30)': 'program instantiation failed: integer overflow',
  'int(dyn([1e30])[0])': 'integer overflow',
  "int(timestamp('1969-12-31T23:59:59.5Z'))": -1,
  "int(duration('1us'))": 1000,
  'uint(-1)': 'program instantiation failed: unsigned integer overflow',
  'uint(3)': new Uint(3n),
  'double(3)': new Double(3),
  'string(1e8)': '1e+08',
  'string(1.5)': '1.5',
  'string(true)': 'true',
  "string(b'\\xff')": 'program instantiation failed: invalid UTF-8 in bytes, cannot convert to string',
  "bytes('é')": new Uint8Array([0xc3, 0xa9]),
  "bool('maybe')": "program instantiation failed: type conversion error from 'string' to 'bool'",
  "string(duration('90m'))": '5400s',
  "duration('1h')": new Duration(3600000000000n),
  'timestamp(5)': new Timestamp(5000000000n),
  'type(1u)': new TypeValue('uint'),
  'type([])': new TypeValue('list'),
  'type(type(1))': new TypeValue('type'),
  'type(null)': new TypeValue('null_type'),
  "int(dyn('x'))": "program instantiation failed: type conversion error from 'string' to 'int'",
};

for (const [text, expected] of Object.entries(conversions)) {
  test(`converts ${text}`, () => {
    assert.deepEqual(evaluate(text), expected);
  });
}

const others: Readonly<Record<string, unknown>> = {
  "size('é😀')": 2,
  "b'é'.size()": 2,
  "'abc'.contains('')": true,
  "'abc'.endsWith('bc')": true,
  "'foo123'.matches('[0-9]+$')": true,
  "'a' < 'b' && b'a' < b'b' && false < true": true,
  '1 < 1.5 && 2u > 1': true,
  '1 in [1, 2] && !(3 in [1, 2])': true,
  "'a' in {'a': 1}": true,
  '1 in {dyn(1u): 2}': true,
  "timestamp('2024-02-29T12:30:45Z').getDayOfYear()": 59,
  "timestamp('2024-02-29T23:30:45Z').getDate('+01:00')": 1,
  "duration('1h30m').getMinutes()": 90,
  '[1, 2].first().value() + [1, 2].last().value()': 3,
  '[].first().hasValue()': false,
  'optional.unwrap([optional.of(1), optional.none()])': [1],
  '[1, 2][dyn(1.0)]': 2,
  '[1, 2][dyn(1.5)]': 'unsupported index value 1.5 in list',
  "[1, 2][dyn('a')]": "unsupported index type 'string' in list",
};

for (const [text, expected] of Object.entries(others)) {
  test(`evaluates ${text}`, () => {
    assert.deepEqual(evaluate(text), expected);
  });
}

test('sizes count code points, and what has no size costs as 1', () => {
  assert.equal(codePoints('a😀b'), 3);
  assert.equal(codePoints('\ud800'), 1);
  assert.equal(costSize([1, 2, 3]), 3);
  assert.equal(costSize({ a: 1 }), 1);
  assert.equal(costSize(null), 1);
  assert.equal(costSize(new CelError('x')), 1);
});

test('zero values are those of every type', () => {
  for (const value of [
    null,
    false,
    0,
    '',
    [],
    {},
    new Double(0),
    new Uint(0n),
    new Duration(0n),
    new Uint8Array(),
    new Map(),
  ]) {
    assert.equal(isZero(value), true);
  }
  for (const value of [true, 1, 'a', [0], { a: 0 }, new Double(0.5), new Timestamp(0n)])
    assert.equal(isZero(value), false);
});
