import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { Repository } from './repository.ts';

function folder(context: TestContext): string {
  const root = mkdtempSync(path.join(tmpdir(), 'scantling-repository-'));
  context.after(() => rmSync(root, { recursive: true, force: true }));
  for (const one of ['a/b', '.git/x', '.hidden']) mkdirSync(path.join(root, one), { recursive: true });
  for (const one of ['a/b/c.yaml', '.git/config', '.hidden/d', 'e']) writeFileSync(path.join(root, one), '');
  symlinkSync(root, path.join(root, 'a/loop'));
  return root;
}

test('folders and files below the root, links not followed', (context) => {
  const repository = new Repository(folder(context));
  assert.deepEqual(repository.list('folders'), ['a', 'a/b']);
  assert.deepEqual(repository.list('files'), ['.hidden/d', 'a/b/c.yaml', 'e']);
});

test('what is there is listed once, and not looked through without an end', (context) => {
  const root = folder(context);
  const repository = new Repository(root, 7);
  const files = repository.list('files');
  writeFileSync(path.join(root, 'later'), '');
  assert.equal(repository.list('files'), files);
  assert.equal(repository.list('files'), undefined);
  assert.equal(repository.list('folders'), undefined);
});

test('of a folder that is not there nothing is found', () => {
  assert.deepEqual(new Repository('/nowhere/at/all').list('files'), []);
});
