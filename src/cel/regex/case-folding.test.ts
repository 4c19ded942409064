import assert from 'node:assert/strict';
import { test } from 'node:test';

import { caseClosure, caseOrbit } from './case-folding.ts';

function orbit(character: string): string {
  return [...caseOrbit(character.codePointAt(0)!)]
    .sort((left, right) => left - right)
    .map((codePoint) => String.fromCodePoint(codePoint))
    .join('');
}

test('orbits of more than two', () => {
  for (const [character, expected] of [
    ['k', 'Kk\u212a'],
    ['\u212a', 'Kk\u212a'],
    ['S', 'Ss\u017f'],
    ['\u00e5', '\u00c5\u00e5\u212b'],
    ['\u00b5', '\u00b5\u039c\u03bc'],
    ['\u03b8', '\u0398\u03b8\u03d1\u03f4'],
    ['\u00df', '\u00df\u1e9e'],
    ['\u01c5', '\u01c4\u01c5\u01c6'],
  ]) {
    assert.equal(orbit(character!), expected, character);
  }
});

test('what has no simple folding stands alone', () => {
  for (const character of ['1', '_', '\u0131', '\u0130', '\u{1f600}', '\ufb05', '\u0390', '\u4e2d']) {
    assert.equal(orbit(character), character);
  }
});

test('letters that got a partner after Unicode 15.0 stand alone', () => {
  for (const character of ['\u0264', '\u019b', '\u1c89', '\ua7cb']) assert.equal(orbit(character), character);
});

test("all orbits together are those of Go's unicode.SimpleFold", () => {
  let orbits = 0;
  // FNV-1a over the members of every orbit by its least member; Go 1.26 gives 1424 orbits and this sum.
  let sum = 0x811c9dc5;
  for (let codePoint = 0; codePoint <= 0x10ffff; codePoint++) {
    const members = caseOrbit(codePoint);
    if (members.length === 1 || Math.min(...members) !== codePoint) continue;
    orbits++;
    for (const member of [...members].sort((left, right) => left - right)) {
      sum = Math.imul(sum ^ member, 0x01000193) >>> 0;
    }
  }
  assert.deepEqual([orbits, sum.toString(36)], [1424, '1qn8mtd']);
});

test('the closure of a set adds the partners of its members', () => {
  assert.deepEqual(caseClosure([0x61, 0x63]), [0x41, 0x43, 0x61, 0x63]);
  assert.deepEqual(caseClosure([0x6b, 0x6b]), [0x4b, 0x4b, 0x6b, 0x6b, 0x212a, 0x212a]);
  assert.deepEqual(caseClosure([0x30, 0x39]), [0x30, 0x39]);
  assert.deepEqual(caseClosure([0, 0x10ffff]), [0, 0x10ffff]);
  const set = [0x61, 0x7a];
  assert.equal(caseClosure(set), caseClosure(set));
});
