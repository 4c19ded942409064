import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile } from '../index.ts';
import { kubernetesEnvironment } from '../kubernetes/environment.ts';
import { CelError, Double, Duration, type Result, Timestamp, TypeValue, Uint } from '../value.ts';

const environment = kubernetesEnvironment('1.36', { mode: 'stored' });

/** The result of a conversion of a value that is known at run time only, so that nothing is folded. */
function convert(name: string, value: Result): Result {
  const compiled = compile(`${name}(object.value)`, environment);
  if ('issues' in compiled) throw new Error(compiled.message);
  return compiled.program.evaluate({ object: { value } as Result });
}

type Row = readonly [name: string, value: Result, expected: Result];

const conversions: readonly Row[] = [
  ['int', 1.9, 1],
  ['int', -1.9, -1],
  ['int', new Uint(5n), 5],
  ['int', new Double(-0), 0],
  ['int', '-12', -12],
  ['int', '9223372036854775807', 9223372036854775807n],
  ['int', new Timestamp(1_500_000_000n), 1],
  ['int', new Duration(1_500_000_000n), 1_500_000_000],
  ['uint', 3, new Uint(3n)],
  ['uint', 3.7, new Uint(3n)],
  ['uint', '18446744073709551615', new Uint(18446744073709551615n)],
  ['double', 1, new Double(1)],
  ['double', '1.5', 1.5],
  ['double', new Uint(2n), new Double(2)],
  ['double', 'inf', Infinity],
  ['string', 1, '1'],
  ['string', 1.5, '1.5'],
  ['string', new Double(1), '1'],
  ['string', new Double(1e21), '1e+21'],
  ['string', true, 'true'],
  ['string', new Uint(7n), '7'],
  ['string', Uint8Array.of(0xc3, 0xa9), 'é'],
  ['string', new Duration(90_000_000_000n), '90s'],
  ['string', new Timestamp(0n), '1970-01-01T00:00:00Z'],
  ['bytes', 'é', Uint8Array.of(0xc3, 0xa9)],
  ['bool', 'true', true],
  ['bool', 'F', false],
  ['bool', '1', true],
  ['duration', '1m30s', new Duration(90_000_000_000n)],
  ['timestamp', '1970-01-01T00:00:01Z', new Timestamp(1_000_000_000n)],
  ['timestamp', 1, new Timestamp(1_000_000_000n)],
  ['type', [], new TypeValue('list')],
  ['type', null, new TypeValue('null_type')],
  ['dyn', 'x', 'x'],
];

test('values convert', () => {
  for (const [name, value, expected] of conversions) {
    assert.deepEqual(convert(name, value), expected, `${name}(${String(value)})`);
  }
});

const refused: readonly (readonly [name: string, value: Result, message: string])[] = [
  ['int', 'x', "type conversion error from 'string' to 'int'"],
  ['int', '9223372036854775808', "type conversion error from 'string' to 'int'"],
  ['int', new Double(9.3e18), 'integer overflow'],
  ['int', NaN, 'integer overflow'],
  ['int', new Uint(2n ** 63n), 'integer overflow'],
  ['uint', -1, 'unsigned integer overflow'],
  ['uint', -0.5, 'unsigned integer overflow'],
  ['uint', '-1', "type conversion error from 'string' to 'uint'"],
  ['double', 'x', "type conversion error from 'string' to 'double'"],
  ['bool', 'yes', "type conversion error from 'string' to 'bool'"],
  ['bool', 1, 'no such overload: bool(int)'],
  ['string', [], 'no such overload: string(list)'],
  ['string', null, 'no such overload: string(null_type)'],
  ['string', Uint8Array.of(0xff), 'invalid UTF-8 in bytes, cannot convert to string'],
  ['bytes', 1, 'no such overload: bytes(int)'],
];

test('what cannot be converted is an error in the words of cel-go', () => {
  for (const [name, value, message] of refused) {
    const result = convert(name, value);
    assert.ok(result instanceof CelError, `${name}(${String(value)})`);
    assert.equal(result.message, message);
  }
});
