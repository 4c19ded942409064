import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';

const program = fileURLToPath(new URL('../bin/scantling.js', import.meta.url));

test('a clone under a Node without TypeScript says what to do, in one line', () => {
  const args = ['--no-experimental-strip-types', program, 'version'];
  const { status, stderr, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  assert.deepEqual([status, stdout], [2, '']);
  assert.match(
    stderr,
    /^error: a clone runs TypeScript, which Node [\d.]+ does not: call it as "npx \."[^\n]*\n$/,
  );
});
