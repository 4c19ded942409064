import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { printedByExamples } from './package/examples.ts';

const folder = path.join(import.meta.dirname, '../examples/library');

test('every example is run', () => {
  assert.deepEqual(
    readdirSync(folder)
      .filter((name) => name.endsWith('.js'))
      .sort(),
    Object.keys(printedByExamples).sort(),
  );
});

for (const [name, expected] of Object.entries(printedByExamples)) {
  test(`examples/library/${name} prints what it says`, () => {
    const args = ['--conditions=source', path.join(folder, name)];
    assert.equal(execFileSync(process.execPath, args, { encoding: 'utf8' }), expected);
  });
}
