import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { copyInputs, root, run } from './calls.ts';
import { executable } from './programs.ts';

/** The instructions of the Dockerfile, with continued lines joined. */
const instructions = readFileSync(path.join(root, 'Dockerfile'), 'utf8')
  .replaceAll(/^#.*\n/gm, '')
  .replaceAll('\\\n', ' ')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => line.split(/\s+/));

describe('the Dockerfile', () => {
  test('copies what its context holds, and the context holds nothing else', () => {
    const copied = instructions
      .filter(([name, option]) => name === 'COPY' && !option!.startsWith('--from'))
      .flatMap((words) => words.slice(1, -1));
    const ignore = readFileSync(path.join(root, '.dockerignore'), 'utf8').trim().split('\n');
    assert.equal(ignore[0], '*');
    assert.deepEqual(
      copied.sort(),
      ignore
        .slice(1)
        .map((line) => line.replace('!', ''))
        .sort(),
    );
  });

  test('has a stage for each processor, under the names that BuildKit gives them', () => {
    const stages = instructions.filter(([name, base]) => name === 'FROM' && base === 'scratch');
    assert.deepEqual(
      stages.map((words) => words.at(-1)),
      ['amd64', 'arm64'],
    );
  });

  test('runs as a user who is not root, without a shell', () => {
    const last = (name: string) =>
      instructions
        .findLast((words) => words[0] === name)!
        .slice(1)
        .join(' ');
    assert.match(last('USER'), /^[1-9]\d*:[1-9]\d*$/);
    assert.deepEqual(JSON.parse(last('ENTRYPOINT')), ['/usr/local/bin/scantling']);
    assert.equal(
      instructions.some(([name]) => name === 'RUN'),
      false,
    );
  });
});

const isRoot = process.getuid?.() === 0;

/** Starts a shell's script where there is no network and what it mounts is seen by nobody else. */
const apart = ['unshare', ...(isRoot ? [] : ['--map-root-user']), '--net', '--mount', 'sh', '-c'];

/** Starts a command in a root folder of its own that cannot be written to, as another user where this one is root. */
function prison(folder: string): readonly string[] {
  const user = isRoot ? '--userspec=65532:65532' : '';
  const script = `mount --bind "${folder}" "${folder}" && mount -o remount,bind,ro "${folder}" &&
    cd "${folder}" && exec chroot ${user} . "$@"`;
  return [...apart, script, 'sh'];
}

/** What a program is linked with: the files that the base of the image holds. */
function libraries(program: string): string[] {
  const { stdout } = spawnSync('ldd', [program], { encoding: 'utf8' });
  return stdout.match(/\/\S+/g) ?? [];
}

describe('what an image holds, without an engine for containers', () => {
  const program = executable();
  let folder = '';
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'scantling-image-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const canTry = spawnSync(apart[0]!, [...apart.slice(1), 'mount --bind /tmp /tmp']).status === 0;
  const skip = program === undefined ? 'npm run release makes it' : !canTry && 'no own mounts here';
  if (skip !== false)
    console.warn(`SKIPPED: the program in a folder that holds what its image holds: ${skip}`);

  test('is enough: the program and its libraries, read-only, no /proc, no /tmp, no network', { skip }, () => {
    for (const file of libraries(program!)) {
      const target = path.join(folder, file);
      mkdirSync(path.dirname(target), { recursive: true });
      copyFileSync(file, target);
    }
    copyFileSync(program!, path.join(folder, 'scantling'));
    copyInputs(folder);
    spawnSync('chmod', ['-R', 'a+rX', folder]);
    // chroot lies where a user's own path need not lead.
    const env = { PATH: `${process.env['PATH']}:/usr/sbin` };
    const call = (...words: string[]) =>
      run([...prison(folder), '/scantling', ...words], { cwd: folder, env });
    const { out, err } = call('version');
    assert.match(out, /^scantling \d/, err);
    const expected = run([program!, 'scan', 'examples/shop'], { cwd: folder });
    assert.deepEqual(call('scan', 'examples/shop'), expected);
    const refused = call('fix', '--unsafe', 'examples/shop');
    assert.equal(refused.code, 3, refused.err);
    assert.match(refused.err, /EROFS|read-only/);
    assert.equal(existsSync(path.join(folder, 'tmp')), false);
  });
});
