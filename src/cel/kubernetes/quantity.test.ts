import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CelError } from '../value.ts';
import { parseQuantity, Quantity } from './quantity.ts';

const quantity = (text: string): Quantity => {
  const parsed = parseQuantity(text);
  assert.ok(parsed instanceof Quantity, `${text}: ${(parsed as CelError).message}`);
  return parsed;
};
const order = (a: string, b: string): number => quantity(a).compare(quantity(b));

test('suffixes are powers of ten and of two', () => {
  const equals = [
    ['1', '1000m'],
    ['1', '1000000u'],
    ['1', '1000000000n'],
    ['1k', '1000'],
    ['1M', '1000k'],
    ['1G', '1e9'],
    ['1T', '1E12'],
    ['1P', '1e+15'],
    ['1E', '1000P'],
    ['1Ki', '1024'],
    ['1Mi', '1024Ki'],
    ['1Gi', '1024Mi'],
    ['1Ti', '1024Gi'],
    ['1Pi', '1024Ti'],
    ['1Ei', '1024Pi'],
    ['0.5', '500m'],
    ['1.5Gi', '1536Mi'],
    ['1e-3', '1m'],
  ] as const;
  for (const [a, b] of equals) assert.equal(order(a, b), 0, `${a} = ${b}`);
});

test('signs, leading zeros and bare points are fine', () => {
  for (const text of ['0', '-0', '+0', '00', '.', '+', '-', '.0', '0.', '0m', '-0Gi', '.Ki', 'm', 'Ki']) {
    assert.equal(quantity(text).sign(), 0, text);
  }
  assert.equal(order('+001', '1'), 0);
  assert.equal(order('1.', '1'), 0);
  assert.equal(order('-.5', '-500m'), 0);
});

test('what is no quantity is refused in the words of Kubernetes', () => {
  const format =
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
  for (const text of ['', ' 1', '1 ', '1.2.3', '1--1', '1x', '1Gi5x', 'abc', '1\n', '٣']) {
    assert.deepEqual(parseQuantity(text), new CelError(format), JSON.stringify(text));
  }
  for (const text of ['1K', '--1', '1ki', '1i', '1e', '1mm', '1ee3', '1e99999999999999999999']) {
    assert.deepEqual(parseQuantity(text), new CelError("unable to parse quantity's suffix"), text);
  }
});

test('order is exact at any size', () => {
  assert.equal(
    order('100000000000000000000000000000000000000001', '100000000000000000000000000000000000000000'),
    1,
  );
  assert.equal(order('-1', '1n'), -1);
  assert.equal(order('0.9999999999999999999999999', '1'), 0, 'rounded up to billionths');
  assert.equal(order('9007199254740993', '9007199254740992'), 1);
  assert.equal(order('1e1000000000', '1e999999999'), 1);
  assert.equal(order('-1e1000000000', '1'), -1);
});

test('an exponent of billions takes no time', () => {
  assert.equal(quantity('1e2000000000').sign(), 1);
  assert.equal(order('1e-2000000000', '1n'), 0);
  const sum = quantity('1e2000000000').add(quantity('1'));
  assert.ok(sum instanceof CelError);
});

test('an exponent keeps its low 32 bits', () => {
  assert.equal(order('1e4294967296', '1'), 0);
  assert.equal(order('1e4294967299', '1k'), 0);
});

test('more digits than billionths round away from zero', () => {
  assert.equal(order('1e-10', '1n'), 0);
  assert.equal(order('-1e-10', '-1n'), 0);
  assert.equal(order('1.0000000001', '1.000000001'), 0);
});

test('binary quantities stop at the largest 64-bit integer', () => {
  assert.equal(order('8Ei', '9223372036854775807'), 0);
  assert.equal(order('-9Ei', '-9223372036854775807'), 0);
  assert.equal(order('7Ei', '8Ei'), -1);
});

test('only what Go keeps in 64 bits is an integer', () => {
  assert.equal(quantity('1Gi').integer(), 1073741824n);
  assert.equal(quantity('5k').integer(), 5000n);
  assert.equal(quantity('-3').integer(), -3n);
  assert.equal(quantity('0e50').integer(), 0n);
  assert.equal(quantity('1500m').integer(), undefined);
  assert.equal(quantity('1000m').integer(), undefined, 'by its form, not its value');
  assert.equal(quantity('1.5Ki').integer(), undefined, 'computed in arbitrary precision');
  assert.equal(quantity('1e30').integer(), undefined);
  assert.equal(quantity('1000000000000000000').integer(), undefined, '19 digits');
});

test('the approximation is the digits times a power of ten', () => {
  assert.equal(quantity('0.1').approximate(), 0.1);
  assert.equal(quantity('1.5Gi').approximate(), 1610612736);
  assert.equal(quantity('123456789e20').approximate(), 123456789 * 1e20);
  assert.equal(quantity('1e400').approximate(), Infinity);
  assert.equal(quantity('0').approximate(), 0);
});

test('sums are exact and leave 64 bits when they must', () => {
  const sum = (a: string, b: string) => quantity(a).add(quantity(b)) as Quantity;
  assert.equal(sum('1', '500m').compare(quantity('1500m')), 0);
  assert.equal(sum('1', '500m').arbitrary, false);
  assert.equal(sum('0', '1Gi').integer(), 1073741824n);
  assert.equal(sum('1Gi', '0').integer(), 1073741824n);
  const large = sum('999999999999999999k', '1m');
  assert.equal(large.arbitrary, true);
  assert.equal(large.compare(quantity('999999999999999999000001m')), 0);
  assert.equal(sum('1.5Ki', '1').arbitrary, true);
});

test('a difference is exact, but for the smallest number that fits 64 bits', () => {
  const difference = quantity('1Gi').subtract(quantity('1.5Gi')) as Quantity;
  assert.equal(difference.compare(quantity('-512Mi')), 0);
  assert.equal(difference.sign(), -1);
  const large = quantity('1').subtract(quantity('99999999999999999999')) as Quantity;
  assert.equal(large.compare(quantity('-99999999999999999998')), 0);
  const smallest = new Quantity(-(2n ** 63n), 0);
  const sign = (text: string): number => (quantity(text).subtract(smallest) as Quantity).sign();
  assert.equal(sign('1'), -1); // it is its own negation there, and the sum fits
  assert.equal(sign('100m'), 1);
  assert.equal(sign('-1'), 1);
});

test('equality is by value', () => {
  assert.ok(quantity('1Gi').equals(quantity('1024Mi')));
  assert.ok(!quantity('1G').equals(quantity('1Gi')));
});
