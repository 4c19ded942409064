import assert from 'node:assert/strict';
import { test } from 'node:test';
import { localisedFixed, localisedScientific } from './localised-number.ts';

test('thousands are grouped', () => {
  assert.equal(localisedFixed(999.95, 1), '1,000.0');
  assert.equal(localisedFixed(-1234567.5, 6), '-1,234,567.500000');
  assert.equal(localisedFixed(123, 0), '123');
  assert.equal(localisedFixed(1e21, 3), '1,000,000,000,000,000,000,000.000');
});

test('only a negative number keeps its sign', () => {
  assert.equal(localisedFixed(-0, 2), '0.00');
  assert.equal(localisedFixed(-0.001, 2), '-0.00');
});

test('the precision wraps at 8 bits for the least and at 16 for the most decimals', () => {
  assert.equal(localisedFixed(1.5, 1_000_000), `1.5${'0'.repeat(63)}`);
  assert.equal(localisedFixed(1.5, 256), '1.5');
  assert.equal(localisedFixed(0.1, 40_000), `0.1${'0'.repeat(63)}`);
});

test('what is no number has a sign of its own', () => {
  assert.equal(localisedFixed(NaN, 2), 'NaN');
  assert.equal(localisedFixed(Infinity, 2), '∞');
  assert.equal(localisedScientific(-Infinity, 6), '    -∞');
});

test('the exponent has at least two digits, written above', () => {
  assert.equal(localisedScientific(1234567.891, 0), '1.234568×10⁰⁶');
  assert.equal(localisedScientific(-1e-300, 0), '-1.000000×10⁻³⁰⁰');
  assert.equal(localisedScientific(9.99999951, 0), '1.000000×10⁰¹');
  assert.equal(localisedScientific(0, 0), '0.000000×10⁰⁰');
});

test('a width pads on the left and wraps at 16 bits', () => {
  assert.equal(localisedScientific(1, 15), '  1.000000×10⁰⁰');
  assert.equal(localisedScientific(1, 65_536), '1.000000×10⁰⁰');
});
