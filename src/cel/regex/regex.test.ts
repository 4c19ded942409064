import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

import fc from 'fast-check';
import { RE2JS } from 're2js';

import { compileRegex, Regex, RegexError } from './index.ts';
import { parseRegex } from './parse.ts';
import { PikeMachine } from './pike.ts';
import { compileProgram } from './program.ts';

function compiled(pattern: string): Regex {
  const result = compileRegex(pattern);
  assert.ok(result instanceof Regex, `${pattern}: ${String(result)}`);
  return result;
}

const probes = new URL('../../../../shared/conformance/cel/re2.json', import.meta.url);
const missing = existsSync(probes) ? false : `there is no ${probes.pathname}`;
if (missing) process.stderr.write(`SKIPPED the answers of Go's regexp: ${missing}\n`);

test("the answers of Go's regexp", { skip: missing }, () => {
  const rows = JSON.parse(readFileSync(probes, 'utf8')) as {
    pattern: string;
    subject: string;
    match?: boolean;
    error?: string;
  }[];
  assert.ok(rows.length >= 40);
  for (const { pattern, subject, match, error } of rows) {
    const result = compileRegex(pattern);
    if (result instanceof RegexError) {
      assert.equal(result.message, error, pattern);
      continue;
    }
    assert.equal(error, undefined, pattern);
    assert.equal(result.test(subject), match, pattern);
    assert.equal(result.find(subject) !== undefined, match, pattern);
  }
});

test('finds all matches as Go does', () => {
  for (const [pattern, text, expected] of [
    ['a', 'banana', ['a', 'a', 'a']],
    ['a*', 'baac', ['', 'aa', '']],
    ['a*', '', ['']],
    ['', 'ab', ['', '', '']],
    ['', '\u{1f600}', ['', '']],
    ['x*', '\u{1f600}x', ['', 'x']],
    ['a|', 'aba', ['a', 'a']],
    ['^a', 'aaa', ['a']],
    ['(?m)^.', 'ab\ncd', ['a', 'c']],
    ['\\b', 'ab cd', ['', '', '', '']],
    ['\\B', 'ab\u{1f600}', ['', '']],
    ['[0-9]+', 'a1b22', ['1', '22']],
    ['.', 'a\n\u{1f600}', ['a', '\u{1f600}']],
    ['z', 'abc', []],
  ] as const) {
    assert.deepEqual(compiled(pattern).findAll(text), expected, pattern);
  }
});

test('a limit bounds the matches, a negative one does not', () => {
  const regex = compiled('a');
  assert.deepEqual(regex.findAll('aaaa', 2), ['a', 'a']);
  assert.deepEqual(regex.findAll('aaaa', 0), []);
  assert.deepEqual(regex.findAll('aaaa', -1).length, 4);
  assert.deepEqual(regex.findAll('aaaa', -7).length, 4);
  assert.deepEqual(regex.findAll('aaaa', 99).length, 4);
  assert.deepEqual(compiled('a*').findAll('baa', 2), ['', 'aa']);
});

test('an empty match is not the lack of one', () => {
  assert.equal(compiled('a*').find('bbb'), '');
  assert.equal(compiled('a').find('bbb'), undefined);
});

test('lone surrogates are replacement characters and stay as they are in what is found', () => {
  for (const text of ['\ud800', '\udc00', 'x\ud83d', '\udc00\ud800']) {
    assert.equal(compiled('\\x{FFFD}').test(text), true);
    assert.equal(compiled('^[^a]+$').test(text), true);
    assert.equal(compiled('\\x{D800}').test(text), false);
    assert.equal(compiled('\\p{Cs}').test(text), false);
  }
  assert.deepEqual(compiled('[^x]').findAll('x\ud83d'), ['\ud83d']);
  assert.deepEqual(compiled('\\PL').findAll('\ud83dx\u{1f600}'), ['\ud83d', '\u{1f600}']);
});

test('tells what its limits and groups are', () => {
  const regex = compiled('(?P<name>a)(b)?');
  assert.equal(regex.pattern, '(?P<name>a)(b)?');
  assert.equal(regex.groupCount, 2);
  assert.deepEqual(regex.groupNames, ['name', '']);
  assert.equal(regex.programSize, 7);
});

test('names of the usual Kubernetes kind run natively, ambiguous ones do not', () => {
  assert.equal(compiled('^(Always|IfNotPresent|Never)$').engine, 'native');
  assert.equal(compiled('^[a-z]+(-[a-z]+)*$').engine, 'native');
  assert.equal(compiled('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$').engine, 'automaton');
  assert.equal(compiled('(?i)latest').engine, 'automaton');
});

test('subjects of 100 kB and above', () => {
  const name = compiled('^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$');
  const long = 'a-b.'.repeat(25_000);
  assert.equal(name.test(`${long}c`), true);
  assert.equal(name.test(long), false);
  assert.equal(name.find(`${long}c`)?.length, 100_001);
  const native = compiled('^[a-z]+(-[a-z]+)*$');
  for (const length of [50_000, 131_000, 300_000]) {
    assert.equal(native.test('a-'.repeat(length)), false);
    assert.equal(native.test(`${'a-'.repeat(length)}a`), true);
  }
  assert.equal(compiled('[^,]+').findAll('ab,'.repeat(33_000)).length, 33_000);
});

/** Characters with a meaning of their own somewhere: case partners, word edges, lines, pairs, newer than ASCII. */
const character = fc.constantFrom(
  'a',
  'b',
  'k',
  'K',
  '\u212a',
  's',
  '\u017f',
  '\u00e9',
  '\n',
  ' ',
  '-',
  '0',
  '_',
  '\u{1f600}',
);

const pattern = fc.letrec<{ alternation: string; sequence: string; piece: string; atom: string }>((tie) => ({
  alternation: fc.oneof(
    { maxDepth: 3 },
    { weight: 4, arbitrary: tie('sequence') },
    { weight: 1, arbitrary: fc.tuple(tie('alternation'), tie('sequence')).map((both) => both.join('|')) },
  ),
  sequence: fc.array(tie('piece'), { maxLength: 4 }).map((pieces) => pieces.join('')),
  piece: fc
    .tuple(
      tie('atom'),
      fc.oneof(
        { weight: 3, arbitrary: fc.constant('') },
        {
          weight: 2,
          arbitrary: fc.constantFrom('*', '+', '?', '*?', '+?', '??', '{2}', '{1,3}', '{0,2}?', '{2,}'),
        },
      ),
    )
    .map((both) => both.join('')),
  atom: fc.oneof(
    { maxDepth: 3 },
    { weight: 6, arbitrary: character.map((value) => (value === '-' ? '\\-' : value)) },
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        '.',
        '[ab]',
        '[^a]',
        '[a-k]',
        '[^\\s]',
        '\\w',
        '\\D',
        '[[:alpha:]]',
        '\\pL',
        '[\\-\u00e9]',
      ),
    },
    { weight: 1, arbitrary: fc.constantFrom('^', '$', '\\b', '\\B', '\\A', '\\z') },
    { weight: 2, arbitrary: tie('alternation').map((inner) => `(${inner})`) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom('i', 's', 'm', 'U', 'i-s', '-i', ''), tie('alternation'))
        .map(([flags, inner]) => `(?${flags}:${inner})`),
    },
  ),
})).alternation;

const subject = fc.array(character, { maxLength: 8 }).map((characters) => characters.join(''));

test('agrees with re2js on generated patterns', () => {
  fc.assert(
    fc.property(pattern, fc.array(subject, { minLength: 1, maxLength: 4 }), (source, subjects) => {
      const regex = compiled(source);
      const other = RE2JS.compile(source);
      for (const text of subjects) {
        const matcher = other.matcher(text);
        const expected = matcher.find() ? { start: matcher.start(), end: matcher.end() } : undefined;
        assert.deepEqual(regex.match(text, 0), expected, JSON.stringify(text));
        assert.equal(regex.test(text), expected !== undefined, JSON.stringify(text));
      }
    }),
    { numRuns: 1500 },
  );
});

test('the choice of the engine is invisible', () => {
  const deterministic = fc
    .array(
      fc.constantFrom(
        'a',
        '[a-k]',
        '[^a]',
        'b+',
        'k?',
        '-',
        '(?:-a+)*',
        '(b|k)',
        '0{1,2}',
        '\u{1f600}*',
        '.',
        '\\b',
        '[0_]*?',
        '\\s',
      ),
      { maxLength: 5 },
    )
    .map((pieces) => pieces.join(''));
  let native = 0;
  fc.assert(
    fc.property(
      fc.constantFrom('^', ''),
      deterministic,
      fc.constantFrom('$', ''),
      subject,
      (begin, middle, end, text) => {
        const source = begin + middle + end;
        const regex = compiled(source);
        if (regex.engine !== 'native') return;
        native++;
        const lone = text.replace('a', '\ud83d');
        for (const each of [text, lone]) {
          const ours = new PikeMachine(compileProgram(parseRegex(source).root)).search(each, 0);
          assert.deepEqual(regex.match(each, 0), ours, JSON.stringify(each));
          assert.equal(regex.test(each), ours !== undefined);
        }
      },
    ),
    { numRuns: 1500 },
  );
  assert.ok(native > 300, `only ${native} ran natively`);
});
