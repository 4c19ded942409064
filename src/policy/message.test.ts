import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aggregateErrors, failureMessage, statusCode } from './message.ts';

const validation = {
  expression: ' object.x\n  == 1 ',
  message: ' x must be 1 ',
  messageExpression: 'whatever',
  reason: '',
};
const silent = { ...validation, message: '' };

test('a usable messageExpression wins, trimmed', () => {
  assert.equal(failureMessage(validation, '  it is 2\n'), 'it is 2');
});

test('what makes a messageExpression unusable', () => {
  for (const evaluated of [undefined, '', ' \t', 'two\nlines', 'x'.repeat(5121), '€'.repeat(1707)]) {
    assert.equal(failureMessage(validation, evaluated), 'x must be 1');
  }
  assert.equal(failureMessage(validation, 'x'.repeat(5120)).length, 5120);
  assert.equal(failureMessage(validation, 'one\rline'), 'one\rline');
});

test('without any message the expression is named, its inner line breaks kept', () => {
  assert.equal(failureMessage(silent, undefined), 'failed expression: object.x\n  == 1');
  assert.equal(failureMessage({ ...silent, message: '  ' }, ' '), 'failed expression: object.x\n  == 1');
});

test('aggregates as Go does', () => {
  assert.equal(aggregateErrors(['a']), 'a');
  assert.equal(aggregateErrors(['a', 'b', 'a']), '[a, b]');
  assert.equal(aggregateErrors(['a', 'a']), 'a');
});

test('status codes', () => {
  assert.deepEqual(
    ['', 'Invalid', 'Forbidden', 'RequestEntityTooLarge', 'Unauthorized'].map(statusCode),
    [422, 422, 403, 413, 401],
  );
});
