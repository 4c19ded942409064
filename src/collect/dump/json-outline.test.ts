import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Dump } from './dump.ts';
import { dumpOf, folderForTests, long, padding, pod, pretty } from './dump.fixture.ts';

const folder = folderForTests();
const items = [long('first'), pod('b'), pod('c')];

/** The parts of a dump with the text that stands there. */
function parts(dump: Dump): { text: string; line: number; column: number; kind: string | undefined }[] {
  return Array.from({ length: dump.outline.parts.length }, (_, i) => {
    const { line, column, list } = dump.part(i);
    return { text: dump.read(i)[0]!.text, line, column, kind: list?.kind };
  });
}
const names = (dump: Dump): unknown[] =>
  parts(dump).map(({ text }) => (JSON.parse(text) as { metadata: { name: string } }).metadata.name);
const said = ({ outline }: Dump): string[] =>
  outline.problems.map(({ line, column, reason }) => `${line}:${column} ${reason}`);

test('the items of a List are parts, at the places they stand at', () => {
  for (const text of [pretty(items), JSON.stringify(JSON.parse(pretty(items)))]) {
    const dump = dumpOf(folder, text);
    const found = parts(dump);
    assert.deepEqual(names(dump), ['first', 'b', 'c']);
    assert.deepEqual(said(dump), []);
    for (const { text: part, line, column, kind } of found) {
      const before =
        text
          .split('\n')
          .slice(0, line - 1)
          .join('\n').length + (line === 1 ? 0 : 1);
      assert.ok(text.startsWith(part, before + column - 1), `${line}:${column}`);
      assert.equal(kind, 'List');
    }
  }
});

test('columns count UTF-16 units, lines end at CRLF, LF and CR, and a byte order mark is none', () => {
  const text = `\ufeff{"ö𝒳":"${padding}","items":["ü€𝒳", {"a":1}\r\n, 2\r, 3\n]}`;
  const found = parts(dumpOf(folder, text));
  assert.deepEqual(
    found.map(({ text, line, column }) => [text, line, column]),
    [
      ['"ü€𝒳"', 1, text.indexOf('"ü')],
      ['{"a":1}', 1, text.indexOf('{"a"')],
      ['2', 2, 3],
      ['3', 3, 3],
    ],
  );
});

test('brackets, quotes and keys inside of texts are texts', () => {
  const odd = pod('a', { note: '}],{"items":[ \\" \\\\', items: [1, { items: [2] }] });
  const dump = dumpOf(folder, JSON.stringify({ kind: 'List', items: [odd, long('b')] }));
  assert.deepEqual(names(dump), ['a', 'b']);
});

test('what is no List, or is a short one, is one part', () => {
  const whole = [
    JSON.stringify({ ...long('a'), items: [pod('b')] }),
    JSON.stringify({ kind: 'List', items: [pod('b')] }),
    JSON.stringify(long('a')),
    '[1, {"kind": "List"}]',
  ];
  for (const text of whole) {
    const found = parts(dumpOf(folder, text));
    assert.deepEqual(
      found.map((part) => [part.text, part.kind]),
      [[text, undefined]],
    );
  }
});

test('several objects one behind the other, with and without separators', () => {
  const text = `${JSON.stringify(pod('a'))}\n${pretty(items)}---\n${JSON.stringify(pod('z'))}`;
  assert.deepEqual(names(dumpOf(folder, text)), ['a', 'first', 'b', 'c', 'z']);
});

test('of two equal keys the last one counts', () => {
  const text = `{"items":[{"a":1}],"kind":"Pod","items":${JSON.stringify(items)},"kind":"List"}`;
  assert.deepEqual(names(dumpOf(folder, text)), ['first', 'b', 'c']);
});

test('a file that is cut off says so, and what was whole is there', () => {
  const text = pretty(items);
  const cut = dumpOf(folder, text.slice(0, text.indexOf('"c"')));
  assert.deepEqual(names(cut), ['first', 'b']);
  const [problem, ...more] = said(cut);
  assert.match(problem!, /^\d+:\d+ the file ends in the middle of an item: it is truncated/);
  assert.deepEqual(more, []);
  for (let length = 1; length < 400; length += 7) {
    const dump = dumpOf(folder, text.slice(0, -length));
    assert.ok(said(dump).length === 1 || text.slice(-length).trim() === '', String(length));
  }
  assert.match(said(dumpOf(folder, '{"a": "b'))[0]!, /in the middle of a List or object/);
});

const breaks: Readonly<Record<string, (item: string) => string>> = {
  'a bracket too few': (item) => item.replace(/\}(\s*)$/, '$1'),
  'a wrong bracket': (item) => item.replace('{', '{"x": [1},'),
  'a text without an end': (item) => item.replace('"Pod"', '"Pod'),
  'no comma': (item) => item.replace(',', ' '),
  'no colon': (item) => item.replace(':', ' '),
  'too deep': (item) => item.replace('{', `{"x": ${'['.repeat(20_000)}`),
};
for (const [what, breakIt] of Object.entries(breaks)) {
  test(`an item with ${what} costs no other`, () => {
    for (const space of [4, 0]) {
      const texts = [long('a'), pod('broken'), pod('c'), pod('d')].map((one) =>
        JSON.stringify(one, undefined, space),
      );
      texts[1] = breakIt(texts[1]!);
      const indented = texts.map((one) =>
        space === 0 ? one : `\n        ${one.replaceAll('\n', '\n        ')}`,
      );
      const dump = dumpOf(folder, `{"items": [${indented.join(',')}], "kind": "List"}`);
      assert.deepEqual(names(dump), ['a', 'c', 'd'], `${space}`);
      assert.equal(said(dump).length, 1);
      assert.match(said(dump)[0]!, /in the item that begins on line \d+: the item is left out$/);
    }
  });
}

test('what only begins like JSON is YAML', () => {
  for (const text of [
    '{{ range .Values.pods }}\napiVersion: v1\n',
    '{apiVersion: v1, kind: Pod}\n---\n{a: b}\n',
  ]) {
    const dump = dumpOf(folder, text);
    assert.deepEqual(said(dump), []);
    assert.deepEqual(
      parts(dump).map(({ line, column }) => [line, column]),
      text.includes('---')
        ? [
            [1, 1],
            [3, 1],
          ]
        : [[1, 1]],
    );
  }
});

test('what cannot be followed any more is said once', () => {
  const behind = dumpOf(folder, `${JSON.stringify(pod('a'))}\nnonsense {"a": 1}`);
  assert.deepEqual(names(behind), ['a']);
  assert.deepEqual(said(behind), ['2:1 unexpected "n": the rest of the file is not read']);
  const noise = dumpOf(folder, `{"items":[${'{"apiVersion":"v1"]},'.repeat(5000)}`);
  assert.ok(said(noise).length <= 1001, String(said(noise).length));
});

test('items of a List of which the end was never seen are still its own', () => {
  const dump = dumpOf(folder, `{"apiVersion":"v1","items":[${JSON.stringify(pod('a'))},`);
  assert.deepEqual(dump.part(0).list, { apiVersion: 'v1', kind: '', line: 1, column: 1, isCut: true });
});
