import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { byteLength, goJson, trimSpace, truncateBytes } from './go-text.ts';

test("trims what Go's unicode.IsSpace holds for", () => {
  assert.equal(trimSpace(' \t\r\n\v\f\u0085\u00a0\u2003x y\u3000\n'), 'x y');
  assert.equal(trimSpace('\ufeffx'), '\ufeffx');
  assert.equal(trimSpace(' \n '), '');
});

test('counts UTF-8 bytes', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 20 });
  fc.assert(fc.property(text, (value) => byteLength(value) === new TextEncoder().encode(value).length));
});

test('truncates to whole code points', () => {
  assert.equal(truncateBytes('aé€😀', 3), 'aé');
  assert.equal(truncateBytes('aé€😀', 5), 'aé');
  assert.equal(truncateBytes('aé€😀', 6), 'aé€');
  assert.equal(truncateBytes('aé€😀', 10), 'aé€😀');
});

test('prints JSON as Go does', () => {
  assert.equal(goJson(['*', 'a<b&c']), String.raw`["*","a\u003cb\u0026c"]`);
});
