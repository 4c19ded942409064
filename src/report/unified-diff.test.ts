import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { patchName, unifiedDiff } from './unified-diff.ts';

const names: [string, string] = ['a', 'b'];
const numbered = (count: number) => Array.from({ length: count }, (_, i) => `line ${i + 1}\n`);

test('equal texts have no difference', () => {
  assert.equal(unifiedDiff('a\nb\n', 'a\nb\n', names), '');
});

test('three lines of context, numbers from 1', () => {
  const before = numbered(10);
  const after = before.with(4, 'changed\n');
  assert.equal(
    unifiedDiff(before.join(''), after.join(''), names),
    `--- a
+++ b
@@ -2,7 +2,7 @@
 line 2
 line 3
 line 4
-line 5
+changed
 line 6
 line 7
 line 8
`,
  );
});

test('changes far from each other are hunks of their own', () => {
  const before = numbered(30);
  const after = before.with(2, 'x\n').with(25, 'y\n');
  const text = unifiedDiff(before.join(''), after.join(''), names);
  assert.deepEqual(text.match(/^@@.*$/gm), ['@@ -1,6 +1,6 @@', '@@ -23,7 +23,7 @@']);
});

test('something added to nothing, and the other way round', () => {
  assert.equal(unifiedDiff('', 'a\n', names), '--- a\n+++ b\n@@ -0,0 +1 @@\n+a\n');
  assert.equal(unifiedDiff('a\n', '', names), '--- a\n+++ b\n@@ -1 +0,0 @@\n-a\n');
});

test('a last line without a line break', () => {
  assert.equal(
    unifiedDiff('a', 'b', names),
    '--- a\n+++ b\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n',
  );
});

test('texts with nothing in common end in bounded time', () => {
  const [left, right] = ['l', 'r'].map((side) =>
    numbered(5_000)
      .map((line) => side + line)
      .join(''),
  );
  const text = unifiedDiff(left!, right!, names);
  assert.equal(text.match(/^-l/gm)?.length, 5_000);
  assert.equal(text.match(/^\+r/gm)?.length, 5_000);
});

const hasPatch = spawnSync('patch', ['--version']).status === 0;

test('patch makes the second text of the first', { skip: !hasPatch && 'no patch program here' }, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'scantling-diff-'));
  const lines = fc.array(fc.constantFrom('a\n', 'b\n', 'c\n', 'd\n'), { maxLength: 40 });
  try {
    fc.assert(
      fc.property(lines, lines, (left, right) => {
        const file = path.join(folder, 'text');
        writeFileSync(file, left.join(''));
        const diff = unifiedDiff(left.join(''), right.join(''), names);
        if (diff === '') return assert.deepEqual(left, right);
        const done = spawnSync('patch', ['-s', '-o', '-', file], { input: diff, encoding: 'utf8' });
        assert.equal(done.stdout, right.join(''), diff);
      }),
      { numRuns: 40 },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('names that a patch cannot have as they are', () => {
  assert.equal(patchName('a/web.yaml'), 'a/web.yaml');
  assert.equal(patchName('a/ünï 😀.yaml'), 'a/ünï 😀.yaml\t');
  assert.equal(patchName('a/"b".yaml'), String.raw`"a/\"b\".yaml"`);
  assert.equal(patchName('a/b\\c d.yaml'), String.raw`"a/b\\c d.yaml"`);
  assert.equal(patchName('a\nb\tc\x1b[m\x7f'), String.raw`"a\012b\011c\033[m\177"`);
});
