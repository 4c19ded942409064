import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Double, Uint, type Value } from '../value.ts';
import { formatFloat, parseBool, parseFloat64, parseInt64, parseUint64 } from './go-number.ts';

const table = (
  read: (text: string) => Value | undefined,
  rows: Readonly<Record<string, Value | undefined>>,
): void => {
  for (const [text, expected] of Object.entries(rows))
    assert.deepEqual(read(text), expected, JSON.stringify(text));
};

test('ints as strconv.ParseInt', () => {
  table(parseInt64, {
    '0': 0,
    '+5': 5,
    '-5': -5,
    '007': 7,
    '9223372036854775807': 9223372036854775807n,
    '9223372036854775808': undefined,
    '-9223372036854775808': -9223372036854775808n,
    '': undefined,
    ' 1': undefined,
    '1_0': undefined,
    '0x1': undefined,
    '1.0': undefined,
  });
});

test('uints as strconv.ParseUint', () => {
  table(parseUint64, {
    '5': new Uint(5n),
    '18446744073709551615': new Uint(2n ** 64n - 1n),
    '18446744073709551616': undefined,
    '+5': undefined,
    '-5': undefined,
  });
});

test('doubles as strconv.ParseFloat', () => {
  table(parseFloat64, {
    '1': new Double(1),
    '1.5': 1.5,
    '.5': 0.5,
    '5.': new Double(5),
    '+.5e-3': 0.0005,
    '1_000': new Double(1000),
    '1e1_0': new Double(1e10),
    '0x1p3': new Double(8),
    '0x_1p4': new Double(16),
    '0x1.8p1': new Double(3),
    inf: Infinity,
    '-Infinity': -Infinity,
    nan: NaN,
    '+nan': undefined,
    '1e400': undefined,
    '1__0': undefined,
    _1: undefined,
    '1_': undefined,
    '0x1.8': undefined,
    '0xp1': undefined,
    '.': undefined,
    '': undefined,
  });
});

test("doubles are printed as Go's %g", () => {
  for (const [value, text] of [
    [100000, '100000'],
    [1e6, '1e+06'],
    [1234567, '1.234567e+06'],
    [1e21, '1e+21'],
    [0.0001, '0.0001'],
    [0.00012345, '0.00012345'],
    [1.5e-5, '1.5e-05'],
    [-0, '-0'],
    [-2.5, '-2.5'],
    [1e100, '1e+100'],
    [NaN, 'NaN'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
  ] as const) {
    assert.equal(formatFloat(value), text);
  }
});

test('what is printed reads back to the same double', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), (value) => {
      const read = parseFloat64(formatFloat(value).replace('+Inf', 'Inf'));
      assert.ok(Object.is(read instanceof Double ? read.value : read, value));
    }),
  );
});

test('bools as strconv.ParseBool', () => {
  for (const text of ['1', 't', 'T', 'TRUE', 'true', 'True']) assert.equal(parseBool(text), true);
  for (const text of ['0', 'f', 'F', 'FALSE', 'false', 'False']) assert.equal(parseBool(text), false);
  for (const text of ['', 'yes', 'tRUE', 'on']) assert.equal(parseBool(text), undefined);
});
