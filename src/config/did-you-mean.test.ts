import assert from 'node:assert/strict';
import { test } from 'node:test';
import { didYouMean, suggestion } from './did-you-mean.ts';

const words = ['profile', 'failOn', 'exclude', 'params', 'severity'];

test('slips of the finger are recognised', () => {
  assert.equal(didYouMean('proifle', words), 'profile');
  assert.equal(didYouMean('failon', words), 'failOn');
  assert.equal(didYouMean('excludes', words), 'exclude');
  assert.equal(didYouMean('param', words), 'params');
});

test('the beginning of exactly one name is completed', () => {
  assert.equal(didYouMean('privileged', ['privileged-container', 'host-port']), 'privileged-container');
  assert.equal(didYouMean('pss', ['pss-baseline', 'pss-restricted']), undefined);
});

test('something else entirely is left alone', () => {
  assert.equal(didYouMean('kubernetes', words), undefined);
  assert.equal(didYouMean('', words), undefined);
  assert.equal(suggestion('kubernetes', words), '');
  assert.equal(suggestion('severety', words), '; did you mean "severity"?');
});

test('the closest wins, and hostile lengths take no time', () => {
  assert.equal(didYouMean('pss-restricte', ['pss-baseline', 'pss-restricted']), 'pss-restricted');
  assert.equal(didYouMean('x'.repeat(1e6), words), undefined);
});
