import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { readNamed } from './read-named.ts';

const hasDevices = existsSync('/dev/zero') && existsSync('/dev/null');

test('a plain file is read whole, however little is read of others', (context) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'scantling-named-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'a.yaml');
  writeFileSync(file, 'a: 1\n');
  assert.equal(readNamed(file, 1).toString(), 'a: 1\n');
  assert.throws(() => readNamed(path.join(folder, 'gone')), { code: 'ENOENT' });
  assert.throws(() => readNamed(folder), { code: 'EISDIR' });
});

test('a device ends where it ends, or is given up', { skip: !hasDevices && 'no devices here' }, () => {
  assert.equal(readNamed('/dev/null').length, 0);
  assert.throws(
    () => readNamed('/dev/zero', 2 ** 20),
    /^Error: it is no plain file and does not end within 1 MiB$/,
  );
});

test(
  'a pipe is read to its end',
  { skip: process.platform === 'win32' && 'no named pipes here' },
  (context) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'scantling-named-'));
    context.after(() => rmSync(folder, { recursive: true, force: true }));
    const pipe = path.join(folder, 'pipe.yaml');
    execFileSync('mkfifo', [pipe]);
    const writer = spawn('sh', ['-c', `yes "a: 1" | head -n 100000 > '${pipe}'`]);
    context.after(() => writer.kill());
    assert.equal(readNamed(pipe).length, 500_000);
  },
);
