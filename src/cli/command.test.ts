import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Command,
  commandHelp,
  flagList,
  flagText,
  flagValues,
  parseArguments,
  UsageError,
} from './command.ts';

const command: Command = {
  name: 'scan',
  summary: 'Judge manifests.',
  usage: 'scan [FILE ...] [flags]',
  flags: {
    output: { type: 'string', short: 'o', multiple: true, value: 'FORMAT', help: 'how to print' },
    'fail-on': { type: 'string', value: 'SEVERITY', help: 'what fails' },
    all: { type: 'boolean', help: 'everything' },
  },
  examples: ['scantling scan .'],
};
const parse = (...args: string[]): ReturnType<typeof parseArguments> => parseArguments(command, args);

test('flags and positionals in any order', () => {
  const { flags, positionals } = parse('a', '-o', 'json', '--output=text', 'b', '--all', '--fail-on', 'low');
  assert.deepEqual(positionals, ['a', 'b']);
  assert.deepEqual(flagList(flags, 'output'), ['json', 'text']);
  assert.equal(flagText(flags, 'fail-on'), 'low');
  assert.equal(flags['all'], true);
});

test('a list may be written with commas', () => {
  assert.deepEqual(flagList(parse('-o', 'a, b,,c').flags, 'output'), ['a', 'b', 'c']);
  assert.deepEqual(flagList(parse().flags, 'output'), []);
  assert.throws(() => flagList(parse('-o', '').flags, 'output'), { message: '--output is empty' });
  assert.throws(() => flagList(parse('--fail-on', ' , ').flags, 'fail-on'), UsageError);
});

test('a value is as it is written where commas mean nothing', () => {
  assert.deepEqual(flagValues(parse('-o', 'a, b', '-o', '').flags, 'output'), ['a, b', '']);
  assert.deepEqual(flagValues(parse('--fail-on', 'a,b').flags, 'fail-on'), ['a,b']);
  assert.deepEqual(flagValues(parse('--all').flags, 'all'), [], 'it has no values');
  assert.deepEqual(flagValues(parse().flags, 'output'), []);
});

test('a dash means standard input and -- ends the flags', () => {
  assert.deepEqual(parse('-', '--', '--all').positionals, ['-', '--all']);
});

test('mistakes are usage errors that name the likely flag', () => {
  assert.throws(
    () => parse('--fail-no', 'x'),
    (error: Error) => {
      assert.ok(error instanceof UsageError);
      assert.equal(error.message, 'unknown flag --fail-no; did you mean "--fail-on"?');
      return true;
    },
  );
  const isMistake = (args: string[], message: string): void =>
    assert.throws(
      () => parse(...args),
      (error: Error) => {
        assert.ok(error instanceof UsageError);
        assert.equal(error.message, message);
        return true;
      },
    );
  isMistake(['--fail-on'], '--fail-on: the value is missing');
  isMistake(
    ['--fail-on', '-1'],
    '--fail-on: the value is missing; one that starts with a dash is written --fail-on=-...',
  );
  isMistake(['-o'], '--output: the value is missing');
  isMistake(['--all=yes'], '--all takes no value');
  isMistake(['-x'], 'unknown flag -x');
  isMistake(['-xo', 'json'], 'unknown flag -x');
});

test('names of every object are unknown flags like others', () => {
  assert.throws(() => parse('--constructor'), { message: 'unknown flag --constructor' });
  assert.throws(() => parse('--no-all'), { message: 'unknown flag --no-all' });
});

test('help lists every flag', () => {
  const help = commandHelp(command);
  assert.match(help, /^Judge manifests\.\n\nUsage: scantling scan/);
  assert.match(help, / {2}-o, --output FORMAT +how to print/);
  assert.match(help, / {2}-h, --help +show this help/);
});
