import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Value } from '../build.ts';
import { readDocuments } from '../document.ts';
import type { Path } from '../locate.ts';
import { stringify } from '../stringify.ts';
import { type Change, changedValue, treeOf } from './change.ts';
import { edit } from './rewrite.ts';
import { applySplices } from './splice.ts';

const key = fc.constantFrom('name', 'a', 'b-c', 'x/y', 'n', '1', 'long key', 'z');
const leaf = fc.oneof(
  fc.constantFrom<Value>(
    'web',
    '',
    'yes',
    '1.0',
    'a: b',
    '# no',
    'two\nlines\n',
    "it's",
    '- x',
    'é',
    null,
    true,
    0,
    -1,
    1.5,
  ),
  fc.string({ maxLength: 6 }).map((text) => text.toWellFormed()),
);
const { value } = fc.letrec<{ value: Value; map: Value; list: Value }>((tie) => ({
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, tie('map'), tie('list')),
  map: fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  list: fc.array(tie('value'), { maxLength: 4 }),
}));
const root = fc.dictionary(key, value, { minKeys: 1, maxKeys: 5, noNullPrototype: true });

/** One way to write a value; comments where YAML allows them on a line of their own. */
const writers: Record<string, (value: Value) => string> = {
  block: stringify,
  commented: (all) => stringify(all).replace(/^( *)(?=[a-z][\w-]*:)/gm, '$1# note\n$1'),
  json: (all) => JSON.stringify(all),
  'pretty JSON': (all) => JSON.stringify(all, null, 4),
  'flow in block': (all) =>
    Object.entries(all as Record<string, Value>)
      .map(([name, item]) => `${JSON.stringify(name)}: ${JSON.stringify(item)}  # why\n`)
      .join(''),
  'no line break at the end': (all) => stringify(all).trimEnd(),
  CRLF: (all) => stringify(all).replaceAll('\n', '\r\n'),
};

function pathsOf(at: Value, path: Path = []): Path[] {
  if (at === null || typeof at !== 'object') return [path];
  const below = Object.entries(at).flatMap(([step, item]) =>
    pathsOf(item, [...path, Array.isArray(at) ? Number(step) : step]),
  );
  return path.length === 0 ? below : [path, ...below];
}

/** Changes about places that exist, and about new keys beside them. */
function changesFor(document: Value, picks: readonly { at: number; kind: number; value: Value }[]): Change[] {
  const paths = pathsOf(document);
  if (paths.length === 0) return [];
  return picks.map(({ at, kind, value: wanted }): Change => {
    const path = paths[at % paths.length]!;
    if (kind === 0) return { op: 'remove', path };
    if (kind === 1) return { op: 'set', path, value: wanted };
    const parent = path.slice(0, -1);
    return { op: 'set', path: [...parent, typeof path.at(-1) === 'number' ? 99 : 'added'], value: wanted };
  });
}

const picks = fc.array(fc.record({ at: fc.nat(50), kind: fc.nat(2), value }), { minLength: 1, maxLength: 3 });

for (const [name, write] of Object.entries(writers)) {
  test(`what is changed has the wanted value and nothing else is touched: ${name}`, () => {
    let changed = 0;
    let all = 0;
    fc.assert(
      fc.property(root, picks, (before, wanted) => {
        const text = write(before);
        const [document] = [...readDocuments(text)];
        if (document?.value === undefined) return;
        const changes = changesFor(document.value, wanted);
        const { splices, refused } = edit(document, changes);
        all++;
        if (splices.length > 0) changed++;
        for (const { reason } of refused) assert.doesNotMatch(reason, /overlap/);
        if (refused.length > 0) return;
        const after = applySplices(text, splices);
        const [read] = [...readDocuments(after)];
        assert.deepEqual(plain(read?.value), plain(changedValue(document.value, treeOf(changes))));
        // Line by line, what is not in a splice is there as before.
        if (name === 'commented') {
          const kept = text.split('\n').filter((line) => line.includes('# note')).length;
          assert.ok(
            after.split('\n').filter((line) => line.includes('# note')).length >=
              kept - removedLines(text, splices),
          );
        }
      }),
      { numRuns: 1000 },
    );
    assert.ok(changed > 0.7 * all, `${changed} of ${all}`);
  });
}

const plain = (of: Value | undefined): unknown => JSON.parse(JSON.stringify(of ?? null));

function removedLines(text: string, splices: readonly { start: number; end: number }[]): number {
  return splices.reduce((sum, { start, end }) => sum + text.slice(start, end).split('# note').length - 1, 0);
}
