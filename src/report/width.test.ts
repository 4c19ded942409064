import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cut, displayWidth, pad, wrap } from './width.ts';

test('wide characters take two columns, combining ones none', () => {
  assert.equal(displayWidth('abc'), 3);
  assert.equal(displayWidth('日本'), 4);
  assert.equal(displayWidth('e\u0301'), 1);
});

test('cutting keeps the width and marks the cut', () => {
  assert.equal(cut('abcdef', 6), 'abcdef');
  assert.equal(cut('abcdefg', 6), 'abcde…');
  assert.equal(cut('日本語', 5), '日本…');
  assert.equal(pad('日', 4), '日  ');
});

test('text is wrapped at blanks and cut after the last line', () => {
  assert.deepEqual(wrap('one two three', 20, 2), ['one two three']);
  assert.deepEqual(wrap('one two three', 8, 2), ['one two', 'three']);
  assert.deepEqual(wrap('one two three four', 8, 2), ['one two', 'three f…']);
  assert.deepEqual(wrap('onetwothree four', 6, 3), ['onetw…']);
  assert.deepEqual(wrap(' onetwothree', 6, 3), [' onet…'], 'a line is never empty');
});

test('lines of wide characters are no wider', () => {
  const lines = wrap('日本 語語 日本 語語', 7, 5);
  assert.deepEqual(lines, ['日本', '語語', '日本', '語語']);
  assert.deepEqual(wrap('日本 語語 日本 語語', 9, 2), ['日本 語語', '日本 語語']);
});
