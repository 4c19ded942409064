import assert from 'node:assert/strict';
import { test } from 'node:test';

import { lazyDfa } from './dfa.ts';
import { nativeRegExp } from './native.ts';
import { parseRegex } from './parse.ts';
import { PikeMachine } from './pike.ts';
import type { Program } from './program.ts';
import { compileProgram } from './program.ts';

function programOf(pattern: string): Program {
  return compileProgram(parseRegex(pattern).root);
}

function find(pattern: string, text: string, from = 0): string | undefined {
  const span = new PikeMachine(programOf(pattern)).search(text, from);
  return span && text.slice(span.start, span.end);
}

test('the leftmost match wins, then the first way through the pattern', () => {
  for (const [pattern, text, expected] of [
    ['b|ab|abc', 'xabc', 'ab'],
    ['a|ab', 'ab', 'a'],
    ['ab|a', 'ab', 'ab'],
    ['a+', 'baaa', 'aaa'],
    ['a+?', 'baaa', 'a'],
    ['(?U)a+', 'baaa', 'a'],
    ['a{2,3}', 'aaaa', 'aaa'],
    ['a{2,3}?', 'aaaa', 'aa'],
    ['(|a)+', 'aaa', ''],
    ['(|a)*', 'aaa', ''],
    ['(a|)+', 'aab', 'aa'],
    ['(?:a*)*', 'aab', 'aa'],
    ['(?:a*?)*?b', 'aab', 'aab'],
    ['(?:(?:)|a)*b', 'aab', 'aab'],
    ['(?:)*a', 'ba', 'a'],
    ['a{0}b', 'ab', 'b'],
    ['[^\\x00-\\x{10FFFF}]', 'a', undefined],
    ['x*', 'axx', ''],
    ['$', 'ab', ''],
    ['a$', 'a\n', undefined],
    ['(?m)^b$', 'a\nb\nc', 'b'],
  ] as const) {
    assert.equal(find(pattern, text), expected, pattern);
  }
});

test('a search from inside a text sees what is before', () => {
  assert.equal(find('^a', 'ba', 1), undefined);
  assert.equal(find('(?m)^a', '\na', 1), 'a');
  assert.equal(find('\\ba', 'ba a', 1), 'a');
  assert.equal(find('\\Ba', 'ba', 1), 'a');
  assert.equal(find('.', '\u{1f600}b', 2), 'b');
});

test('knows the patterns that only match at the start', () => {
  for (const pattern of ['^a', '\\Aa', '(^a)', '^a|^b', '(?:^|^a)b', 'a{0}^b', '(^)+a']) {
    assert.equal(programOf(pattern).anchored, true, pattern);
  }
  for (const pattern of ['a', '^a|b', '(?m)^a', '^?a', '^*a', 'a^', '', '\\b^|a']) {
    assert.equal(programOf(pattern).anchored, false, pattern);
  }
});

test('an anchored search ends when no way is left', () => {
  const machine = new PikeMachine(programOf('^ab'));
  assert.equal(machine.search('x'.repeat(100_000), 0), undefined);
  assert.ok(machine.threadSteps < 10);
});

/** Patterns that take exponential or high polynomial time with backtracking. */
const evil = [
  '^(a+)+$',
  '(a|a)*b',
  '(.*)*x',
  '((a{0,100}){0,10})$',
  '(?:a?){30}a{30}b',
  '(a*)*(a*)*(a*)*b',
  '^(([a-z])+.)+[A-Z]([a-z])+$',
  '(.*)(.*)(.*)(.*)(.*)[0-9]',
];

test('the work on evil patterns is bounded by program times text', () => {
  const text = `${'a'.repeat(2000)}!`;
  for (const pattern of evil) {
    const program = programOf(pattern);
    const machine = new PikeMachine(program);
    machine.search(text, 0);
    assert.ok(machine.threadSteps <= program.codes.length * (text.length + 1), pattern);
    assert.equal(nativeRegExp(parseRegex(pattern).root), undefined, pattern);
  }
});

test('evil patterns need few states on 100 kB', () => {
  const text = `${'a'.repeat(100_000)}!`;
  for (const pattern of evil) {
    const dfa = lazyDfa(programOf(pattern))!;
    const expected = pattern.startsWith('((a{0,100})');
    assert.equal(dfa.test(text), expected, pattern);
    assert.equal(dfa.test(text), expected, pattern);
    assert.ok(dfa.statesMade < 1100, `${pattern}: ${dfa.statesMade} states`);
  }
});

/** A text of a and b without a short period. */
function mixed(length: number): string {
  let state = 1;
  let text = '';
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    text += state >>> 31 === 0 ? 'a' : 'b';
  }
  return text;
}

test('an automaton that would need too many states gives up within its memory', () => {
  const program = programOf('(?:a|b)*a(?:a|b){18}c');
  const dfa = lazyDfa(program)!;
  const text = mixed(100_000);
  assert.equal(dfa.test(text), undefined);
  assert.ok(dfa.statesMade < 60_000, String(dfa.statesMade));
  assert.equal(new PikeMachine(program).search(text, 0), undefined);
  assert.equal(dfa.test('abc'), false, 'still right after it gave up');
  assert.equal(dfa.test(`a${'b'.repeat(18)}c`), true);
});

test('the automaton agrees with the simulation on assertions', () => {
  const texts = [
    '',
    'a',
    'b',
    '\n',
    'a\n',
    '\nb',
    'a b',
    '\u00e9',
    '\u{1f600}',
    'a\u{1f600}',
    'ab\nab',
    ' a',
    '_',
    '\ud800',
  ];
  const patterns = [
    '^$',
    '^',
    '$',
    '(?m)^$',
    '(?m)a$',
    '(?m)^b',
    '\\b',
    '\\B',
    '\\ba\\b',
    '\\Bb',
    'a\\B',
    '\\A\\z',
    '(?m)\\n^',
    '(?:^|b)a',
    '(?:\\b|x)\\B',
    '.',
    '\\x{FFFD}',
    '^.$',
  ];
  for (const pattern of patterns) {
    const program = programOf(pattern);
    const dfa = lazyDfa(program)!;
    for (const text of texts) {
      const found = new PikeMachine(program).search(text, 0) !== undefined;
      assert.equal(dfa.test(text), found, `${pattern} on ${JSON.stringify(text)}`);
    }
  }
});

test('sources of natively run patterns', () => {
  for (const [pattern, source] of [
    ['^abc$', '^abc$'],
    ['foo', 'foo'],
    ['^[a-z]+(-[a-z]+)*$', '^(?:[a-z]){1,}(?:(?:\\u{2d}(?:[a-z]){1,})){0,}$'],
    ['^(Always|Never)$', '^(?:Always|Never)$'],
    ['a.c', 'a[\\u{0}-\\u{9}\\u{b}-\\u{10ffff}]c'],
    ['\\bv[0-9]{1,3}?\\b', '\\bv(?:[0-9]){1,3}?\\b'],
    ['^a?b', '^(?:a){0,1}b'],
  ] as const) {
    const native = nativeRegExp(parseRegex(pattern).root);
    assert.equal(native?.source, source, pattern);
    assert.equal(native?.flags, 'gu');
  }
});

test('patterns that are not run natively, each for its reason', () => {
  for (const [pattern, reason] of [
    ['(?i)a', 'folding'],
    ['(?m)^a', 'line ends differ'],
    ['a\\B', 'V8 finds it inside surrogate pairs'],
    ['^a*a', 'the next character does not tell whether to go on'],
    ['^(a|ab)$', 'alternatives begin alike'],
    ['^.*a$', 'the rest can begin with what is repeated'],
    ['a+b', 'quadratic without an anchor'],
    ['^(a*)*$', 'repeats the empty string'],
    ['^(?:a|b)+b', 'deterministic only after looking ahead'],
    ['\\x{FFFD}', 'lone surrogates'],
    ['[\\x{D000}-\\x{DA00}]', 'splits the surrogates'],
    ['[^\\x{FFFD}]', 'takes surrogates but not their replacement'],
    ['^\\pL$', 'too many ranges'],
    ['^((((a*b)*c)*d)*e)*$', 'nested too deeply'],
    ['[a-z]{65}', 'long without an anchor'],
    ['^(?:ab){1000}(?:cd){1000}$', 'large'],
    ['[^\\x00-\\x{10FFFF}]', 'never matches'],
  ] as const) {
    assert.equal(nativeRegExp(parseRegex(pattern).root), undefined, `${pattern}: ${reason}`);
  }
});
