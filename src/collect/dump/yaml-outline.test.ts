import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDocuments } from '../../yaml/index.ts';
import type { Dump } from './dump.ts';
import { dumpOf, folderForTests, padding } from './dump.fixture.ts';

const folder = folderForTests();
const found = (dump: Dump): unknown[] =>
  Array.from({ length: dump.outline.parts.length }, (_, i) => {
    const { line, list } = dump.part(i);
    return [line, list?.kind, ...dump.read(i).map(({ value }) => value)];
  });

test('documents between separators, as the reader of whole files finds them', () => {
  const texts = [
    'a: 1\n---\nb: 2\n',
    '---\na: 1\n--- # comment\n\n---\n# only a comment\n---\nb: |\n  ---\n  c\n',
    '--- {a: 1}\n--- |\n  text\n---\tx\n...\n',
    'a: 1\r\n---\r\nb: 2\r\n',
    '\ufeffa: 1\n---\nb: "---\n  "\n',
    'a: 1\n----\n',
    '{a: 1}',
    `a: ${'x'.repeat(3_000_000)}\n---\nb: 2\n`,
    '',
    '\n\n',
  ];
  for (const text of texts) {
    if (text.startsWith('{')) continue;
    const whole = [...readDocuments(text)].filter(({ isEmpty }) => !isEmpty);
    const dump = dumpOf(folder, text);
    const parts = Array.from({ length: dump.outline.parts.length }, (_, i) => dump.read(i))
      .flat()
      .filter(({ isEmpty }) => !isEmpty);
    assert.deepEqual(
      parts.map(({ value }) => value),
      whole.map(({ value }) => value),
      text.slice(0, 100),
    );
    assert.deepEqual(
      parts.map((one) => one.lines.position(one.text.search(/\S/) + one.start)),
      whole.map((one) => one.lines.position(one.text.search(/\S/) + one.start)),
      text.slice(0, 100),
    );
  }
});

test('the items of a long List, however far they are indented', () => {
  for (const indent of ['', '  ']) {
    const lines = [
      '- a: |',
      '    - no item',
      '    kind: Pod',
      '- b:',
      '  - c',
      '',
      '# comment',
      '-',
      '  d: 1',
      '-   e: 2',
    ];
    const items = lines.map((line) => (line === '' ? line : indent + line)).join('\n');
    const text = `apiVersion: v1\nitems: # all\n${items}\nkind: List\nmetadata:\n  x: ${padding}\n`;
    assert.deepEqual(found(dumpOf(folder, text)), [
      [3, 'List', [{ a: '- no item\nkind: Pod\n' }]],
      [6, 'List', [{ b: ['c'] }]],
      [10, 'List', [{ d: 1 }]],
      [12, 'List', [{ e: 2 }]],
    ]);
  }
});

test('a List that ends the document, and one behind another document', () => {
  const text = `x: 1\n---\nkind: PodList\napiVersion: v1\nmetadata: {x: ${padding}}\nitems:\n- a: 1\n- a: 2\n---\nz: 2\n`;
  assert.deepEqual(found(dumpOf(folder, text)), [
    [1, undefined, { x: 1 }],
    [7, 'PodList', [{ a: 1 }]],
    [8, 'PodList', [{ a: 2 }]],
    [10, undefined, { z: 2 }],
  ]);
});

test('what is no List, is a short one or has its items in one line is one part', () => {
  const texts = [
    'apiVersion: v1\nkind: List\nitems:\n- a: 1\n',
    `kind: ConfigMap\nitems:\n- a: 1\ndata: ${padding}\n`,
    `kind: List\napiVersion: v1\nitems: [{a: 1}]\nmetadata: ${padding}\n`,
    `kind: List\napiVersion: v1\nitems:\n  a: 1\nmetadata: ${padding}\n`,
  ];
  for (const text of texts) {
    const parts = found(dumpOf(folder, text)) as unknown[][];
    assert.deepEqual(
      parts.map(([line, kind]) => [line, kind]),
      [[1, undefined]],
    );
  }
});
