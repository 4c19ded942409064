import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';

import fc from 'fast-check';

import { compileRegex, RegexError } from '../../src/cel/regex/index.ts';
import { report } from './differential-report.ts';
import { oracleTest } from './oracle.ts';
import { sampleSize, seed } from './sample-size.ts';

/** How many patterns are asked about, each with one text. */
const count = sampleSize(5000);

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

oracleTest('matches, find and findAll answer as the API server does', async (oracle, context) => {
  const samples = fc.sample(cases, { numRuns: count, seed });
  const functions = ['matches(object.p)', 'find(object.p)', 'findAll(object.p)', 'findAll(object.p, 2)'];
  const answers = await oracle.askAll(
    samples.flatMap(([p, s]) =>
      functions.map((call) => ({ expr: `object.s.${call}`, vars: { object: { p, s } } })),
    ),
  );
  let refused = 0;
  const disagreements: string[] = [];
  for (const [index, [pattern, text]] of samples.entries()) {
    const theirs = answers.slice(4 * index, 4 * index + 4).map(({ error, value }) => error ?? value);
    const regex = compileRegex(pattern);
    if (regex instanceof RegexError) refused++;
    const illegal = regex instanceof RegexError ? `Illegal regex: ${regex.message}` : '';
    const ours =
      regex instanceof RegexError
        ? [regex.message, illegal, illegal, illegal]
        : [regex.test(text), regex.find(text) ?? '', regex.findAll(text), regex.findAll(text, 2)];
    if (isDeepStrictEqual(ours, theirs)) continue;
    const [own, others] = [ours, theirs].map((results) => JSON.stringify(results));
    disagreements.push(
      `pattern ${JSON.stringify(pattern)} text ${JSON.stringify(text)}\n  ours   ${own}\n  theirs ${others}`,
    );
  }
  report(context, { cases: count, numbers: [`${refused} patterns refused`], disagreements });
  assert.ok(refused > count / 10 && refused < count / 2, `${refused} patterns were refused`);
});

oracleTest(
  'a literal pattern is refused at compile time exactly where it is no expression',
  async (oracle, context) => {
    const patterns = fc.sample(cases, { numRuns: sampleSize(500), seed }).map(([pattern]) => pattern);
    const answers = await oracle.askAll(
      patterns.flatMap((pattern) => {
        const literal = JSON.stringify(pattern);
        return [{ expr: `'a'.matches(${literal})` }, { expr: `'a'.find(${literal})` }];
      }),
    );
    const disagreements = patterns.flatMap((pattern, index) => {
      const [matches, find] = answers.slice(2 * index, 2 * index + 2).map(({ issues }) => issues);
      const regex = compileRegex(pattern);
      const agrees =
        regex instanceof RegexError
          ? /invalid matches argument/.test(matches ?? '') &&
            find === `program instantiation failed: ${regex.message}`
          : matches === undefined && find === undefined;
      return agrees
        ? []
        : [`${JSON.stringify(pattern)}\n  ours ${String(regex)}\n  theirs ${matches} ${find}`];
    });
    report(context, { cases: patterns.length, disagreements });
  },
);
