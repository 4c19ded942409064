import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { complete, type Completion } from './complete.ts';
import { fewWords } from './vocabulary.fixture.ts';

const ask = (...line: string[]): Completion =>
  complete(line, fewWords, () => ['main', 'origin/main', 'v1.0.0']);
const texts = (...line: string[]): string[] => ask(...line).words.map(([text]) => text);
const files: Completion = { words: [], files: true, isOpen: false };
const nothing: Completion = { words: [], files: false, isOpen: false };

describe('a verb', () => {
  test('is one of the table, with its summary', () => {
    assert.deepEqual(texts(''), ['scan', 'explain', 'psp', 'completion', 'help', 'version']);
    assert.deepEqual(ask('sc').words, [['scan', 'judge manifests']]);
    assert.deepEqual(texts(), texts(''));
  });

  test('that is not known has nothing to complete', () => {
    assert.deepEqual(ask('scna', ''), nothing);
    assert.deepEqual(ask('x'), nothing);
  });

  test('is what help takes', () => assert.deepEqual(texts('help', 'ex'), ['explain']));
});

describe('arguments', () => {
  test('are files where nothing else is said', () => assert.deepEqual(ask('scan', 'dep'), files));
  test('are controls', () => assert.deepEqual(texts('explain', 'priv'), ['privileged-container']));
  test('after the first may be something else, or nothing', () => {
    assert.deepEqual(texts('psp', ''), ['convert']);
    assert.deepEqual(ask('psp', 'convert', ''), files);
    assert.deepEqual(ask('psp', '--', 'convert', 'x'), files);
    assert.deepEqual(ask('explain', 'host-port', ''), nothing);
    assert.deepEqual(ask('psp', '-', 'x'), files, 'standard input is an argument');
  });
  test('are a closed set', () => assert.deepEqual(texts('completion', ''), ['bash', 'zsh']));
  test('are none', () => assert.deepEqual(ask('version', ''), nothing));
  test('come after --, even with a dash', () => assert.deepEqual(ask('scan', '--', '--pro'), files));
  test('come after flags and their values', () => {
    assert.deepEqual(ask('scan', '--profile', 'essentials', ''), files);
    assert.deepEqual(ask('scan', '--quiet', ''), files);
    assert.deepEqual(
      texts('scan', '--config', '--', '--pro'),
      ['--profile'],
      'a value does not end the flags',
    );
  });
  test('and flags both may follow a dash: - is standard input', () => {
    const { files, words } = ask('scan', '-');
    assert.ok(files);
    assert.equal(words.length, 7);
  });
});

describe('flags', () => {
  test('complete by their long names', () => {
    assert.deepEqual(ask('scan', '--pro').words, [['--profile', 'profiles to judge by']]);
  });

  test('that are there are not offered again unless they may be', () => {
    const left = texts('scan', '--quiet', '-p', 'essentials', '--config=x', '--');
    assert.deepEqual(left, ['--profile', '--output', '--since', '--max-depth', '--help']);
    assert.ok(!texts('scan', '-qo', 'text', '--').includes('--quiet'), 'short ones in one word count too');
  });

  test('that are not known do not disturb the others', () => {
    assert.deepEqual(texts('scan', '--nope', '--qu'), ['--quiet']);
    assert.deepEqual(texts('scan', '-z', '--qu'), ['--quiet']);
    assert.deepEqual(ask('scan', '--nope=x'), nothing);
    assert.deepEqual(ask('scan', '-zx'), nothing);
  });
});

describe('values of flags', () => {
  const both = ['pss-baseline', 'pss-restricted'];
  for (const [how, line, before] of [
    ['after a space', ['scan', '--profile', 'pss'], ''],
    ['after the short flag', ['scan', '-p', 'pss'], ''],
    ['after the last of several short flags', ['scan', '-qp', 'pss'], ''],
    ['in one word', ['scan', '--profile=pss'], '--profile='],
    ['in one word with the short flag', ['scan', '-ppss'], '-p'],
  ] as const) {
    test(how, () =>
      assert.deepEqual(
        texts(...line),
        both.map((one) => before + one),
      ),
    );
  }

  test('may follow a comma; those that are there are not offered again, and more may come', () => {
    const found = ask('scan', '-p', 'essentials,pss-baseline,');
    assert.deepEqual(
      found.words.map(([text]) => text),
      ['essentials,pss-baseline,pss-restricted'],
    );
    assert.ok(found.isOpen);
    assert.deepEqual(texts('scan', '--profile=essentials,pss-b'), ['--profile=essentials,pss-baseline']);
  });

  test('are formats, with a file after =', () => {
    assert.deepEqual(ask('scan', '-o', ''), {
      words: [
        ['text', ''],
        ['sarif', ''],
      ],
      files: false,
      isOpen: false,
    });
    assert.deepEqual(ask('scan', '-o', 'sarif=rep'), files);
    assert.deepEqual(ask('scan', '--output=sarif=rep'), files);
  });

  test('are files', () => {
    assert.deepEqual(ask('scan', '--config', 'x'), files);
    assert.deepEqual(ask('scan', '--config=x'), files);
  });

  test('are branches and tags, which are looked up only then', () => {
    assert.deepEqual(texts('scan', '--since', 'm'), ['main']);
    const never = (): never => assert.fail('nobody asked');
    assert.equal(complete(['scan', '--profile', ''], fewWords, never).words.length, 3);
  });

  test('cannot be guessed', () => assert.deepEqual(ask('scan', '--max-depth', ''), nothing));
  test('end where -- is one', () => assert.deepEqual(ask('scan', '--config', '--', 'x'), files));
});

test('whatever is written, an answer begins with it', () => {
  for (const line of [
    ['scan', '--profile=essentials,p'],
    ['scan', '-ot'],
    ['s'],
    ['scan', '-op'],
    ['scan', '--='],
  ]) {
    for (const text of texts(...line)) assert.ok(text.startsWith(line.at(-1)!), text);
  }
});
