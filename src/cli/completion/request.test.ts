import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { main } from '../main.ts';
import { answerShell, formatCompletion } from './request.ts';
import type { Vocabulary } from './vocabulary.ts';
import { fewWords } from './vocabulary.fixture.ts';

async function answer(line: readonly string[], cwd = '/', vocabulary = (): Vocabulary => fewWords) {
  let out = '';
  const code = await answerShell(line, { cwd, out: (text) => void (out += text) }, vocabulary);
  return { code, out };
}

describe('the answer to a shell', () => {
  test('has a line for each word and what to do last', () => {
    const words = [
      ['a', 'one\n  two'],
      ['b', ''],
    ] as const;
    assert.equal(formatCompletion({ words, files: false, isOpen: false }), 'a\tone two\nb\n:4\n');
    assert.equal(formatCompletion({ words: [], files: true, isOpen: false }), ':0\n');
    assert.equal(formatCompletion({ words: [], files: false, isOpen: true }), ':6\n');
  });

  test('has short descriptions', () => {
    const text = formatCompletion({ words: [['a', 'x'.repeat(100)]], files: false, isOpen: false });
    assert.equal(text, `a\t${'x'.repeat(71)}…\n:4\n`);
  });

  test('is an error for the shell, and silence for the person, where the words cannot be had', async () => {
    const broken = await answer(['scan', ''], '/', () => {
      throw new Error('no catalogue');
    });
    assert.deepEqual(broken, { code: 0, out: ':1\n' });
  });

  test('names branches and tags, in a folder without a repository none', async (context) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'scantling-refs-'));
    context.after(() => rmSync(folder, { recursive: true }));
    const ask = ['scan', '--since', ''];
    assert.equal((await answer(ask, folder)).out, ':4\n');
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], {
        cwd: folder,
        stdio: 'pipe',
      });
    git('init', '-q', '-b', 'trunk');
    git('commit', '-q', '--allow-empty', '-m', 'one');
    git('tag', 'v1');
    assert.equal((await answer(ask, folder)).out, 'trunk\nv1\n:4\n');
  });
});

test('the program answers from its own table of verbs and its catalogue', async () => {
  let out = '';
  const code = await main(['__complete', 'scan', '-c', 'privileged-con'], {
    out: (text) => void (out += text),
    err: assert.fail,
    outIsTerminal: false,
    errIsTerminal: false,
    columns: 80,
    stdin: () => Buffer.alloc(0),
    env: {},
    cwd: '/',
  });
  assert.equal(code, 0);
  assert.equal(out, 'privileged-container\tcritical: a container runs privileged\n:6\n');
});
