import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  listCost,
  matchCost,
  readCost,
  resultCost,
  rewriteCost,
  unitCost,
  utf8Length,
  walkCost,
} from './call-cost.ts';

test('reading costs a tenth of the characters, rounded up', () => {
  assert.equal(readCost(['a'.repeat(10)], true), 1);
  assert.equal(readCost(['é😀'.repeat(10)], true), 2);
  assert.equal(readCost([''], true), 0);
  assert.equal(rewriteCost(['a'.repeat(11)], true), 3);
  assert.equal(resultCost([[]], 'a'.repeat(6)), 2);
  assert.equal(unitCost([], true), 1);
});

test('walking counts scalars, and strings by bytes rounded down', () => {
  assert.equal(walkCost([[1, true, null]], 0), 3);
  assert.equal(walkCost([['a'.repeat(19), 'é'.repeat(10)]], 0), 3);
  assert.equal(walkCost([{ key: [1, 2], longer_key_: 'x' }], 0), 3);
  assert.equal(walkCost([new Uint8Array(25)], 0), 2);
});

test('matching costs by text and pattern', () => {
  assert.equal(matchCost('a'.repeat(20), 10), 9);
  assert.equal(matchCost('', 1), 1);
});

test('a list costs ten, the call one', () => {
  assert.equal(listCost(1, 5), 16);
  assert.equal(listCost(2.1, 9), 29);
});

test('bytes of UTF-8', () => {
  for (const text of ['', 'abc', 'é', '漢字', '😀a', '\u07ff\u0800\uffff']) {
    assert.equal(utf8Length(text), new TextEncoder().encode(text).length, text);
  }
});
