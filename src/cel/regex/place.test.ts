import assert from 'node:assert/strict';
import { test } from 'node:test';

import { assertionsBetween, codePointAt, codePointBefore, isWordCharacter, noCharacter } from './place.ts';
import { assertionBit } from './program.ts';
import type { Assertion } from './syntax-tree.ts';

test('reads code points, lone surrogates as U+FFFD', () => {
  const text = 'a\u{1f600}\ud800b\udc00';
  assert.deepEqual(
    [0, 1, 3, 4, 5, 6].map((position) => codePointAt(text, position)),
    [0x61, 0x1f600, 0xfffd, 0x62, 0xfffd, noCharacter],
  );
  assert.deepEqual(
    [0, 1, 3, 4, 5, 6].map((position) => codePointBefore(text, position)),
    [noCharacter, 0x61, 0x1f600, 0xfffd, 0x62, 0xfffd],
  );
  assert.equal(codePointBefore('\u{1f600}', 2), 0x1f600);
  assert.equal(codePointBefore('\udc00', 1), 0xfffd);
});

test('word characters are ASCII letters, digits and the underscore', () => {
  for (let codePoint = noCharacter; codePoint < 0x300; codePoint++) {
    const expected = codePoint >= 0 && /^[A-Za-z0-9_]$/.test(String.fromCodePoint(codePoint));
    assert.equal(isWordCharacter(codePoint), expected, String(codePoint));
  }
  assert.equal(isWordCharacter(0x212a), false);
});

function holding(before: string, after: string): Assertion[] {
  const bits = assertionsBetween(before.codePointAt(0) ?? noCharacter, after.codePointAt(0) ?? noCharacter);
  return (Object.keys(assertionBit) as Assertion[])
    .filter((assertion) => bits & assertionBit[assertion])
    .sort();
}

test('what holds between two characters', () => {
  assert.deepEqual(holding('', ''), ['begin-line', 'begin-text', 'end-line', 'end-text', 'no-word-boundary']);
  assert.deepEqual(holding('', 'a'), ['begin-line', 'begin-text', 'word-boundary']);
  assert.deepEqual(holding('a', ''), ['end-line', 'end-text', 'word-boundary']);
  assert.deepEqual(holding('a', '\n'), ['end-line', 'word-boundary']);
  assert.deepEqual(holding('\n', ' '), ['begin-line', 'no-word-boundary']);
  assert.deepEqual(holding('\r', '\u2028'), ['no-word-boundary']);
  assert.deepEqual(holding('a', 'b'), ['no-word-boundary']);
  assert.deepEqual(holding('a', '\u00e9'), ['word-boundary']);
});
