import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { inFolder } from '../testing/run.fixture.ts';
import { readReviewFile } from './review-file.ts';

const read = (name: string, text: string) =>
  inFolder({ [name]: text }, (folder) => readReviewFile(path.join(folder, name)));

test('YAML files hold documents', () => {
  assert.deepEqual(read('r.yaml', 'kind: A\n---\n# nothing\n---\nkind: B\n'), [
    { line: 1, value: { kind: 'A' } },
    { line: 5, value: { kind: 'B' } },
  ]);
  assert.deepEqual(read('r.YML', '{"kind": "A"}\n'), [{ line: 1, value: { kind: 'A' } }]);
});

test('a JSON file that is broken into lines is one document', () => {
  assert.deepEqual(read('r.json', '\uFEFF{\n  "kind": "A",\n  "n": 12345678901234567890\n}\n'), [
    { line: 1, value: { kind: 'A', n: 12345678901234567890n } },
  ]);
});

test('what is written a line at a time is read so, broken lines or not', () => {
  assert.equal(read('r.json', '{"kind": "A"}\n{"kind": "B"}\n'), undefined);
  assert.equal(read('r.json', '{"kind": }\r\n{"kind": "B"}\n'), undefined);
  assert.equal(read('r.jsonl', '{\n}\n'), undefined);
});

test('what cannot be read is told where it stands', () => {
  const [document] = read('r.yaml', 'kind: A\nb: [\n') ?? [];
  assert.ok(document !== undefined && 'problem' in document);
  assert.equal(document.line, 3);
});
