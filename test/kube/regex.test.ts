import assert from 'node:assert/strict';

import fc from 'fast-check';

import { compileRegex, RegexError } from '../../src/cel/regex/index.ts';
import { oracleTest } from './oracle.ts';

/** How many patterns are asked about, each with one text, and the seed that makes them the same every time. */
const count = 5000;
const seed = 20_260_729;

const texts = fc.constantFrom(
  'a',
  'b',
  'k',
  'K',
  '\u212a',
  '\u017f',
  '\u00e9',
  '\n',
  ' ',
  '-',
  '.',
  '0',
  '_',
  '\u{1f600}',
);

/** Pieces of patterns, joined at random: about two thirds make a valid expression. */
const pieces = fc.oneof(
  { weight: 6, arbitrary: texts },
  {
    weight: 5,
    arbitrary: fc.constantFrom(
      '.',
      '[ab]',
      '[^a]',
      '[a-k]',
      '\\w',
      '\\D',
      '\\s',
      '[[:alpha:]]',
      '\\pL',
      '\\p{Lu}',
      '\\P{Greek}',
      '\\x{1F600}',
      '\\Q.-\\E',
      '\\x6b',
    ),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '*',
      '+',
      '?',
      '*?',
      '??',
      '{2}',
      '{1,3}',
      '{,2}',
      '|',
      '^',
      '$',
      '\\b',
      '\\B',
      '\\z',
    ),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '(a)',
      '(?:a|b)',
      '(?i)',
      '(?s:.)',
      '(?m)',
      '(?U)',
      '(k|K)*',
      '(?P<n>b+)',
      '(?i:k)+',
      '(|a)+',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '(',
      ')',
      '[',
      '\\',
      '{2,1}',
      '{1001}',
      '[z-a]',
      '\\8',
      '(?=a)',
      '(?P<',
      '\\p{Foo}',
      '[[:foo:]]',
      '\\C',
      '\\x{',
    ),
  },
);

const cases = fc.tuple(
  fc.array(pieces, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('')),
  fc.array(texts, { maxLength: 8 }).map((parts) => parts.join('')),
);

oracleTest('matches, find and findAll answer as the API server does', async (oracle) => {
  const samples = fc.sample(cases, { numRuns: count, seed });
  const functions = ['matches(object.p)', 'find(object.p)', 'findAll(object.p)', 'findAll(object.p, 2)'];
  const answers = await oracle.askAll(
    samples.flatMap(([p, s]) =>
      functions.map((call) => ({ expr: `object.s.${call}`, vars: { object: { p, s } } })),
    ),
  );
  let refused = 0;
  for (const [index, [pattern, text]] of samples.entries()) {
    const [matches, find, findAll, findTwo] = answers.slice(4 * index, 4 * index + 4);
    const at = JSON.stringify([pattern, text]);
    const regex = compileRegex(pattern);
    if (regex instanceof RegexError) {
      refused++;
      assert.equal(matches!.error, regex.message, at);
      for (const answer of [find, findAll, findTwo])
        assert.equal(answer!.error, `Illegal regex: ${regex.message}`, at);
      continue;
    }
    assert.equal(regex.test(text), matches!.value, at);
    assert.equal(regex.find(text) ?? '', find!.value, at);
    assert.deepEqual(regex.findAll(text), findAll!.value, at);
    assert.deepEqual(regex.findAll(text, 2), findTwo!.value, at);
  }
  assert.ok(refused > count / 10 && refused < count / 2, `${refused} patterns were refused`);
});

oracleTest(
  'a literal pattern is refused at compile time exactly where it is no expression',
  async (oracle) => {
    const patterns = fc.sample(cases, { numRuns: 500, seed }).map(([pattern]) => pattern);
    const answers = await oracle.askAll(
      patterns.flatMap((pattern) => {
        const literal = JSON.stringify(pattern);
        return [{ expr: `'a'.matches(${literal})` }, { expr: `'a'.find(${literal})` }];
      }),
    );
    for (const [index, pattern] of patterns.entries()) {
      const [matches, find] = answers.slice(2 * index, 2 * index + 2);
      const regex = compileRegex(pattern);
      if (!(regex instanceof RegexError)) {
        assert.equal(matches!.issues ?? find!.issues, undefined, pattern);
        continue;
      }
      assert.match(matches!.issues ?? '', /invalid matches argument/, pattern);
      assert.equal(find!.issues, `program instantiation failed: ${regex.message}`, pattern);
    }
  },
);
