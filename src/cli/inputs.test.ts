import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Command, parseArguments, UsageError } from './command.ts';
import { inputFlags, inputsOf, refuseAddresses } from './inputs.ts';

const command: Command = { name: 'x', summary: '', usage: '', flags: inputFlags, examples: [] };

describe('the inputs of a call', () => {
  let cwd = '';
  before(() => {
    cwd = mkdtempSync(path.join(tmpdir(), 'scantling-inputs-'));
    writeFileSync(path.join(cwd, 'a,b.yaml'), '');
  });
  after(() => rmSync(cwd, { recursive: true }));
  const inputs = (...args: string[]): readonly string[] => inputsOf(parseArguments(command, args), cwd);

  test('are its arguments, or this folder', () => {
    assert.deepEqual(inputs(), ['.']);
    assert.deepEqual(inputs('a', 'b'), ['a', 'b']);
    assert.deepEqual(inputs('-R'), ['.']);
  });

  test('are what -f and -k name, too', () => {
    assert.deepEqual(inputs('-f', 'a.yaml', '-f', '-'), ['a.yaml', '-']);
    assert.deepEqual(inputs('c', '-k', 'overlay', '--filename=a'), ['c', 'a', 'overlay']);
    assert.deepEqual(inputs('-R', '-f', 'deploy'), ['deploy']);
  });

  test('commas part names, except where a file has one or a glob needs it', () => {
    assert.deepEqual(inputs('-f', 'a.yaml,b.yaml'), ['a.yaml', 'b.yaml']);
    assert.deepEqual(inputs('-f', 'a,b.yaml'), ['a,b.yaml']);
    assert.deepEqual(inputs('-f', '{a,b}.yaml'), ['{a,b}.yaml']);
    assert.deepEqual(inputs('x,y.yaml'), ['x,y.yaml'], 'an argument is one name');
  });

  test('must not be empty', () => {
    for (const args of [[''], ['-f', ''], ['-f', 'a,']]) assert.throws(() => inputs(...args), UsageError);
  });

  test('are not fetched', () => {
    const url = 'https://example.com/web.yaml';
    assert.throws(() => inputs('-f', url), {
      message: `nothing is fetched: curl -fsSL ${url} | scantling scan -`,
    });
    assert.throws(() => refuseAddresses(['a.yaml', url], 'psp convert'), {
      message: `nothing is fetched: curl -fsSL ${url} | scantling psp convert -`,
    });
    refuseAddresses(['a.yaml', 'https.yaml'], 'import');
  });
});
