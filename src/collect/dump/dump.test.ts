import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { locate, position, stringify } from '../../yaml/index.ts';
import { type Collection, ManifestReader } from '../manifests.ts';
import { shelve } from '../shelf.ts';
import { LARGEST_PART, openDump, spoolDump } from './dump.ts';
import { dumpOf, folderForTests, long, padding, pod, pretty, readBothWays } from './dump.fixture.ts';

const folder = folderForTests();
const said = ({ problems }: Collection): string[] =>
  problems.map(({ severity, line, column, reason }) => `${severity} ${line}:${column} ${reason}`);
/** Every object with where its name stands. */
const objects = ({ manifests }: Collection): unknown[] =>
  manifests.map(({ reference, value, origin, source }) => {
    const [place] = locate(source, [[...origin.path, 'metadata', 'name']]);
    return [reference, value, position(source, place!.span.start), position(source, place!.span.end)];
  });
const list = (items: readonly object[]): object => ({ apiVersion: 'v1', items, kind: 'List' });

test('objects and places are those of a file that is read as a whole', () => {
  const items = [long('first'), pod('ö'), list([pod('inner'), pod('second')]), pod('last')];
  const bare = [long('x'), { metadata: { name: 'bare' } }];
  const texts: Readonly<Record<string, string>> = {
    'pretty.json': pretty(items),
    'compact.json': JSON.stringify(list(items)),
    'list.yaml': stringify(list(items) as never),
    'documents.yaml': items.map((one) => stringify(one as never)).join('---\n'),
    'pods.json': JSON.stringify({ kind: 'PodList', apiVersion: 'v1', items: bare }),
    'pods-behind.json': JSON.stringify({ items: bare, kind: 'PodList', apiVersion: 'v1' }),
    'pods.yaml': stringify({ items: bare, kind: 'PodList', apiVersion: 'v1' } as never),
    'stream.json': items.map((one) => JSON.stringify(one)).join('\n'),
    'nothing.json': JSON.stringify({ a: padding }),
    'array.json': JSON.stringify([pod('a'), padding]),
    'report.json': JSON.stringify({ apiVersion: 'scantling.dev/v1', kind: 'Report', findings: [padding] }),
    'no-kind.json': JSON.stringify({ apiVersion: 'v1', metadata: {}, items: [long('a')] }),
  };
  for (const [name, text] of Object.entries(texts)) {
    const [dumped, whole] = readBothWays(folder, name, text);
    assert.deepEqual(objects(dumped!), objects(whole!), name);
    assert.deepEqual(said(dumped!), said(whole!), name);
    assert.equal(dumped!.notManifests, whole!.notManifests, name);
    assert.equal(dumped!.files, whole!.files, name);
  }
});

test('what is wrong with an item is said at its place, and the others are read', () => {
  const items = [long('a'), 7, null, [1], 'x', { kind: 'Pod' }, { ...pod('b'), kind: '' }, pod('c')];
  const yaml = stringify(list([long('a'), pod('c')]) as never);
  const texts: Readonly<Record<string, string>> = {
    'items.json': pretty(items as object[]),
    'items.yaml': stringify(list(items as object[]) as never),
    'duplicate.yaml': yaml.replace('kind: Pod', 'kind: Pod\n  metadata: {name: zero}'),
    'tab.yaml': yaml.replace('  kind: Pod', '\tkind: Pod'),
  };
  for (const [name, text] of Object.entries(texts)) {
    const [dumped, whole] = readBothWays(folder, name, text);
    assert.ok(dumped!.problems.length > 0, name);
    assert.ok(dumped!.problems.every(({ line }) => line > 0));
    assert.ok(dumped!.manifests.length >= 1, name);
    // Read as a whole, one of these costs all the others.
    if (whole!.manifests.length > 0) assert.deepEqual(said(dumped!), said(whole!), name);
  }
});

test('a value that is no JSON costs its item alone', () => {
  const text = pretty([long('a'), pod('b', { spec: { x: 'WRONG' } }), pod('c')]).replace('"WRONG"', 'WRO NG');
  const dump = readBothWays(folder, 'wrong.json', text)[0]!;
  assert.deepEqual(
    dump.manifests.map(({ reference }) => reference.name),
    ['a', 'c'],
  );
  assert.equal(dump.problems.length, 1);
  assert.equal(dump.problems[0]!.line, text.slice(0, text.indexOf('WRO')).split('\n').length);
});

test('bytes that are no UTF-8 cost their item alone', () => {
  const bytes = Buffer.from(pretty([long('a'), pod('bad'), pod('c')]));
  bytes[bytes.indexOf('"bad"') + 2] = 0xff;
  const { manifests, problems } = readBothWays(folder, 'bytes.json', bytes)[0]!;
  assert.deepEqual(
    manifests.map(({ reference }) => reference.name),
    ['a', 'c'],
  );
  const before = bytes.subarray(0, bytes.indexOf(0xff)).toString().split('\n');
  assert.deepEqual(
    problems.map(({ line, column, reason }) => [line, column, reason]),
    [[before.length, before.at(-1)!.length + 1, 'invalid UTF-8 byte']],
  );
});

/** Bytes of objects and of buffers; what the process has from the system also grows by what others left behind. */
function allocated(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

test('an item of a hundred megabytes is not read, the others are', () => {
  const huge = { ...pod('huge'), data: 'x'.repeat(100_000_000) };
  const file = path.join(folder, 'huge.json');
  writeFileSync(file, JSON.stringify(list([long('a'), huge, pod('c')])));
  const before = allocated();
  const reader = new ManifestReader(['huge.json'], { cwd: folder, exclude: [], dumpFrom: 1 });
  assert.deepEqual(
    reader.read(0).map(({ reference }) => reference.name),
    ['a', 'c'],
  );
  assert.match(reader.result().problems[0]!.reason, /^this item is longer than 32 MB/);
  assert.ok(allocated() - before < LARGEST_PART * 2);
});

test('deep nesting is a located problem', () => {
  const deep = JSON.parse('[1]'.replace('1', '['.repeat(600) + ']'.repeat(600))) as object;
  const { manifests, problems } = readBothWays(
    folder,
    'deep.json',
    pretty([long('a'), pod('b', { deep }), pod('c')]),
  )[0]!;
  assert.equal(manifests.length, 2);
  assert.equal(problems.length, 1);
  assert.ok(problems[0]!.line > 10);
});

test(
  'places behind two gigabytes are right',
  { skip: process.platform !== 'linux' && 'needs sparse files' },
  () => {
    const file = path.join(folder, 'sparse.yaml');
    writeFileSync(file, `a: 1\n`);
    truncateSync(file, 2 ** 31 + 10);
    appendFileSync(file, '\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: far\n');
    const dump = openDump('sparse.yaml', file, undefined)!;
    assert.equal(dump.outline.parts.length, 2);
    assert.deepEqual(dump.read(1)[0]!.value, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'far' } });
    assert.equal(dump.part(1).start, 2 ** 31 + 15);
    assert.equal(dump.part(1).line, 4);
  },
);

test('a shelved object is read again, and not if the file has changed', () => {
  const file = path.join(folder, 'changing.json');
  writeFileSync(file, pretty([long('a'), pod('b')]));
  const reader = new ManifestReader(['changing.json'], { cwd: folder, exclude: [], dumpFrom: 1 });
  const [, b] = shelve(reader.read(0));
  assert.deepEqual(b!.value, pod('b'));
  for (let i = 0; i < 20; i++)
    assert.equal(b!.source.text, JSON.stringify(pod('b'), undefined, 4).replaceAll('\n', '\n        '));
  const [, fresh] = shelve(
    new ManifestReader(['changing.json'], { cwd: folder, exclude: [], dumpFrom: 1 }).read(0),
  );
  writeFileSync(file, 'something else');
  assert.throws(() => fresh!.value, /changing.json has changed while it was scanned/);
});

test('the text around a place', () => {
  const text = pretty([long('a'), pod('b'), pod('c')]);
  const dump = dumpOf(folder, text);
  const line = text.slice(0, text.indexOf('"b"')).split('\n').length;
  const found = dump.excerpt({ line, column: 20 })!;
  assert.equal(found.text.split('\n')[line - found.from.line]!.trim(), '"name": "b"');
  assert.equal(dump.excerpt({ line: 1, column: 1 }), undefined);
});

test('blocks of standard input: few are kept, many go into a file that nobody else sees', () => {
  const text = Buffer.from(pretty([long('a'), pod('b')]));
  const blocks = function* (): Generator<Uint8Array> {
    for (let i = 0; i < text.length; i += 1000) yield text.subarray(i, i + 1000);
  };
  assert.deepEqual(spoolDump('-', blocks(), 1e9, undefined), text);
  inTemporaryFolder((own) => {
    const dump = spoolDump('-', blocks(), 5000, undefined);
    assert.ok('outline' in dump && dump.outline.parts.length === 2);
    assert.deepEqual(readdirSync(own), []);
  });
});

test('what does not end is given up, and nothing of it stays behind', () => {
  const endless = function* (): Generator<Uint8Array> {
    for (;;) yield Buffer.from('a: b\n'.repeat(200));
  };
  inTemporaryFolder((own) => {
    const spool = (): unknown => spoolDump('-', endless(), 5000, undefined, 50_000);
    assert.throws(spool, /no end of it after 0\.00005 GB/);
    assert.deepEqual(readdirSync(own), []);
  });
});

/** Runs with a folder of its own for temporary files. */
function inTemporaryFolder(run: (own: string) => void): void {
  const known = process.env['TMPDIR'];
  const own = mkdtempSync(path.join(folder, 'temporary-'));
  process.env['TMPDIR'] = own;
  try {
    run(own);
  } finally {
    if (known === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = known;
  }
}

test('where no temporary file can be written that is a problem of standard input', () => {
  const known = process.env['TMPDIR'];
  process.env['TMPDIR'] = path.join(folder, 'missing');
  try {
    const stdinBlocks = (): Iterable<Uint8Array> => [Buffer.from(pretty([long('a')]))];
    const reader = new ManifestReader(['-'], { cwd: folder, exclude: [], dumpFrom: 1, stdinBlocks });
    assert.deepEqual(reader.read(0), []);
    assert.match(reader.result().problems[0]!.reason, /^cannot be read: no such file/);
  } finally {
    if (known === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = known;
  }
});

test('a file of UTF-16 is read as any other', () => {
  const bytes = Buffer.from(`\ufeff${pretty([pod('wide')])}`, 'utf16le');
  const [dumped] = readBothWays(folder, 'wide.json', bytes);
  assert.deepEqual(
    dumped!.manifests.map(({ reference }) => reference.name),
    ['wide'],
  );
});

test('a long List in YAML that is no object has no items, however it is read', () => {
  const items = 'items:\n- {apiVersion: v1, kind: Pod, metadata: {name: a}}\n';
  for (const head of ['kind: List\n', 'kind: PodList\napiVersion: ""\n']) {
    const text = `${head}${items}metadata: {x: ${padding}}\n`;
    const [dump, whole] = readBothWays(folder, 'no-version.yaml', text);
    assert.deepEqual(dump!.problems, whole!.problems);
    assert.deepEqual([dump!.manifests, whole!.manifests], [[], []]);
    assert.match(dump!.problems[0]!.reason, /its apiVersion is not set$/);
  }
});
