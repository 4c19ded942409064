import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  QuantityError,
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  parseQuantity,
  printQuantity,
} from './quantity.ts';

test('each spelling has one canonical text', () => {
  const spellings: [written: string, canonical: string][] = [
    ['0', '0'],
    ['0m', '0'],
    ['-0', '0'],
    ['1', '1'],
    ['+1', '+1'],
    ['001', '001'],
    ['1500', '1500'],
    ['1000', '1k'],
    ['1000m', '1'],
    ['0.5', '500m'],
    ['.5', '500m'],
    ['1.', '1.'],
    ['100m', '100m'],
    ['1e3', '1e3'],
    ['1000e0', '1e3'],
    ['1e19', '10e18'],
    ['1E', '1E'],
    ['1000E', '1'],
    ['1024Ki', '1Mi'],
    ['512Mi', '512Mi'],
    ['1536Mi', '1536Mi'],
    ['1.5Ki', '1536'],
    ['1.1Gi', '1181116006400m'],
    ['0.5Ki', '512'],
    ['8Ei', '9223372036854775807'],
    ['0.1n', '1n'],
    [' 1 ', '1'],
    ['Ki', '0'],
  ];
  for (const [written, canonical] of spellings) assert.equal(canonicalQuantity(written), canonical, written);
});

test('a resource list rounds up to thousandths', () => {
  assert.equal(canonicalQuantity('0.1m', true), '1m');
  assert.equal(canonicalQuantity('1500u', true), '2m');
  assert.equal(canonicalQuantity('1500u'), '1500u');
  assert.equal(canonicalQuantity('-1500u', true), '-2m');
  assert.equal(canonicalQuantity('1e-999', true), '1e-3');
  assert.equal(canonicalQuantity('250m', true), '250m');
});

test('what is no quantity is refused in the server words', () => {
  const format =
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
  for (const text of ['', '{', 'one', '1 Gi', '1,5', '1..2', '9'.repeat(2000)]) {
    assert.throws(() => canonicalQuantity(text), new QuantityError(format), text.slice(0, 20));
  }
  for (const text of ['1K', '1i', '1e', '--1', '1mm', '1e99999999']) {
    assert.throws(
      () => canonicalQuantity(text),
      new QuantityError("unable to parse quantity's suffix"),
      text,
    );
  }
});

test('sums keep the format of the first and compare by value', () => {
  const sum = addQuantities(parseQuantity('1Gi'), parseQuantity('512Mi'));
  assert.equal(printQuantity(sum), '1536Mi');
  assert.equal(printQuantity(addQuantities(parseQuantity('100m'), parseQuantity('1'))), '1100m');
  assert.equal(printQuantity(addQuantities(parseQuantity('0'), parseQuantity('1Ki'))), '1Ki');
  assert.ok(compareQuantities(parseQuantity('1'), parseQuantity('1000m')) === 0);
  assert.ok(compareQuantities(parseQuantity('1Ki'), parseQuantity('1k')) > 0);
  assert.ok(compareQuantities(parseQuantity('-1'), parseQuantity('0')) < 0);
});

test('a canonical text is its own canonical text, whatever the quantity', () => {
  const suffix = fc.constantFrom('', 'n', 'u', 'm', 'k', 'M', 'G', 'T', 'Ki', 'Mi', 'Gi', 'e3', 'E-2');
  const number = fc.oneof(
    fc.integer({ min: -5000, max: 5000 }).map(String),
    fc.tuple(fc.nat(99999), fc.nat(999)).map(([whole, fraction]) => `${whole}.${fraction}`),
    fc.bigInt({ min: 0n, max: 10n ** 25n }).map(String),
  );
  fc.assert(
    fc.property(number, suffix, fc.boolean(), (digits, unit, round) => {
      const once = canonicalQuantity(digits + unit, round);
      assert.equal(canonicalQuantity(once, round), once);
    }),
    { numRuns: 500 },
  );
});

test('any text gives a quantity or a QuantityError', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[-+0-9.eEinumkKMGTP]{0,30}$/), (text) => {
      try {
        canonicalQuantity(text, true);
      } catch (error) {
        assert.ok(error instanceof QuantityError, `${text}: ${String(error)}`);
      }
    }),
    { numRuns: 2000 },
  );
});
