import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const root = path.join(import.meta.dirname, '../..');

/** The floors of docs/architecture.md: each room may import from itself and from what is listed. */
const below: Readonly<Record<string, readonly string[]>> = {
  model: [],
  yaml: [],
  cel: [],
  kube: ['model', 'yaml', 'cel'],
  policy: ['model', 'yaml', 'cel', 'kube'],
  collect: ['model', 'yaml', 'cel', 'kube', 'policy'],
  derive: ['model', 'yaml', 'cel', 'kube', 'policy'],
  edit: ['model', 'yaml', 'cel', 'kube', 'policy'],
  catalogue: ['model', 'yaml', 'cel', 'kube', 'policy', 'collect', 'derive'],
  report: ['model', 'yaml', 'cel', 'kube', 'policy', 'collect', 'derive', 'catalogue'],
  exceptions: ['model', 'yaml', 'cel', 'kube', 'policy', 'collect', 'derive', 'catalogue'],
  config: ['model', 'yaml', 'cel', 'kube', 'policy', 'collect', 'derive', 'catalogue'],
  loop: [
    'model',
    'yaml',
    'cel',
    'kube',
    'policy',
    'collect',
    'derive',
    'edit',
    'catalogue',
    'report',
    'exceptions',
    'config',
  ],
  cli: [
    'model',
    'yaml',
    'cel',
    'kube',
    'policy',
    'collect',
    'derive',
    'edit',
    'catalogue',
    'report',
    'exceptions',
    'config',
    'loop',
  ],
};

const sources = globSync('src/**/*.ts', { cwd: root }).map((file) => file.split(path.sep).join('/'));

function imports(file: string): { line: number; from: string }[] {
  return readFileSync(path.join(root, file), 'utf8')
    .split('\n')
    .flatMap((text, i) => {
      const from = /^\s*(?:import|export|\}).*?from ['"]([^'"]+)['"]|import\(['"]([^'"]+)['"]\)/.exec(text);
      return from === null ? [] : [{ line: i + 1, from: (from[1] ?? from[2])! }];
    });
}

test('every room stands on a floor', () => {
  const rooms = new Set(sources.map((file) => file.split('/')[1]!).filter((room) => !room.endsWith('.ts')));
  for (const room of rooms) assert.ok(room in below, `src/${room} is on no floor`);
});

test('imports point only downward', () => {
  const bad: string[] = [];
  for (const file of sources) {
    const room = file.split('/')[1]!;
    if (!(room in below)) continue;
    for (const { line, from } of imports(file)) {
      if (!from.startsWith('.')) continue;
      const target = path.posix.join(path.posix.dirname(file), from).split('/')[1]!;
      if (target !== room && !below[room]!.includes(target))
        bad.push(`${file}:${line} ${room} imports ${target}`);
    }
  }
  assert.deepEqual(bad, []);
});

test('what runs in a browser imports nothing of Node', () => {
  const bad: string[] = [];
  for (const file of sources) {
    const isBrowser = /^src\/(model|yaml|cel|kube|policy|derive)\//.test(file);
    if (!isBrowser || /\.(test|fixture)\.ts$/.test(file)) continue;
    for (const { line, from } of imports(file))
      if (from.startsWith('node:')) bad.push(`${file}:${line} ${from}`);
  }
  assert.deepEqual(bad, []);
});

test('files stay small', () => {
  /** Longer than 600 lines only for a parser or checker. */
  const allowed = /\/(parse|check|parser|checker)\.ts$|\.generated\.ts$|\.test\.ts$/;
  const long = sources
    .filter((file) => !allowed.test(file))
    .map((file) => ({ file, lines: readFileSync(path.join(root, file), 'utf8').split('\n').length }))
    .filter(({ lines }) => lines > 600);
  assert.deepEqual(long, []);
});
