import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { walk } from './walk.ts';

let root: string;

/** The user that owns nothing, by number (Debian and most others). */
const nobody = 65_534;

function write(file: string, text = ''): void {
  const absolute = path.join(root, file);
  mkdirSync(path.dirname(absolute), { recursive: true });
  writeFileSync(absolute, text);
}

before(() => {
  root = mkdtempSync(path.join(tmpdir(), 'walk-'));
  mkdirSync(path.join(root, 'repo/.git'), { recursive: true });
  write('repo/.gitignore', 'build/\n*.local.yaml\n!keep.local.yaml\n');
  write('repo/a.yaml');
  write('repo/b.yml');
  write('repo/c.json');
  write('repo/d.txt');
  write('repo/my.local.yaml');
  write('repo/keep.local.yaml');
  write('repo/build/out.yaml');
  write('repo/node_modules/x/package.json');
  write('repo/.git/config.yaml');
  write('repo/deep/er/e.yaml');
  write('repo/deep/.gitignore', 'er/skip.yaml');
  write('repo/deep/er/skip.yaml');
  write('outside/secret.yaml');
  symlinkSync(path.join(root, 'outside/secret.yaml'), path.join(root, 'repo/link.yaml'));
  symlinkSync(path.join(root, 'outside'), path.join(root, 'repo/linked-folder'));
  symlinkSync(path.join(root, 'repo/a.yaml'), path.join(root, 'repo/inside.yaml'));
  symlinkSync(path.join(root, 'repo'), path.join(root, 'repo/deep/loop'));
  symlinkSync(path.join(root, 'nowhere'), path.join(root, 'repo/dangling.yaml'));
});
after(() => rmSync(root, { recursive: true }));

const shown = (inputs: string[], exclude: string[] = [], cwd = path.join(root, 'repo')): string[] =>
  walk(inputs, { cwd, exclude }).files.map((file) => file.shown);

test('a folder yields its manifests and leaves out what git ignores', () => {
  assert.deepEqual(shown(['.']), ['a.yaml', 'b.yml', 'c.json', 'deep/er/e.yaml', 'keep.local.yaml']);
});

test('a named file is taken whatever it is called and whatever git ignores', () => {
  assert.deepEqual(shown(['d.txt', 'my.local.yaml', './a.yaml']), ['a.yaml', 'd.txt', 'my.local.yaml']);
});

test('a .gitignore above the folder counts, up to the repository and no further', () => {
  write('.gitignore', '*.yaml');
  assert.deepEqual(shown(['deep'], [], path.join(root, 'repo')), ['deep/er/e.yaml']);
});

test('each file comes once, and named wins over found', () => {
  const found = walk(['.', 'a.yaml', 'a.yaml'], { cwd: path.join(root, 'repo'), exclude: [] });
  assert.equal(found.files.filter((file) => file.shown === 'a.yaml').length, 1);
  assert.equal(found.files.find((file) => file.shown === 'a.yaml')!.named, true);
  assert.equal(found.files.find((file) => file.shown === 'b.yml')!.named, false);
});

test('a glob is expanded, braces and double stars included', () => {
  assert.deepEqual(shown(['**/*.{yml,json}']), ['b.yml', 'c.json']);
  assert.deepEqual(shown(['deep/**/*.yaml']), ['deep/er/e.yaml']);
});

test('excluded names and folders are left out', () => {
  assert.deepEqual(shown(['.'], ['deep', '*.json']), ['a.yaml', 'b.yml', 'keep.local.yaml']);
  assert.deepEqual(shown(['.'], ['deep/er/']), ['a.yaml', 'b.yml', 'c.json', 'keep.local.yaml']);
  assert.deepEqual(shown(['a.yaml', 'b.yml'], ['a.*']), ['b.yml']);
});

test('links out of the tree are noted and not followed', () => {
  const found = walk(['.'], { cwd: path.join(root, 'repo'), exclude: [] });
  assert.deepEqual([...found.notFollowed].sort(), ['link.yaml', 'linked-folder']);
});

test('what is not there is said, and the rest goes on', () => {
  const found = walk(['nope.yaml', 'nope/*.yaml', 'a.yaml'], { cwd: path.join(root, 'repo'), exclude: [] });
  assert.deepEqual(found.missing, [
    { input: 'nope.yaml', reason: 'no such file or directory' },
    { input: 'nope/*.yaml', reason: 'the pattern matches no file' },
  ]);
  assert.equal(found.files.length, 1);
});

test('a path outside the working folder is shown in full', () => {
  assert.deepEqual(shown([path.join(root, 'outside/secret.yaml')]), [
    path.join(root, 'outside/secret.yaml').split(path.sep).join('/'),
  ]);
});

test('what lies behind a folder that nobody may enter is told with the reason', (context) => {
  const { geteuid, seteuid } = process;
  if (geteuid === undefined || seteuid === undefined) {
    console.warn('SKIPPED: a closed folder is not tried, this system knows no users as Unix does');
    return context.skip('no users as of Unix');
  }
  const own = mkdtempSync(path.join(tmpdir(), 'scantling-closed-'));
  chmodSync(own, 0o755);
  const closed = path.join(own, 'closed');
  mkdirSync(closed);
  chmodSync(closed, 0o000);
  context.after(() => {
    chmodSync(closed, 0o700);
    rmSync(own, { recursive: true, force: true });
  });
  const user = geteuid();
  // Root may enter everything, so it is nobody as long as it looks, and no longer: other tests run in this process.
  let missing: unknown;
  try {
    if (user === 0) seteuid(nobody);
    ({ missing } = walk(['closed', 'closed/a.yaml'], { cwd: own, exclude: [] }));
  } finally {
    if (user === 0) seteuid(user);
  }
  assert.deepEqual(missing, [
    { input: 'closed', reason: 'cannot be read: permission denied' },
    { input: 'closed/a.yaml', reason: 'cannot be read: permission denied' },
  ]);
});
