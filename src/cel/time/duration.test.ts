import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CelError, Duration } from '../value.ts';
import {
  checkedDuration,
  durationField,
  formatDuration,
  formatGoDuration,
  parseDuration,
} from './duration.ts';

const nanos = (text: string) => {
  const duration = parseDuration(text);
  return duration instanceof CelError ? duration.message : duration.nanos;
};

test('a duration sums its parts', () => {
  assert.equal(nanos('1h30m'), 5_400_000_000_000n);
  assert.equal(nanos('-1.5s'), -1_500_000_000n);
  assert.equal(nanos('+.5h5.m'), 2_100_000_000_000n);
  assert.equal(nanos('1us1\u00b5s1\u03bcs1ms1ns'), 1_003_001n);
  assert.equal(nanos('0'), 0n);
  assert.equal(nanos('-0'), 0n);
});

test('a fraction is rounded as a double is', () => {
  assert.equal(nanos('0.3333333333333333333h'), 1_200_000_000_000n);
  assert.equal(nanos('0.9223372036854775807h'), 3_320_413_933_267n);
  assert.equal(nanos('0.100000000000000000000h'), 360_000_000_000n);
  assert.equal(nanos('0.9999999999ns'), 0n);
});

test('the whole 64-bit range is readable', () => {
  assert.equal(nanos('9223372036854775807ns'), 9223372036854775807n);
  assert.equal(nanos('-9223372036854775808ns'), -9223372036854775808n);
  assert.equal(nanos('2562047h47m16.854775807s'), 9223372036854775807n);
  assert.equal(nanos('00000000000000000000001s'), 1_000_000_000n);
});

test('everything else is a conversion error', () => {
  const error = "type conversion error from 'string' to 'google.protobuf.Duration'";
  const texts = ['', '-', '3', 's', '.s', '-.s', '1 s', '1d', '1S', ' 1s', '1s ', '1e3s', '1h-1m', '٣s'];
  const tooLong = ['9223372036854775808ns', '2562048h', '99999999999999999999s', '2562047h47m16.854775808s'];
  for (const text of [...texts, ...tooLong]) assert.equal(nanos(text), error, text);
});

test('string() writes seconds without an exponent', () => {
  const written = (text: string) => formatDuration(parseDuration(text) as Duration);
  assert.equal(written('90m'), '5400s');
  assert.equal(written('1ns'), '0.000000001s');
  assert.equal(written('-123ns'), '-0.000000123s');
  assert.equal(written('1.000001s'), '1.000001s');
  assert.equal(written('0'), '0s');
  assert.equal(written('9223372036854775807ns'), '9223372036.854776s');
});

test('the Go form names its units', () => {
  const written = (text: string) => formatGoDuration(parseDuration(text) as Duration);
  assert.equal(written('90m'), '1h30m0s');
  assert.equal(written('-1.5s'), '-1.5s');
  assert.equal(written('1500us'), '1.5ms');
  assert.equal(written('1010ns'), '1.01\u00b5s');
  assert.equal(written('7ns'), '7ns');
  assert.equal(written('0'), '0s');
  assert.equal(written('61s'), '1m1s');
  assert.equal(written('-9223372036854775808ns'), '-2562047h47m16.854775808s');
});

test('getters give the whole duration, truncated', () => {
  const duration = parseDuration('1h30m1.999s') as Duration;
  assert.equal(durationField('getHours', duration), 1);
  assert.equal(durationField('getMinutes', duration), 90);
  assert.equal(durationField('getSeconds', duration), 5401);
  assert.equal(durationField('getMilliseconds', duration), 5_401_999);
  assert.ok(Object.is(durationField('getHours', new Duration(-1n)), 0), 'never minus zero');
});

test('a getter rounds as doubles do', () => {
  const almost = parseDuration('2562046h59m59.999999999s') as Duration;
  assert.equal(durationField('getHours', almost), 2562047);
});

test('beyond 64 bits is an overflow', () => {
  assert.deepEqual(checkedDuration(1n << 63n), new CelError('integer overflow'));
  assert.deepEqual(checkedDuration(-(1n << 63n)), new Duration(-(1n << 63n)));
});
