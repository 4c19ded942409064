import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { linkStatOf, statOf } from './stat-of.ts';

test('files, folders and links; nothing, and what cannot be asked for, are undefined', (context) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'scantling-stat-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const [file, dangling, circle] = ['a.yaml', 'dangling', 'circle'].map((name) => path.join(folder, name));
  writeFileSync(file!, '');
  symlinkSync('nowhere', dangling!);
  symlinkSync('circle', circle!);
  assert.ok(statOf(folder)?.isDirectory());
  assert.ok(statOf(file!)?.isFile());
  assert.ok(linkStatOf(dangling!)?.isSymbolicLink());
  for (const absent of [
    dangling!,
    circle!,
    path.join(folder, 'gone'),
    path.join(file!, 'x'),
    'a\0b',
    path.join(folder, 'x'.repeat(300)),
  ])
    assert.equal(statOf(absent), undefined, absent);
  assert.equal(linkStatOf(path.join(folder, 'gone')), undefined);
  assert.equal(linkStatOf('a\0b'), undefined);
});
