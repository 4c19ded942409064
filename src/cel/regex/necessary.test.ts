import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { necessaryIn } from './necessary.ts';
import { parseRegex } from './parse.ts';
import { PikeMachine } from './pike.ts';
import { compileProgram } from './program.ts';

const necessary = (pattern: string): RegExp | undefined => necessaryIn(parseRegex(pattern).root);

const letters = (text: string): string =>
  [...text].map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');

describe('what every match contains', () => {
  test('is the text itself, its longest part, or the part that fewest texts have', () => {
    for (const [pattern, source] of [
      ['abc', 'abc'],
      ['^abc$', 'abc'],
      ['(abc)', 'abc'],
      ['x?abcd?', 'abc'],
      ['x*abc.*', 'abc'],
      ['(^|/)ab(cd|e)?fgh[0-9]', 'fgh'],
      ['abc|[0-9]def', 'abc|def'],
      ['(abc|def)(ghij|klmn)', 'ghij|klmn'],
      ['(abc|def)+', 'abc|def'],
      ['(?:abc){2}', 'abcabc'],
      ['(?:abc){2,}', 'abc'],
      ['abc[0-9]{3}', 'abc'],
      ['abc[^0-9]defg', 'defg'],
    ] as const) {
      const expected = source.split('|').map(letters).join('|');
      assert.equal(necessary(pattern)?.source, expected, pattern);
    }
  });

  test('keeps a small class, and a wide one between texts', () => {
    assert.equal(
      necessary('gh[op]_[0-9A-Za-z]{36}')?.source,
      `${letters('gh')}[\\u006f-\\u0070]${letters('_')}`,
    );
    assert.ok(necessary('ab[0-9a-z]cd')?.test('ab7cd'));
    assert.ok(!necessary('ab[0-9a-z]cd')?.test('ab.cd'));
    assert.ok(!necessary('(?i)keyword')?.test('key word'));
    assert.ok(necessary('(?i)keyword')?.test('x \u212aEYWORD y'));
  });

  test('is not known where a match may be without it, or where it is in most texts', () => {
    for (const pattern of [
      '',
      'a',
      'ab',
      '(abc)?',
      '(abc)*',
      'abc|',
      'abc|d',
      'abc|(def)?',
      '[a-z]+',
      '.*',
      '(abc){0,3}',
      '^[0-9]+$',
    ])
      assert.equal(necessary(pattern), undefined, pattern);
  });

  test('is not known of too many texts', () => {
    const words = Array.from({ length: 60 }, (_, i) => `word${'abcdefgh'[i % 8]}${'abcdefgh'[i >> 3]}x`);
    assert.equal(necessary(words.map((word) => `(${word}|[0-9]${word})`).join('|')), undefined);
  });

  test('takes no account of what a lone surrogate counts as', () => {
    assert.ok(necessary('abc\\x{fffd}')!.test('abc\ud800'));
    assert.equal(necessary('\\x{fffd}\\x{fffd}\\x{fffd}'), undefined);
    assert.equal(necessary('\u{1f600}\u{1f600}\u{1f600}'), undefined);
  });
});

const piece = fc.constantFrom(
  'ab',
  'abc',
  'bca',
  'abk',
  '.',
  '[ab]',
  '[^a]',
  '^',
  '$',
  '\\b',
  '(?i:k)',
  '(?i:abk)',
);
const pattern = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    piece,
    fc.tuple(tie('node'), tie('node')).map(([left, right]) => left + right),
    fc.tuple(tie('node'), tie('node')).map(([left, right]) => `(${left}|${right})`),
    fc
      .tuple(tie('node'), fc.constantFrom('*', '+', '?', '{2}', '{1,2}', '{0,2}', '{2,}'))
      .map(([one, times]) => `(?:${one})${times}`),
  ),
})).node;
const text = fc
  .array(fc.constantFrom('abc', 'ab', 'abk', 'bca', 'abK', 'ab\u212a', 'a', 'b', 'c'), { maxLength: 6 })
  .map((parts) => parts.join(''));

test('no text that matches is without it', () => {
  let found = 0;
  fc.assert(
    fc.property(pattern, fc.array(text, { minLength: 20, maxLength: 20 }), (source, texts) => {
      const { root } = parseRegex(source);
      const contained = necessaryIn(root);
      if (contained === undefined) return;
      const machine = new PikeMachine(compileProgram(root));
      for (const one of texts) {
        if (machine.search(one, 0) === undefined) continue;
        found++;
        assert.ok(contained.test(one), `${source} ${one}`);
      }
    }),
    { numRuns: 2000 },
  );
  assert.ok(found > 1000, `${found} matches`);
});
