import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { bashScript } from './bash.ts';
import { fishScript } from './fish.ts';
import { powershellScript } from './powershell.ts';
import { zshScript } from './zsh.ts';

/** A program with few words that answers as the real one does. */
const program = (here: string): string => `
import { answerShell } from '${here}/request.ts';
import { fewWords } from '${here}/vocabulary.fixture.ts';
const streams = { cwd: process.cwd(), out: (text) => void process.stdout.write(text) };
if (process.argv[2] === '__complete') await answerShell(process.argv.slice(3), streams, () => fewWords);
`;

/** What is typed, as a shell parts it, and what it makes of that; a list where more than one word fits. */
const typed: readonly (readonly [line: string, becomes: string | readonly string[]])[] = [
  ['scantling comp', 'scantling completion'],
  ['scantling scan --quie', 'scantling scan --quiet'],
  ['scantling scan --profile ess', 'scantling scan --profile essentials'],
  ['scantling scan --profile=ess', 'scantling scan --profile=essentials'],
  ['scantling scan -p essentials,pss-b', 'scantling scan -p essentials,pss-baseline'],
  ['scantling scan -o sa', 'scantling scan -o sarif'],
  ['scantling scan -o sarif=only-', 'scantling scan -o sarif=only-one.yaml'],
  ['scantling scan --config=only-', 'scantling scan --config=only-one.yaml'],
  ['scantling scan only-', 'scantling scan only-one.yaml'],
  ['scantling scan dep', 'scantling scan deploy/'],
  ['scantling explain priv', 'scantling explain privileged-container'],
  ['scantling scan -p pss', ['pss-baseline', 'pss-restricted']],
];
const alone = typed.flatMap(([line, becomes]) =>
  typeof becomes === 'string' ? [[line, becomes] as const] : [],
);

describe('the scripts in real shells', () => {
  let folder = '';
  let around: { cwd: string; env: NodeJS.ProcessEnv; encoding: 'utf8' };

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'scantling-shells-'));
    mkdirSync(path.join(folder, 'deploy'));
    mkdirSync(path.join(folder, 'bin'));
    writeFileSync(path.join(folder, 'only-one.yaml'), '');
    writeFileSync(path.join(folder, 'program.mjs'), program(import.meta.dirname));
    const start = `#!/bin/sh\nexec '${process.execPath}' '${folder}/program.mjs' "$@"\n`;
    writeFileSync(path.join(folder, 'bin/scantling'), start, { mode: 0o755 });
    const bin = `${path.join(folder, 'bin')}${path.delimiter}${process.env['PATH']}`;
    around = {
      cwd: folder,
      env: { PATH: bin, HOME: folder, TERM: 'dumb', LC_ALL: 'C.UTF-8' },
      encoding: 'utf8',
    };
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const has = (shell: string): boolean => spawnSync(shell, ['-c', 'exit 0']).status === 0;
  const missing = (shell: string): string | false =>
    has(shell) ? false : `NOT PROVED: there is no ${shell} on this machine`;

  function run(shell: string, args: readonly string[], script: string): string[] {
    const { status, stderr, stdout } = spawnSync(shell, [...args, script], around);
    assert.equal(stderr, '');
    assert.equal(status, 0);
    return stdout.trimEnd().split('\n');
  }

  test('bash', { skip: missing('bash') }, () => {
    const calls = typed.map(([line]) => {
      // As bash parts the line: at blanks, and around each =.
      const words = line.split(' ').flatMap((word) => word.split(/(=)/).filter((part) => part !== ''));
      return `COMP_WORDS=(${words.map((one) => `'${one}'`).join(' ')}); COMP_CWORD=${words.length - 1}
        COMPREPLY=(); _scantling_complete; echo "\${COMPREPLY[*]}"`;
    });
    const answers = run('bash', ['--norc', '-c'], `set -u\n${bashScript('scantling')}\n${calls.join('\n')}`);
    const expected = typed.map(([, becomes]) => {
      if (typeof becomes !== 'string') return becomes.join(' ');
      // bash replaces only what comes after the last =, and adds the slash of a folder itself.
      return becomes.split(/[ =]/).at(-1)!.replace(/\/$/, '');
    });
    assert.deepEqual(answers, expected);
  });

  test('bash leaves the line alone where the program fails', { skip: missing('bash') }, () => {
    const call = `COMP_WORDS=(nowhere sc); COMP_CWORD=1; _scantling_complete; echo "[\${COMPREPLY[*]}]"`;
    assert.deepEqual(run('bash', ['--norc', '-c'], `${bashScript('scantling')}\n${call}`), ['[]']);
  });

  test('zsh, with the key pressed', { skip: missing('zsh') }, () => {
    writeFileSync(path.join(folder, 'completion.zsh'), zshScript('scantling'));
    const lines = alone.map(([line]) => `tab '${line}'`).join('\n');
    const answers = run('zsh', ['-f', '-c'], `${zshTerminal}\n${lines}`);
    assert.deepEqual(
      answers.map((line) => line.trimEnd()),
      alone.map(([, becomes]) => becomes),
    );
  });

  test('fish', { skip: missing('fish') }, () => {
    const lines = typed.map(([line]) => `complete -C '${line}' | string join ' | '`).join('\n');
    const answers = run('fish', ['--no-config', '-c'], `${fishScript('scantling')}\n${lines}`);
    const words = answers.map((line) => line.split(' | ').map((one) => one.split('\t')[0]!));
    assert.deepEqual(
      words,
      typed.map(([, becomes]) => (typeof becomes === 'string' ? [becomes.split(' ').at(-1)!] : becomes)),
    );
  });

  test('PowerShell', { skip: missing('pwsh') }, () => {
    const lines = typed
      .filter(([line]) => !/only-|dep$/.test(line))
      .map(([line]) => `(TabExpansion2 '${line}' ${line.length}).CompletionMatches.CompletionText -join ' '`);
    const answers = run(
      'pwsh',
      ['-NoProfile', '-Command'],
      `${powershellScript('scantling')}\n${lines.join('\n')}`,
    );
    const expected = typed
      .filter(([line]) => !/only-|dep$/.test(line))
      .map(([, becomes]) => (typeof becomes === 'string' ? becomes.split(' ').at(-1)! : becomes.join(' ')));
    assert.deepEqual(answers, expected);
  });
});

/** Types a line into a terminal of zsh's own, presses the key, and prints the line as it then is. */
const zshTerminal = `
zmodload zsh/zpty
zpty -b terminal zsh -f -i
zpty -w terminal "PS1= PS2= ; unsetopt prompt_cr prompt_sp beep; unset zle_bracketed_paste; autoload -Uz compinit; compinit -i -D; source ./completion.zsh"
zpty -w terminal 'show() { print -r -- "<LINE>$BUFFER</LINE>"; BUFFER= }; zle -N show; bindkey "^G" show; print RE""ADY'
zpty -r -m terminal out '*READY*'
tab() {
  zpty -w -n terminal "$1"$'\\t\\C-g'
  zpty -r -m terminal out '*</LINE>*'
  print -r -- \${\${out##*<LINE>}%%</LINE>*}
}
`;
