import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { calls, copyInputs, root, run, wordsOf } from './calls.ts';

const program = path.join(root, 'release/scantling-linux-arm64');
const emulators = ['qemu-aarch64-static', 'qemu-aarch64'];

/** What to put before the program so that it runs here; undefined where nothing can. */
function start(): readonly string[] | undefined {
  if (process.arch === 'arm64') return [];
  // QEMU_LD_PREFIX names a folder with the C and C++ libraries of arm64.
  if (process.env['QEMU_LD_PREFIX'] === undefined) return undefined;
  const emulator = emulators.find((name) => spawnSync(name, ['--version']).status === 0);
  return emulator === undefined ? undefined : [emulator];
}

describe('the single executable for arm64', () => {
  const prefix = existsSync(program) ? start() : undefined;
  const skip = prefix === undefined && 'it needs arm64, or qemu-aarch64 and QEMU_LD_PREFIX';
  if (skip !== false) console.warn(`SKIPPED: the executable for arm64 is not run: ${skip}`);

  let folder = '';
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'scantling-arm64-'));
    copyInputs(folder);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const call of calls) {
    test(`${call.words}: as the npm package`, { skip }, () => {
      const bundle = [process.execPath, path.join(root, 'dist/cli.js')];
      const env = { PATH: process.env['PATH'], QEMU_LD_PREFIX: process.env['QEMU_LD_PREFIX'] };
      assert.deepEqual(
        run([...prefix!, program, ...wordsOf(call)], { cwd: folder, env }),
        run([...bundle, ...wordsOf(call)], { cwd: folder }),
      );
    });
  }
});
