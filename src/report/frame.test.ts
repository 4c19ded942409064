import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeFrame, endsAnother, passageFrame } from './frame.ts';
import { painter } from './paint.ts';

const at = (line: number, column: number, endColumn: number, endLine = line) => ({
  file: 'a.yaml',
  line,
  column,
  endLine,
  endColumn,
});
const frame = (text: string, location: ReturnType<typeof at>, width = 80): string =>
  codeFrame(text, location, { width, paint: painter(false), label: 'here' }).join('\n');

test('the span is underlined beneath its line, with the line before', () => {
  assert.equal(
    frame('spec:\n  privileged: true\n', at(2, 3, 19)),
    ['1 | spec:', '2 |   privileged: true', '  |   ^^^^^^^^^^^^^^^^ here'].join('\n'),
  );
});

test('a span over several lines is underlined to the end of its first', () => {
  assert.equal(frame('a:\n  b: 1\n', at(1, 1, 5, 2)), ['1 | a:', '  | ^^ here'].join('\n'));
});

test('CRLF, tabs and wide characters keep the underline in its place', () => {
  assert.match(frame('x:\r\n  a: 1\r\n', at(2, 3, 4)), /2 \| {3}a: 1\n {2}\| {3}\^ here$/);
  assert.match(frame('{\t"a": 1}', at(1, 3, 6)), /1 \| \{ {4}"a": 1\}\n {2}\| {6}\^\^\^ here/);
  assert.match(frame('日本: x', at(1, 5, 6)), /\| {7}\^ here/);
});

test('a long line is cut around the span', () => {
  const text = `key: ${'x'.repeat(500)}NEEDLE${'y'.repeat(500)}`;
  const lines = frame(text, at(1, 506, 512), 60).split('\n');
  assert.ok(lines.every((line) => line.length <= 66));
  assert.match(lines[0]!, /…x+NEEDLEy+…/);
  const column = lines[1]!.indexOf('^');
  assert.equal(lines[0]!.slice(column, column + 6), 'NEEDLE');
});

test('escape sequences of a manifest do not reach the terminal', () => {
  assert.ok(!frame('a: \u001b[31mred\u202e', at(1, 1, 2)).includes('\u001b'));
});

test('a location that is no longer there gives no frame', () => {
  assert.equal(frame('a: 1', at(9, 1, 2)), '');
  assert.equal(frame('a: 1', at(1, 99, 100)), '');
});

test('a line above that ends before the part that is shown is left out', () => {
  const long = `${'x'.repeat(200)} key: value`;
  const location = { file: 'a', line: 2, column: 202, endLine: 2, endColumn: 212 };
  const frame = codeFrame(`short\n${long}`, location, { width: 60, paint: (_, text) => text, label: '' });
  assert.equal(frame.length, 2);
  assert.match(frame[0]!, /^2 \| ….*key: value$/);
});

test('a secret is covered, its key stays, and no other line is shown', () => {
  const text = 'a: other-secret\n  value: hunter2 # really\n';
  const location = { file: 'f', line: 2, column: 3, endLine: 2, endColumn: 17 };
  const frame = codeFrame(text, location, {
    width: 60,
    paint: (_, shown) => shown,
    label: '',
    conceals: true,
  });
  assert.doesNotMatch(frame.join('\n'), /hunter2|other-secret/);
  assert.match(frame[0]!, /value: •+$/);
});

test('what stands before a secret on its line is covered too, but for the key that the line begins with', () => {
  const [line] = codeFrame(
    'data: {one: first, two: second}',
    { file: 'f', line: 1, column: 20, endLine: 1, endColumn: 31 },
    {
      width: 80,
      paint: (_, text) => text,
      label: '',
      conceals: true,
    },
  );
  assert.equal(line, '1 | data: {•••• •••••• two: •••••••');
  const inBlock = codeFrame(
    '- name: TOKEN',
    { file: 'f', line: 1, column: 3, endLine: 1, endColumn: 14 },
    {
      width: 80,
      paint: (_, text) => text,
      label: '',
      conceals: true,
    },
  );
  assert.match(inBlock[0]!, /^1 \| - name: •+$/);
});

test('a frame of a passage has the lines of its file', () => {
  const options = { width: 80, paint: painter(false), label: 'here' };
  const passage = { text: '{\n  "privileged": true\n}', from: { line: 100, column: 9 } };
  assert.deepEqual(passageFrame(passage, at(101, 3, 21), options), [
    '100 | {',
    '101 |   "privileged": true',
    '    |   ^^^^^^^^^^^^^^^^^^ here',
  ]);
  const compact = { text: '{"a":{"privileged":true}}', from: { line: 1, column: 5_000_000_001 } };
  assert.deepEqual(passageFrame(compact, at(1, 5_000_000_007, 5_000_000_024), options), [
    '1 | {"a":{"privileged":true}}',
    '  |       ^^^^^^^^^^^^^^^^^ here',
  ]);
  for (const line of [99, 110]) assert.deepEqual(passageFrame(passage, at(line, 1, 2), options), []);
});

test('the line above is left out where it ends another item of the list', () => {
  assert.ok(endsAnother('  data: {token: x}', '- kind: ConfigMap'));
  assert.ok(!endsAnother('items:', '- kind: ConfigMap'));
  assert.ok(!endsAnother('    a: b', '  kind: ConfigMap'));
  const text = '- kind: Secret\n  data: {token: x}\n- kind: ConfigMap\n';
  assert.equal(frame(text, at(3, 3, 18)), ['3 | - kind: ConfigMap', '  |   ^^^^^^^^^^^^^^^ here'].join('\n'));
});
