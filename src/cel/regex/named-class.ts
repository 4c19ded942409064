import type { CodePointSet } from './code-point-set.ts';

const digit: CodePointSet = [0x30, 0x39];
const upper: CodePointSet = [0x41, 0x5a];
const lower: CodePointSet = [0x61, 0x7a];
const alpha: CodePointSet = [...upper, ...lower];

/** The word characters of `\w` and `\b`: ASCII only, as in RE2. */
export const wordCharacters: CodePointSet = [...digit, ...upper, 0x5f, 0x5f, ...lower];

/** `\d`, `\s` and `\w` by letter; all ASCII, and `\s` is without the vertical tab (RE2 syntax). */
export const perlClasses: ReadonlyMap<string, CodePointSet> = new Map([
  ['d', digit],
  ['s', [9, 10, 12, 13, 32, 32]],
  ['w', wordCharacters],
]);

/** The POSIX classes of `[[:name:]]`; all ASCII (RE2 syntax). */
export const namedClasses: ReadonlyMap<string, CodePointSet> = new Map([
  ['alnum', [...digit, ...alpha]],
  ['alpha', alpha],
  ['ascii', [0, 0x7f]],
  ['blank', [9, 9, 32, 32]],
  ['cntrl', [0, 0x1f, 0x7f, 0x7f]],
  ['digit', digit],
  ['graph', [0x21, 0x7e]],
  ['lower', lower],
  ['print', [0x20, 0x7e]],
  ['punct', [0x21, 0x2f, 0x3a, 0x40, 0x5b, 0x60, 0x7b, 0x7e]],
  ['space', [9, 13, 32, 32]],
  ['upper', upper],
  ['word', wordCharacters],
  ['xdigit', [...digit, 0x41, 0x46, 0x61, 0x66]],
]);
