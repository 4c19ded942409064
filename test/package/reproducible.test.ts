import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { checksums } from '../../scripts/release/checksums.ts';
import { root } from './calls.ts';

const sums = path.join(root, 'release/SHA256SUMS');

describe('making it again', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'scantling-again-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const make = (script: string, into: string) =>
    spawnSync(process.execPath, [script, into], { cwd: root, encoding: 'utf8' });

  test('gives the same bundles', () => {
    const built = path.join(folder, 'dist');
    // A bundle over its budget is for the build itself to say.
    make('scripts/build.ts', built);
    const { status, stdout } = spawnSync('diff', ['-r', built, path.join(root, 'dist')]);
    assert.equal(status, 0, String(stdout).slice(0, 500));
  });

  test('gives the same release', { skip: !existsSync(sums) && 'npm run release makes one' }, () => {
    const again = path.join(folder, 'release');
    const { status, stderr } = make('scripts/release/release.ts', again);
    assert.equal(status, 0, stderr);
    assert.equal(checksums(again), readFileSync(sums, 'utf8'));
  });
});
