import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixed, scaledToInteger, significant } from './exact-decimal.ts';

test('the exact value decides about rounding, halves go to even', () => {
  assert.equal(scaledToInteger(0.5, 0), 0n);
  assert.equal(scaledToInteger(1.5, 0), 2n);
  assert.equal(scaledToInteger(2.5, 0), 2n);
  assert.equal(scaledToInteger(-2.5, 0), -2n);
  // 1.005 is a little less than it looks.
  assert.equal(scaledToInteger(1.005, 2), 100n);
  assert.equal(scaledToInteger(0.125, 2), 12n);
});

test('the largest and smallest doubles are exact', () => {
  assert.equal(scaledToInteger(2 ** 60, 0), 1n << 60n);
  assert.equal(scaledToInteger(5e-324, 1074), 5n ** 1074n);
  assert.equal(scaledToInteger(1e21, -20), 10n);
});

test('fixed has as many decimals as asked for', () => {
  assert.equal(fixed(1.5, 0), '2');
  assert.equal(fixed(0.1, 20), '0.10000000000000000555');
  assert.equal(fixed(-1e22, 1), '-10000000000000000000000.0');
  assert.equal(fixed(-0, 2), '-0.00');
  assert.equal(fixed(0.5, 1100).length, 1102);
});

test('significant digits come with the power of the first', () => {
  assert.deepEqual(significant(1234.5678, 3), { digits: '123', exponent: 3 });
  assert.deepEqual(significant(0.00099999, 3), { digits: '100', exponent: -3 });
  assert.deepEqual(significant(1234566.5, 7), { digits: '1234566', exponent: 6 });
  assert.deepEqual(significant(5e-324, 2), { digits: '49', exponent: -324 });
});
