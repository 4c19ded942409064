import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { main } from '../src/cli/main.ts';
import type { Streams } from '../src/cli/stream.ts';
import { privilegedPod, project, run } from './golden/program.ts';

const bin = fileURLToPath(new URL('../bin/scantling.js', import.meta.url));
const fix = ['fix', '--only', 'privileged-container', '--unsafe'];

const noStreams: Streams = {
  out: () => undefined,
  err: () => undefined,
  outIsTerminal: false,
  errIsTerminal: false,
  columns: 120,
  stdin: () => Buffer.alloc(0),
  env: {},
  cwd: '/',
};

/** Runs `scantling fix .` where something happens to the files after they are read, before they are written. */
async function fixWhile(cwd: string, meanwhile: () => void): Promise<{ code: number; err: string }> {
  let err = '';
  const code = await main([...fix, '.'], {
    ...noStreams,
    // The broken file is told of when everything is read and nothing is written.
    err: (text) => {
      if (err === '') meanwhile();
      err += text;
    },
    cwd,
  });
  return { code, err };
}

describe('a file that cannot be written is not told as fixed', () => {
  test('a file that changed since it was read', async (t) => {
    const cwd = project(t, { 'pod.yaml': privilegedPod, 'z.yaml': 'apiVersion: v1\nkind: Pod\nspec: [' });
    const { code, err } = await fixWhile(cwd, () => writeFileSync(path.join(cwd, 'pod.yaml'), 'new: work\n'));
    assert.equal(code, 3);
    assert.match(err, /^error {2}pod\.yaml {2}not changed: .*has changed since it was read$/m);
    assert.match(err, /^left .* the file could not be changed$/m);
    assert.doesNotMatch(err, /^fixed/m);
    assert.match(err, /^0 failures fixed in 0 files, 1 left$/m);
    assert.equal(readFileSync(path.join(cwd, 'pod.yaml'), 'utf8'), 'new: work\n');
  });

  test('a file that is gone since it was read is not made again', async (t) => {
    const cwd = project(t, { 'pod.yaml': privilegedPod, 'z.yaml': 'apiVersion: v1\nkind: Pod\nspec: [' });
    const { code, err } = await fixWhile(cwd, () => rmSync(path.join(cwd, 'pod.yaml')));
    assert.equal(code, 3);
    assert.match(err, /^error {2}pod\.yaml {2}not changed: it is not there any more$/m);
    assert.doesNotMatch(err, /^fixed/m);
  });

  test('a read-only file, whoever asks; the others are mended', async (t) => {
    const cwd = project(t, { 'pod.yaml': privilegedPod, 'other.yaml': privilegedPod });
    chmodSync(path.join(cwd, 'pod.yaml'), 0o444);
    const { code, err, lastLine } = await run([...fix, '.'], { cwd });
    assert.equal(code, 3);
    assert.match(err, /^error {2}pod\.yaml {2}not changed: it is read-only$/m);
    assert.match(err, /^left {3}pod\.yaml:/m);
    assert.match(err, /^fixed {2}other\.yaml:/m);
    assert.equal(lastLine, '1 failure fixed in 1 file, 1 left');
    assert.equal(readFileSync(path.join(cwd, 'pod.yaml'), 'utf8'), privilegedPod);
  });

  for (const [what, named] of [
    ['a file', 'link.yaml'],
    ['a folder', 'folder'],
    ['a folder on the way', 'folder/pod.yaml'],
  ] as const) {
    test(`behind a symbolic link: ${what}; the difference is not shown either`, async (t) => {
      const elsewhere = project(t, { 'pod.yaml': privilegedPod });
      const cwd = project(t);
      symlinkSync(path.join(elsewhere, 'pod.yaml'), path.join(cwd, 'link.yaml'));
      symlinkSync(elsewhere, path.join(cwd, 'folder'));
      for (const more of [[], ['--diff']]) {
        const { code, err, out } = await run([...fix, named, ...more], { cwd });
        assert.equal(code, 3);
        assert.equal(out, '');
        assert.match(err, /^error .* not changed: it is behind a symbolic link$/m);
        assert.doesNotMatch(err, /^fixed/m);
      }
      assert.equal(readFileSync(path.join(elsewhere, 'pod.yaml'), 'utf8'), privilegedPod);
    });
  }
});

test('links above the working folder do not matter, nor those above a file elsewhere', async (t) => {
  const real = project(t, { 'work/pod.yaml': privilegedPod, 'else/pod.yaml': privilegedPod });
  const cwd = path.join(project(t), 'link');
  symlinkSync(real, cwd);
  const inside = await run([...fix, 'pod.yaml'], { cwd: path.join(cwd, 'work') });
  assert.deepEqual([inside.code, inside.lastLine], [0, '1 failure fixed in 1 file']);
  mkdirSync(path.join(real, 'third'));
  const outside = await run([...fix, '../else/pod.yaml'], { cwd: path.join(cwd, 'third') });
  assert.deepEqual([outside.code, outside.lastLine], [0, '1 failure fixed in 1 file']);
});

describe('a fix that makes another control about the object', () => {
  const pod = `apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  hostNetwork: true # of the node
  containers:
  - {name: web, image: "nginx:1"}
`;
  const all = ['--only', 'host-namespaces,users-of-the-node,low-user-id', '--unsafe'];

  test('is followed by its fix: a second run has nothing to do', async (t) => {
    const cwd = project(t, { 'pod.yaml': pod, 'folder/pod.yaml': pod });
    const diff = await run(['fix', '.', ...all, '--diff'], { cwd });
    assert.equal(diff.code, 1);
    assert.match(diff.out, /^-  hostNetwork: true # of the node$/m);
    assert.match(diff.out, /^\+  hostUsers: false$/m);
    assert.match(diff.err, /^fixes {2}pod\.yaml:4 {2}users-of-the-node /m);
    assert.doesNotMatch(diff.err, /^fixed/m);
    const first = await run(['fix', '.', ...all], { cwd });
    assert.equal(first.lastLine, '4 failures fixed in 2 files');
    assert.match(first.err, /^fixed {2}pod\.yaml:5 {2}host-namespaces /m);
    const mended = readFileSync(path.join(cwd, 'pod.yaml'), 'utf8');
    assert.match(mended, /^spec:\n {2}containers:\n.*\n {2}hostUsers: false\n$/m);
    const second = await run(['fix', '.', ...all], { cwd });
    assert.equal(second.lastLine, '0 failures fixed in 0 files');
    assert.equal(readFileSync(path.join(cwd, 'pod.yaml'), 'utf8'), mended);
  });

  test('from standard input too, whose text is printed once', async (t) => {
    const { out } = await run(['fix', '-', ...all], { cwd: project(t), stdin: pod });
    assert.equal(out.split('kind: Pod').length, 2);
    assert.match(out, /^ {2}hostUsers: false$/m);
    assert.doesNotMatch(out, /hostNetwork/);
  });
});

describe('what goes through a pipe is not lost', () => {
  const mend = ['fix', '-', '--only', 'privileged-container'];
  const texts = {
    'what has nothing to mend': 'kind: Nothing # é\n',
    'what has nothing that is safe to mend': privilegedPod,
    'what is broken': 'apiVersion: v1\nkind: Pod\nspec: [\n',
    'no text at all': '',
  };
  for (const [what, text] of Object.entries(texts)) {
    test(what, async (t) => {
      const { out } = await run(mend, { cwd: project(t), stdin: text });
      assert.equal(out, text);
    });
  }

  test('nothing is printed where the changes are asked for, or nothing could be read', async (t) => {
    const cwd = project(t);
    assert.equal((await run([...mend, '--diff'], { cwd, stdin: privilegedPod })).out, '');
    let out = '';
    const code = await main(mend, {
      ...noStreams,
      out: (text) => void (out += text),
      stdin: () => {
        throw new Error('there is no end of it after 2 MB');
      },
      cwd,
    });
    assert.deepEqual([code, out], [3, '']);
  });

  test('bytes that are no text', async (t) => {
    const given = Buffer.from([0x61, 0x3a, 0x20, 0xff, 0x0a]);
    let out: Uint8Array | undefined;
    await main(mend, {
      ...noStreams,
      outBytes: (bytes) => void (out = bytes),
      stdin: () => given,
      cwd: project(t),
    });
    assert.deepEqual(out, given);
  });
});

describe('what is not read as it is written is not changed, and no change is shown', () => {
  const secondOfTwo = Buffer.concat([Buffer.from(`${privilegedPod}---\n# `), Buffer.from([0xe9, 0x0a])]);
  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(privilegedPod, 'utf16le')]);
  for (const [what, bytes] of [
    ['a document beside one that is not UTF-8', secondOfTwo],
    ['UTF-16', utf16],
  ] as const) {
    test(what, async (t) => {
      const cwd = project(t, { 'pod.yaml': bytes });
      for (const more of [[], ['--diff']]) {
        const file = await run([...fix, 'pod.yaml', ...more], { cwd });
        assert.deepEqual([file.code, file.out], [3, '']);
        assert.match(file.err, /^error {2}pod\.yaml {2}not changed: it is not UTF-8/m);
        assert.deepEqual(readFileSync(path.join(cwd, 'pod.yaml')), bytes);
        let out = Buffer.alloc(0);
        let err = '';
        const code = await main([...fix, '-', ...more], {
          ...noStreams,
          out: (text) => void (out = Buffer.concat([out, Buffer.from(text)])),
          outBytes: (written) => void (out = Buffer.concat([out, written])),
          err: (text) => void (err += text),
          stdin: () => bytes,
          cwd,
        });
        assert.equal(code, 3);
        assert.match(err, /^error {2}- {2}not changed: it is not UTF-8$/m);
        assert.deepEqual(out, more.length === 0 ? bytes : Buffer.alloc(0));
      }
    });
  }
});

test('a pipe with a name is not waited for', { skip: process.platform === 'win32' }, (t) => {
  const cwd = project(t);
  const command = `mkfifo pod.yaml; (printf '%s' "$POD" > pod.yaml &); exec "$NODE" "$BIN" ${fix.join(' ')} pod.yaml`;
  const { status, stderr } = spawnSync('sh', ['-c', command], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, POD: privilegedPod, NODE: process.execPath, BIN: bin },
    timeout: 60_000,
  });
  assert.equal(status, 3, stderr);
  assert.match(stderr, /^error {2}pod\.yaml {2}not changed: it is no ordinary file$/m);
});

test('the differences of all files together can be applied, whatever their names', async (t) => {
  const names = [
    'a b.yaml',
    'q"uote.yaml',
    'back\\slash.yaml',
    'new\nline.yaml',
    'tab\t.yaml',
    'ünï.yaml',
    ' .yaml',
  ];
  const files = Object.fromEntries(names.map((name) => [`of all/${name}`, privilegedPod]));
  for (const [program, ...more] of [
    ['patch', '-p1'],
    ['git', 'apply'],
  ] as const) {
    const cwd = project(t, files);
    const { out } = await run([...fix, '.', '--diff'], { cwd });
    const applied = spawnSync(program, more, { cwd, input: out, encoding: 'utf8' });
    if (applied.error !== undefined) {
      t.diagnostic(`SKIPPED: ${program} cannot be run: ${applied.error.message}`);
      continue;
    }
    assert.equal(applied.status, 0, applied.stderr + applied.stdout);
    for (const name of names) {
      assert.match(readFileSync(path.join(cwd, 'of all', name), 'utf8'), /privileged: false/);
    }
  }
});
