import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTimestamp } from '../time/timestamp.ts';
import { CelError, Double, Duration, Optional, TypeValue, Uint, type Value } from '../value.ts';
import { format } from './format.ts';

const write = (text: string, ...args: Value[]): string => {
  const result = format(text, args);
  return result instanceof CelError ? `error: ${result.message}` : result;
};

test('clauses take the arguments in turn', () => {
  assert.equal(write('%s is %d%%', 'x', 7), 'x is 7%');
  assert.equal(write('no clause'), 'no clause');
  assert.equal(write('unused', 1, 2), 'unused');
});

test('%s writes every kind of value', () => {
  assert.equal(write('%s %s %s %s', true, null, new Uint(7n), -3), 'true null 7 -3');
  assert.equal(write('%s %s %s', new Double(1), new Double(1e100), 1e-5), '1 1e+100 1e-05');
  assert.equal(write('%s', new TextEncoder().encode('bytes')), 'bytes');
  assert.equal(write('%s', new Duration(90_000_000_000n)), '90s');
  assert.equal(
    write('%s', parseTimestamp('2020-01-01T00:00:00+02:00') as Value),
    '2020-01-01T00:00:00+02:00',
  );
  assert.equal(write('%s', new TypeValue('int')), 'int');
});

test('inside lists and maps values are written as CEL writes them', () => {
  const nested: Value = [
    'q"\n',
    new TextEncoder().encode('b'),
    1.5,
    NaN,
    new Duration(1_000_000_000n),
    parseTimestamp('1970-01-01T00:00:00Z') as Value,
    [null],
    {},
  ];
  assert.equal(
    write('%s', nested),
    String.raw`["q\"\n", b"b", 1.500000, "NaN", duration("1s"), timestamp("1970-01-01T00:00:00Z"), [null], {}]`,
  );
});

test('the entries of a map are in order of their keys', () => {
  assert.equal(write('%s', { b: 1, a: 'x', Z: true }), '{"Z":true, "a":"x", "b":1}');
  assert.equal(
    write(
      '%s',
      new Map<Value, Value>([
        [2, 'two'],
        [true, 1],
        [new Uint(1n), 0],
      ]),
    ),
    '{1:0, 2:"two", true:1}',
  );
  assert.equal(
    write('%s', new Map<Value, Value>([[1.5, 1]])),
    'error: error during formatting: no formatting function for map key of type double',
  );
});

test('%d takes integers only', () => {
  assert.equal(
    write('%d %d', 9223372036854775807n, new Uint(2n ** 64n - 1n)),
    '9223372036854775807 18446744073709551615',
  );
  assert.equal(
    write('%d', 'x'),
    'error: error during formatting: decimal clause can only be used on integers, was given string',
  );
});

test('%f groups thousands and rounds halves to even', () => {
  assert.equal(write('%f', 1234567.891), '1,234,567.891000');
  assert.equal(write('%.0f %.0f %.0f', 0.5, 1.5, 2.5), '0 2 2');
  assert.equal(write('%.3f', 1.0005), '1.000');
  assert.equal(write('%f %.2f', new Double(-0), -0.00001), '0.000000 -0.00');
  assert.equal(write('%f %f %f', NaN, 'Infinity', -Infinity), 'NaN ∞ -∞');
  assert.equal(
    write('%f', 1),
    'error: error during formatting: fixed-point clause can only be used on doubles, was given int',
  );
});

test('%e has six decimals, whatever the precision, which is a width', () => {
  assert.equal(write('%e', 1234.5), '1.234500×10⁰³');
  assert.equal(write('%.1e|%.20e', -0.005, new Double(1.5e100)), '-5.000000×10⁻⁰³|      1.500000×10¹⁰⁰');
  assert.equal(write('%e', NaN), '   NaN');
  assert.equal(write('%e', new Double(0)), '0.000000×10⁰⁰');
});

test('%b, %o and %x write other bases', () => {
  assert.equal(write('%b %b %b %b', 5, -5, true, new Uint(5n)), '101 -101 1 101');
  assert.equal(write('%o %o', -8, new Uint(8n)), '-10 10');
  assert.equal(
    write('%x %X %x %X', -255, new Uint(255n), 'hé', new Uint8Array([0xff, 1])),
    '-ff FF 68c3a9 FF01',
  );
  const booleans = 'only integers and bools can be formatted as binary, was given string';
  assert.equal(write('%b', 'x'), `error: error during formatting: ${booleans}`);
  const buffers = 'only integers, byte buffers, and strings can be formatted as hex, was given double';
  assert.equal(write('%X', 1.5), `error: error during formatting: ${buffers}`);
  assert.equal(
    write('%o', true),
    'error: error during formatting: octal clause can only be used on integers, was given bool',
  );
});

test('values of other types are refused by name', () => {
  const rule =
    'string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps';
  assert.equal(
    write('%s', Optional.none),
    `error: error during formatting: ${rule}, was given optional_type`,
  );
  assert.equal(
    write('%s', [Optional.none]),
    'error: error during formatting: no formatting function for optional_type',
  );
});

test('malformed clauses and missing arguments are errors', () => {
  const clause = 'error: could not parse formatting clause: ';
  assert.equal(write('%s %s', 'x'), 'error: index 1 out of range');
  assert.equal(write('%', 1), 'error: unexpected end of string');
  assert.equal(write('%q', 1), `${clause}unrecognized formatting clause "q"`);
  assert.equal(write('%é', 1), `${clause}unrecognized formatting clause "Ã"`);
  const precision = `${clause}error while parsing precision: `;
  assert.equal(write('%.5', 1), `${precision}could not find end of precision specifier`);
  assert.equal(
    write('%.f', 1),
    `${precision}error while converting precision to integer: strconv.Atoi: parsing "": invalid syntax`,
  );
  assert.match(write('%.99999999999999999999f', 1), /value out of range$/);
});

test('bytes must be UTF-8', () => {
  assert.equal(
    write('%s', new Uint8Array([0xff])),
    'error: error during formatting: could not convert argument ' +
      '"invalid UTF-8 in bytes, cannot convert to string" to string',
  );
});
