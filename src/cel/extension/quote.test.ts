import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quote } from './quote.ts';

test('what CEL escapes is escaped', () => {
  assert.equal(quote('a "b" \\ c'), String.raw`"a \"b\" \\ c"`);
  assert.equal(quote('\x07\b\f\n\r\t\v'), String.raw`"\a\b\f\n\r\t\v"`);
});

test('everything else stays, control characters included', () => {
  assert.equal(quote('é😀\0\x1b\u200b'), '"é😀\0\x1b\u200b"');
  assert.equal(quote(''), '""');
});
