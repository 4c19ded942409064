import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eachAtOnce, findProgram, type ProgramOptions, runProgram } from './program.ts';

let folder = '';
before(() => void (folder = mkdtempSync(path.join(tmpdir(), 'scantling-program-'))));
after(() => rmSync(folder, { recursive: true, force: true }));

function script(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
  return file;
}

const run = (file: string, options: Partial<ProgramOptions> = {}) =>
  runProgram(file, ['a b', '$HOME'], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '' },
    timeoutSeconds: 20,
    maxOutput: 1_000_000,
    ...options,
  });

test('what it writes, with its arguments as they are', async () => {
  assert.deepEqual(await run(script('echo', 'echo "$1|$2|$SECRET"; echo noise >&2')), {
    output: 'a b|$HOME|\n',
  });
});

test('a failure is what it complains of, or how it ended', async () => {
  assert.deepEqual(await run(script('fail', 'echo out; echo "Error: no" >&2; exit 3')), {
    failure: 'Error: no',
  });
  assert.deepEqual(await run(script('silent', 'exit 4')), {
    failure: 'it ended with exit code 4 and said nothing',
  });
  assert.deepEqual(await run(script('killed', 'kill -9 $$')), {
    failure: 'it ended with signal SIGKILL and said nothing',
  });
  const [missing] = [await run(path.join(folder, 'nowhere'))];
  assert.match('failure' in missing ? missing.failure : '', /^it cannot be started: .*ENOENT/);
});

test('what hangs is stopped with all it has started', async () => {
  const pids = path.join(folder, 'pids');
  const file = script('hang', `sleep 600 &\necho $! > ${pids}\nsleep 600`);
  const started = Date.now();
  assert.deepEqual(await run(file, { timeoutSeconds: 1 }), {
    failure: 'it took longer than 1 s and was stopped',
  });
  assert.ok(Date.now() - started < 300_000);
  const child = Number(readFileSync(pids, 'utf8'));
  for (let i = 0; i < 600 && isRunning(child); i++) await sleep(50);
  assert.ok(!isRunning(child), `${child} still runs`);
});

test('what never stops writing is stopped, on both ways out', async () => {
  const result = await run(script('yes', 'yes'), { maxOutput: 2 ** 20 });
  assert.deepEqual(result, { failure: 'it wrote more than 1 MiB and was stopped' });
  const loud = await run(script('loud', 'yes >&2'), { timeoutSeconds: 1 });
  assert.deepEqual(loud, { failure: 'it took longer than 1 s and was stopped' });
});

test('a child that stays behind does not keep us waiting', async () => {
  const started = Date.now();
  const result = await run(script('behind', '(sleep 600) &\necho done'));
  assert.ok(Date.now() - started < 300_000);
  assert.deepEqual(result, { output: 'done\n' });
});

test('programs are found by their variable, else on PATH', () => {
  const file = script('helm', 'true');
  assert.equal(findProgram('helm', 'X', { PATH: `relative::${folder}` }, '/'), file);
  assert.equal(findProgram('helm', 'X', { X: 'helm', PATH: '' }, folder), file);
  assert.equal(findProgram('helm', 'X', { X: 'no-such', PATH: folder }, folder), undefined);
  assert.equal(findProgram('helm', 'X', {}, folder), undefined);
  assert.equal(findProgram('', 'X', { PATH: folder }, folder), undefined);
});

test('some at once, the answers in order', async () => {
  let now = 0;
  let most = 0;
  const answers = await eachAtOnce([5, 1, 3, 2], 2, async (n) => {
    most = Math.max(most, ++now);
    await sleep(n * 5);
    now--;
    return n * 10;
  });
  assert.deepEqual(answers, [50, 10, 30, 20]);
  assert.equal(most, 2);
  assert.deepEqual(await eachAtOnce([], 2, async (n) => n), []);
});

/** Zombies do not run any more. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
