import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { openCatalogue } from '../../catalogue/catalogue.ts';
import { parseArguments } from '../command.ts';
import { listedVerbs, verbNames } from '../main.ts';
import { complete } from './complete.ts';
import { gatherVocabulary, type ListedVerb, type Vocabulary } from './vocabulary.ts';

describe('the words of the whole program', () => {
  let verbs: readonly ListedVerb[];
  let vocabulary: Vocabulary;
  before(async () => {
    verbs = await listedVerbs();
    vocabulary = gatherVocabulary(verbs, await openCatalogue());
  });
  const texts = (...line: string[]): string[] =>
    complete(line, vocabulary, () => []).words.map(([text]) => text);

  test('are plain data', () => {
    assert.deepEqual(JSON.parse(JSON.stringify(vocabulary)), vocabulary);
  });

  test('name every verb', () => {
    assert.deepEqual(texts(''), [...verbNames, 'help', 'version']);
  });

  test('name every flag of every verb, and the parser takes it', () => {
    for (const { command, name } of verbs) {
      if (command === undefined) continue;
      assert.deepEqual(
        texts(name, '--'),
        [...Object.keys(command.flags), 'help'].map((flag) => `--${flag}`),
      );
      for (const { name: flag, value } of vocabulary.verbs.find((one) => one.name === name)!.flags) {
        const words = value === undefined ? [`--${flag}`] : [`--${flag}`, 'x'];
        assert.ok(flag in parseArguments(command, words).flags, `${name} --${flag}`);
      }
    }
  });

  test('say for every flag with a closed set in its help what is in it', () => {
    for (const { command, name } of verbs) {
      for (const [flag, { type, value, values }] of Object.entries(command?.flags ?? {})) {
        if (type !== 'string' || !/^(FORMAT|SEVERITY|TOOL|1\.NN|FORM\b|OP\b|ACTION)/.test(value ?? ''))
          continue;
        const found = texts(name, `--${flag}`, '');
        assert.ok(found.length > 1, `${name} --${flag} completes nothing`);
        if (values !== undefined) assert.deepEqual(found, values);
      }
    }
  });

  test('hold controls, profiles, versions and tools', () => {
    assert.deepEqual(texts('scan', '--profile', 'pss-'), ['pss-baseline', 'pss-restricted']);
    assert.deepEqual(texts('fix', '--only', 'privileged-c'), ['privileged-container']);
    assert.deepEqual(texts('explain', 'privileged-c'), ['privileged-container']);
    assert.ok(texts('scan', '--kubernetes-version', '').includes('1.36'));
    assert.deepEqual(texts('controls', '--as', 'kube-'), ['kube-linter', 'kube-score']);
    assert.deepEqual(texts('scan', '--fail-on', 'h'), ['high']);
    assert.deepEqual(texts('completion', ''), ['bash', 'zsh', 'fish', 'powershell']);
  });

  test('every control and profile has something to show beside it', async () => {
    const { controls, profiles } = vocabulary.words;
    const catalogue = await openCatalogue();
    assert.equal(controls.length, catalogue.controls.size);
    assert.equal(profiles.length, catalogue.profiles.size);
    for (const [text, description] of [...controls, ...profiles]) assert.notEqual(description, '', text);
  });
});
