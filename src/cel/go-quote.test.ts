import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goQuote } from './go-quote.ts';

test('printable text stays', () => {
  assert.equal(goQuote('plain text, ünïcode 漢字 😀'), '"plain text, ünïcode 漢字 😀"');
  assert.equal(goQuote(''), '""');
});

test('quotes, backslashes and control characters are escaped', () => {
  assert.equal(goQuote('a"b\\c'), String.raw`"a\"b\\c"`);
  assert.equal(goQuote('\x07\b\f\n\r\t\v'), String.raw`"\a\b\f\n\r\t\v"`);
  assert.equal(goQuote('\0\x1b\x7f'), String.raw`"\x00\x1b\x7f"`);
});

test('code points without a glyph are written as numbers', () => {
  assert.equal(goQuote('\u200b\u00a0\ufeff'), String.raw`"\u200b\u00a0\ufeff"`);
  assert.equal(goQuote('\u{e0001}'), String.raw`"\U000e0001"`);
});

test('a lone surrogate is the replacement character', () => {
  assert.equal(goQuote('\ud800'), '"\\ufffd"');
});
