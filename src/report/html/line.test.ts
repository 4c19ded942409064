import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { severities } from '../../model/severity.ts';
import { formatLine, type Line, parseLine } from './line.ts';
import { visible } from './markup.ts';
import { statuses } from './status.ts';

const line: Line = {
  status: 'fail',
  severity: 'high',
  kind: 'Pod',
  namespace: 'shop',
  name: 'web',
  place: 'a.yaml:1:2',
  path: 'spec.x',
  says: 'is bad',
};

test('one line a reader can read, too', () => {
  assert.equal(formatLine(line), 'fail\thigh\tPod\tshop\tweb\ta.yaml:1:2\tspec.x\tis bad');
});

test('no text makes it another line or another column', () => {
  const written = formatLine({ ...line, name: 'a\tb\nc', says: 'x\r\n\ty\u2028z' });
  assert.equal(written.split('\n').length, 1);
  assert.deepEqual(parseLine(written), { ...line, name: 'a b c', says: 'x y z' });
});

test('what is no line is none', () => {
  for (const text of ['', 'fail', `${formatLine(line)}\tmore`, formatLine(line).replace('fail', 'fails')]) {
    assert.equal(parseLine(text), undefined, text);
  }
  assert.equal(parseLine(formatLine(line).replace('high', 'higher')), undefined);
});

test('what is written reads back', () => {
  const text = fc.string({ unit: 'binary', maxLength: 20 });
  const lines = fc.record({
    status: fc.constantFrom(...statuses),
    severity: fc.constantFrom(...severities),
    kind: text,
    namespace: text,
    name: text,
    place: text,
    path: text,
    says: text,
  });
  const shown = (part: string): string => visible(part.replace(/\s+/g, ' '));
  fc.assert(
    fc.property(lines, (one) => {
      const { severity, status, ...texts } = one;
      const expected = Object.fromEntries(Object.entries(texts).map(([name, part]) => [name, shown(part)]));
      assert.deepEqual(parseLine(formatLine(one)), { severity, status, ...expected });
    }),
  );
});
