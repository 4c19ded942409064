import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { checkoutCatalogue } from '../catalogue/load.ts';
import { type Files, inFolder } from '../loop/testing/run.fixture.ts';
import { UsageError } from './command.ts';
import { configurationsFor, refuse, startFolder } from './configurations.ts';
import type { Streams } from './stream.ts';

const catalogue = checkoutCatalogue();
const streamsOf = (cwd: string): Streams => ({ cwd }) as Streams;

describe('the configurations of a call', () => {
  const problems = (files: Files, inputs: readonly string[], config?: string): string[] =>
    inFolder(files, (cwd) => {
      const flags = config === undefined ? {} : { config };
      return configurationsFor(flags, catalogue, inputs, streamsOf(cwd)).problems.map(
        ({ file, line, reason }) => `${file}:${line} ${reason}`,
      );
    });
  const files = {
    '.scantling.yaml': 'failOn: high\n',
    'team/.scantling.yaml': 'profile: nope\n',
    'team/web/pod.yaml': '',
    'other.yaml': 'failOn: never\n',
  };

  test('are the nearest of each input, read before anything is judged', () => {
    assert.deepEqual(problems(files, ['.']), []);
    for (const input of ['team/web/pod.yaml', 'team/web', 'team/w*/*.yaml', 'team/{a,b}.yaml'])
      assert.match(
        problems(files, ['.', input]).join('\n'),
        /^team\/\.scantling\.yaml:1 .*"nope"[^\n]*$/,
        input,
      );
  });

  test('are the one that is named, whatever lies beside the inputs', () => {
    assert.match(
      problems(files, ['team'], 'other.yaml').join('\n'),
      /^other\.yaml:1 must be one of critical, [^\n]*$/,
    );
  });

  test('a name that leads nowhere is a mistake in the call', () => {
    assert.throws(
      () => problems(files, ['.'], 'gone.yaml'),
      (error) => error instanceof UsageError && error.message === '--config: there is no file "gone.yaml"',
    );
  });
});

test('the search for a configuration starts at the folder of an input', () => {
  inFolder({ 'a/b/pod.yaml': '' }, (cwd) => {
    const start = (input: string): string =>
      path.relative(cwd, startFolder(input, cwd)).replaceAll('\\', '/');
    assert.equal(start('-'), '');
    assert.equal(start('a/b'), 'a/b');
    assert.equal(start('a/b/pod.yaml'), 'a/b');
    assert.equal(start('a/b/*.yaml'), 'a/b');
    assert.equal(start('a/**/pod.yaml'), 'a');
    assert.equal(start('a/b/po[dx].yaml'), 'a/b');
    assert.equal(start('*.yaml'), '');
    assert.equal(start('gone/pod.yaml'), 'gone');
  });
});

test('mistakes are told one a line, and the exit code says that it was the call', () => {
  const said: string[] = [];
  const problem = { line: 2, column: 4, severity: 'warning', reason: 'no profile "a"' } as const;
  const streams = { err: (text: string) => void said.push(text) } as Streams;
  assert.equal(refuse([{ ...problem, file: 'a\u001b[2J/.scantling.yaml' }], streams), 2);
  assert.deepEqual(said, [
    'error  a·[2J/.scantling.yaml:2:4  no profile "a"\n',
    'exit 2: the configuration has mistakes\n',
  ]);
});
