import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { replaceFile } from './replace-file.ts';

const isRoot = process.getuid?.() === 0;

function folder(t: TestContext): string {
  const made = mkdtempSync(path.join(tmpdir(), 'scantling-'));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** A file with a text; what it is replaced by is longer, or shorter. */
function file(t: TestContext, text = 'before\n'): string {
  const name = path.join(folder(t), 'a.yaml');
  writeFileSync(name, text);
  return name;
}

function replace(name: string, after: string): void {
  replaceFile(name, readFileSync(name), Buffer.from(after));
}

const texts = { longer: 'a longer text than before\n', shorter: 'x\n', 'nothing at all': '' };

for (const [what, after] of Object.entries(texts)) {
  test(`${what}: the name leads to a whole text all the time, and nothing else is left`, (t) => {
    const name = file(t);
    const { ino } = statSync(name);
    replace(name, after);
    assert.equal(readFileSync(name, 'utf8'), after);
    assert.notEqual(statSync(name).ino, ino, 'written in place, which can end half-way');
    assert.deepEqual(readdirSync(path.dirname(name)), ['a.yaml']);
  });

  test(`${what}: other names of the file lead to the same text`, (t) => {
    const name = file(t);
    linkSync(name, `${name}.link`);
    replace(name, after);
    assert.equal(readFileSync(`${name}.link`, 'utf8'), after);
    assert.equal(statSync(name).nlink, 2);
    assert.equal(readdirSync(path.dirname(name)).length, 2);
  });
}

test('rights are kept, whatever the mask of the process', (t) => {
  const name = file(t);
  for (const mode of [0o600, 0o664, 0o755, 0o777]) {
    chmodSync(name, mode);
    replace(name, `${mode}`);
    assert.equal(statSync(name).mode & 0o7777, mode);
  }
});

test('the owner is kept', { skip: !isRoot && 'only root can give files away' }, (t) => {
  const name = file(t);
  try {
    chownSync(name, 1234, 2345);
  } catch (error) {
    return t.skip(`root cannot give files away here: ${(error as Error).message}`);
  }
  replace(name, 'after\n');
  const { gid, uid } = statSync(name);
  assert.deepEqual([uid, gid], [1234, 2345]);
});

test('a file that is gone is not made again', (t) => {
  const name = path.join(folder(t), 'a.yaml');
  assert.throws(() => replaceFile(name, Buffer.alloc(0), Buffer.from('x')), { code: 'ENOENT' });
  assert.deepEqual(readdirSync(path.dirname(name)), []);
});

/** Whether this root may become nobody, who then reaches the file: not so in some containers. */
function canBeNobody(name: string): boolean {
  const script = `process.setgroups([]); process.setgid(65534); process.setuid(65534);
    require('node:fs').readFileSync(${JSON.stringify(name)});`;
  return spawnSync(process.execPath, ['-e', script]).status === 0;
}

/** Without root's rights, as the user nobody. */
function asNobody(name: string, after: string): { status: number | null; stderr: string } {
  const module = new URL('./replace-file.ts', import.meta.url).href;
  const script = `process.setgroups([]); process.setgid(65534);
    const { replaceFile } = await import(${JSON.stringify(module)});
    const { readFileSync } = await import('node:fs');
    process.setuid(65534);
    replaceFile(${JSON.stringify(name)}, readFileSync(${JSON.stringify(name)}), Buffer.from(${JSON.stringify(after)}));`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
}

test('a file that cannot be written is not, though its folder can', (t) => {
  const name = file(t);
  chmodSync(path.dirname(name), 0o777);
  chmodSync(name, 0o444);
  if (!isRoot) assert.throws(() => replace(name, 'after\n'), { code: 'EACCES' });
  else if (!canBeNobody(name)) return t.skip('root may write everything, and cannot become nobody here');
  else {
    const { status, stderr } = asNobody(name, 'after\n');
    assert.equal(status, 1, stderr);
    assert.match(stderr, /EACCES/);
  }
  assert.equal(readFileSync(name, 'utf8'), 'before\n');
  assert.deepEqual(readdirSync(path.dirname(name)), ['a.yaml']);
});

test(
  'without the right to write the folder, or to make its owner',
  { skip: !isRoot && 'needs root' },
  (t) => {
    for (const [mode, owner] of [
      [0o755, 65534],
      [0o777, 0],
    ] as const) {
      const name = file(t);
      chmodSync(path.dirname(name), mode);
      chmodSync(name, 0o666);
      if (!canBeNobody(name)) return t.skip('root cannot become nobody here');
      chownSync(name, owner, owner);
      for (const after of ['a longer text than before\n', 'x\n']) {
        const { status, stderr } = asNobody(name, after);
        assert.equal(status, 0, stderr);
        assert.equal(readFileSync(name, 'utf8'), after);
        const { gid, mode, uid } = statSync(name);
        assert.deepEqual([uid, gid, mode & 0o777], [owner, owner, 0o666]);
        assert.deepEqual(readdirSync(path.dirname(name)), ['a.yaml']);
      }
    }
  },
);

/** A disk of a few kilobytes, where this machine lets a test have one. */
function tinyDisk(t: TestContext): string | undefined {
  const disk = mkdtempSync(path.join(tmpdir(), 'scantling-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', disk]);
  t.after(() => {
    if (status === 0) execFileSync('umount', [disk]);
    rmSync(disk, { recursive: true });
  });
  return status === 0 ? disk : undefined;
}

for (const links of [1, 2]) {
  test(`a full disk, ${links} name(s): the file is as it was`, (t) => {
    const disk = tinyDisk(t);
    if (disk === undefined) return t.skip('no small disk can be mounted here');
    const name = path.join(disk, 'a.yaml');
    const before = 'b'.repeat(8192);
    writeFileSync(name, before);
    if (links === 2) linkSync(name, `${name}.link`);
    assert.throws(() => replace(name, 'a'.repeat(20_000)), { code: 'ENOSPC' });
    assert.equal(readFileSync(name, 'utf8'), before);
    assert.equal(readdirSync(disk).length, links);
  });
}
