import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readReviewText } from './review-text.ts';

test('a JSON object', () => {
  assert.deepEqual(readReviewText(' {"a": [1, 2.5, "x"]} '), { value: { a: [1, 2.5, 'x'] } });
});

test('integers beyond 2^53 keep their digits', () => {
  assert.deepEqual(readReviewText('{"a": 9007199254740993, "b": 12345678901234567890, "c": 1}'), {
    value: { a: 9007199254740993n, b: 12345678901234567890n, c: 1 },
  });
  assert.deepEqual(readReviewText('{"a": "1234567890123456"}'), { value: { a: '1234567890123456' } });
});

test('names that JavaScript keeps for itself are fields like others', () => {
  const read = readReviewText('{"__proto__": {"x": 1}, "constructor": 2}');
  assert.ok('value' in read);
  assert.deepEqual(Object.keys(read.value as object), ['__proto__', 'constructor']);
});

test('what is wrong, and at which character', () => {
  assert.deepEqual(readReviewText('[1]'), {
    problem: 'a line must be an AdmissionReview as a JSON object',
    column: 1,
  });
  const cut = readReviewText('{"a": 1');
  assert.ok('problem' in cut);
  assert.equal(cut.column, 8);
  const wrong = readReviewText('{"a": tru}');
  assert.ok('problem' in wrong);
  assert.match(wrong.problem, /^not JSON: /);
  const opened = readReviewText('{');
  assert.ok('problem' in opened);
  assert.equal(opened.column, 2);
  const trailing = readReviewText('{} {}');
  assert.ok('problem' in trailing);
  assert.equal(trailing.column, 4);
});

test('what is wrong does not print the text around it', () => {
  for (const text of ['{"password": "hunter2" "x"}', '{"password": "hunter2", x}', '{"password": hunter2}']) {
    const read = readReviewText(text);
    assert.ok('problem' in read);
    assert.doesNotMatch(read.problem, /hunter2/);
  }
});
