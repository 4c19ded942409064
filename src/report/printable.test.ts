import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printable, printableJson, printableLines } from './printable.ts';

const hostile = 'a\u001b[2J\r\nb\u009b\u202e\u007f\u2066\tc';

test('control characters and direction marks become dots, line breaks blanks', () => {
  assert.equal(printable(hostile), 'a·[2J b····\u00b7c');
  assert.equal(printable('plain – text, 名'), 'plain – text, 名');
});

test('line breaks may stay', () => {
  assert.equal(printableLines(hostile), 'a·[2J\r\nb····\u00b7c');
});

test('JSON reads back as the same value', () => {
  const value = { [hostile]: [hostile, 1, null] };
  const text = printableJson(value);
  assert.deepEqual(JSON.parse(text), value);
  assert.ok(/^[\x20-\x7e]*$/.test(text), text);
  assert.equal(printableJson(undefined), 'null');
});
