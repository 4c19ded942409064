import assert from 'node:assert/strict';
import { test } from 'node:test';
import { position, readDocuments } from './index.ts';
import { splitJsonStream } from './json-stream.ts';

const parts = (text: string): string[] =>
  [...splitJsonStream(text, { start: 0, end: text.length })].map(({ start, end }) => text.slice(start, end));

test('objects one behind the other are documents of their own', () => {
  assert.deepEqual(parts('{"a":1}\n{"b":2}\n\n{"c":3}\n'), ['{"a":1}', '{"b":2}', '{"c":3}\n']);
  assert.deepEqual(parts('{"a":{"b":[{}]}}{"c":"}{"}'), ['{"a":{"b":[{}]}}', '{"c":"}{"}']);
  assert.deepEqual(parts('{"a":"\\"} {"}  {"b":2}'), ['{"a":"\\"} {"}', '{"b":2}']);
});

test('anything else stays whole', () => {
  for (const text of [
    '{"a":1}',
    'a: {b: 1}\nc: {}',
    '[{} {}]',
    '{"a": [{}\n{}]}',
    '{"a":1} trailing',
    '',
    '{"open":"} {',
  ]) {
    assert.deepEqual(parts(text), [text]);
  }
});

test('each has its own place, and one that is broken costs no other', () => {
  const documents = [...readDocuments('{"a":1}\n{"b":}\n{"c":3}\n')];
  assert.deepEqual(
    documents.map(({ index, value }) => [index, value]),
    [
      [0, { a: 1 }],
      [1, { b: null }],
      [2, { c: 3 }],
    ],
  );
  assert.equal(position(documents[2]!, documents[2]!.start).line, 3);
});
