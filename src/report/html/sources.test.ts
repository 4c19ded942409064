import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sources } from './sources.ts';

const place = { file: 'a.yaml', line: 10, column: 7, endLine: 11, endColumn: 4 };

test('a file is asked for once', () => {
  const asked: string[] = [];
  const sources = new Sources({
    source: (file) => {
      asked.push(file);
      return file === 'a.yaml' ? 'a: 1' : undefined;
    },
  });
  for (const file of ['a.yaml', 'b.yaml', 'a.yaml', 'b.yaml']) sources.around({ ...place, file });
  assert.deepEqual(asked, ['a.yaml', 'b.yaml']);
  assert.equal(sources.around(place)!.lines.line(1), 'a: 1');
  assert.equal(sources.around({ ...place, file: 'b.yaml' }), undefined);
});

test('the part around a place: lines and columns inside of it', () => {
  const excerpt = () => ({ text: 'abc\ndef', from: { line: 10, column: 5 } });
  const around = new Sources({ source: () => undefined, excerpt }).around(place)!;
  assert.equal(around.before, 9);
  assert.deepEqual(around.place, { file: 'a.yaml', line: 1, column: 3, endLine: 2, endColumn: 4 });
});

test('a part that does not reach the place is none', () => {
  const from = (line: number, column: number) =>
    new Sources({ source: () => undefined, excerpt: () => ({ text: 'abc', from: { line, column } }) }).around(
      place,
    );
  assert.equal(from(11, 1), undefined);
  assert.equal(from(10, 8), undefined);
  assert.notEqual(from(10, 7), undefined);
});
