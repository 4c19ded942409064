import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Location } from '../../model/finding.ts';
import { excerpt, SourceLines } from './excerpt.ts';

const text = `spec:
  containers:
  - name: web
    securityContext:
      privileged: true

  restartPolicy: Always
`;

const at = (line: number, column: number, endLine = line, endColumn = column): Location => ({
  file: 'a.yaml',
  line,
  column,
  endLine,
  endColumn,
});

/** Lines with the span between brackets. */
const shown = (source: string, location: Location): string[] =>
  excerpt(new SourceLines(source), location).map(
    ({ from, number, text, to }) =>
      `${number} ${text.slice(0, from)}[${text.slice(from, to)}]${text.slice(to)}`,
  );

test('the span with the lines around it, without the indentation they share', () => {
  assert.deepEqual(shown(text, at(5, 7, 5, 23)), [
    '3 []- name: web',
    '4 []  securityContext:',
    '5     [privileged: true]',
  ]);
});

test('at the top and at the end of a file', () => {
  assert.deepEqual(shown(text, at(1, 1, 1, 5)), ['1 [spec]:', '2 []  containers:']);
  assert.deepEqual(shown('a: 1', at(1, 4, 1, 5)), ['1 a: [1]']);
  assert.deepEqual(shown('a: 1\r\nb: 2\r\n', at(2, 1, 2, 5)), ['1 []a: 1', '2 [b: 2]']);
});

test('a span of several lines, the many of a large one cut', () => {
  assert.deepEqual(shown(text, at(3, 5, 4, 20)).slice(2, 4), [
    '3   - [name: web]',
    '4     [securityContext]:',
  ]);
  const long = `${'x: 1\n'.repeat(50)}`;
  assert.equal(shown(long, at(10, 1, 40, 5)).length, 9);
});

test('a long line is cut around the span', () => {
  const json = `{"a":"${'x'.repeat(5000)}","b":1,"c":"${'y'.repeat(5000)}"}`;
  const from = json.indexOf('"b"');
  const [line] = excerpt(new SourceLines(json), at(1, from + 1, 1, from + 6));
  assert.ok(line!.text.length < 300);
  assert.ok(line!.text.startsWith('…') && line!.text.endsWith('…'));
  assert.equal(line!.text.slice(line!.from, line!.to), '"b":1'.slice(0, 5));
  const whole = excerpt(new SourceLines(json), at(1, 1, 1, json.length + 1))[0]!;
  assert.equal(whole.to - whole.from, 240);
});

test('a place that is not in the text any more shows nothing', () => {
  assert.deepEqual(shown(text, at(50, 1)), []);
  assert.deepEqual(shown(text, at(1, 40)), []);
});

test('spans stay inside of their lines', () => {
  const texts = fc.string({ unit: fc.constantFrom('a', ' ', '\n', '\r\n', '\t', ':', 'é'), maxLength: 400 });
  const place = fc.integer({ min: 1, max: 12 });
  fc.assert(
    fc.property(texts, place, place, place, place, (source, line, column, endLine, endColumn) => {
      for (const one of excerpt(new SourceLines(source), at(line, column, endLine, endColumn))) {
        assert.ok(one.from >= 0 && one.to <= one.text.length, JSON.stringify(one));
      }
    }),
  );
});

test('lines of another document or item are not shown: they tell nothing and may be a secret', () => {
  const at = (line: number): Location => ({ file: 'a.yaml', line, column: 1, endLine: line, endColumn: 2 });
  const shown = (text: string, line: number): number[] =>
    excerpt(new SourceLines(text), at(line)).map(({ number }) => number);
  assert.deepEqual(shown('data: {a: b}\n---\nkind: Pod\nspec: {}\n--- # next\n', 3), [3, 4]);
  assert.deepEqual(shown('kind: Pod\n---\ndata: {a: b}\n', 1), [1]);
  assert.deepEqual(shown('items:\n- kind: Secret\n  data: {a: b}\n- kind: Pod\n  spec: {}\n', 4), [4, 5]);
  assert.deepEqual(shown('items:\n- kind: Secret\n  data: {a: b}\n', 2), [1, 2, 3]);
});
