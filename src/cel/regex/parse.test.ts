import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseRegex } from './parse.ts';
import { RegexError } from './regex-error.ts';
import type { NodeShape } from './syntax-tree.ts';

/** Reason, pattern and the fragment that the message shows: the answers of Go 1.26 `regexp.Compile`. */
const refused: readonly [string, readonly (readonly [pattern: string, fragment: string])[]][] = [
  [
    'invalid repeat count',
    [
      ['((a{100}){10}){10}', '{10}'],
      ['((a{0,100}){0,10}){0,2}', '{0,2}'],
      ['(a{2,}){501}', '{501}'],
      ['(a{1000}){2}', '{2}'],
      ['a{99999999999}', '{99999999999}'],
      ['a{1,99999999999}', '{1,99999999999}'],
      ['a{99999999999,1}', '{99999999999,1}'],
      ['a{0,1001}', '{0,1001}'],
      ['x{2}{1001}', '{1001}'],
      ['x{2,1}', '{2,1}'],
      ['x{1001,}', '{1001,}'],
    ],
  ],
  [
    'invalid nested repetition operator',
    [
      ['a{1000}{2}', '{1000}{2}'],
      ['a{1,}{2}', '{1,}{2}'],
      ['(?i)a{3}**', '{3}*'],
      ['a*??', '*??'],
      ['a*?*', '*?*'],
      ['a++', '++'],
      ['a+*', '+*'],
      ['a?+', '?+'],
      ['a{2}+', '{2}+'],
      ['a{2}{3}', '{2}{3}'],
      ['a{2}?{3}', '{2}?{3}'],
      ['a{2}*', '{2}*'],
      ['a**', '**'],
      ['a*+?', '*+?'],
    ],
  ],
  [
    'missing argument to repetition operator',
    [
      ['|*', '*'],
      ['(*', '*'],
      ['(?i)*', '*'],
      ['{1}', '{1}'],
      ['a|{1}', '{1}'],
      ['({1})', '{1}'],
    ],
  ],
  [
    'unexpected )',
    [
      [')', ')'],
      ['a)', 'a)'],
      ['(?))', '(?))'],
    ],
  ],
  [
    'missing closing )',
    [
      ['(a', '(a'],
      ['((a)', '((a)'],
      ['(?:', '(?:'],
      ['(?i:a', '(?i:a'],
      ['(?P<a>', '(?P<a>'],
    ],
  ],
  [
    'invalid or unsupported Perl syntax',
    [
      ['(?', '(?'],
      ['(?i', '(?i'],
      ['(?i-', '(?i-'],
      ['(?i-)', '(?i-)'],
      ['(?-)', '(?-)'],
      ['(?i-s-m)', '(?i-s-'],
      ['(?z)', '(?z'],
      ['(?P', '(?P'],
      ['(?P<', '(?P'],
      ['(?P=a)', '(?P'],
      ['(?P>a)', '(?P'],
      ['(?!a)', '(?!'],
      ['(?#c)', '(?#'],
      ['(?>a)', '(?>'],
      ["(?'n'a)", "(?'"],
      ['(?é)', '(?é'],
      ['(?i😀)', '(?i😀'],
      ['(?i-:a)', '(?i-:'],
      ['(?--i:a)', '(?--'],
    ],
  ],
  [
    'invalid named capture',
    [
      ['(?P<a', '(?P<a'],
      ['(?P<>a)', '(?P<>'],
      ['(?P<a-b>c)', '(?P<a-b>'],
      ['(?<a', '(?<a'],
      ['(?<=a)', '(?<=a)'],
      ['(?<!a)', '(?<!a)'],
      ['(?<é>a)', '(?<é>'],
    ],
  ],
  [
    'missing closing ]',
    [
      ['[', '['],
      ['[a', '[a'],
      ['[]', '[]'],
      ['[]a', '[]a'],
      ['[^]', '[^]'],
      ['[a-', '[a-'],
      ['[a-z', '[a-z'],
      ['[[:alpha:]', '[[:alpha:]'],
      ['[[:alpha', '[[:alpha'],
    ],
  ],
  [
    'invalid character class range',
    [
      ['[z-a]', 'z-a'],
      ['[[:foo:]]', '[:foo:]'],
      ['[[:^foo:]]', '[:^foo:]'],
      ['[é-à]', 'é-à'],
      ['\\p', '\\p'],
      ['\\pé', '\\pé'],
      ['\\p{', '\\p{'],
      ['\\p{L', '\\p{L'],
      ['\\p{}', '\\p{}'],
      ['\\p{^}', '\\p{^}'],
      ['\\pX', '\\pX'],
      ['\\p{Foo}', '\\p{Foo}'],
      ['\\p{foo', '\\p{foo'],
      ['\\p{Grek}', '\\p{Grek}'],
      ['\\p{Script=Greek}', '\\p{Script=Greek}'],
      ['\\p{Old_Italic}', '\\p{Old_Italic}'],
      ['\\p{Zyyy}', '\\p{Zyyy}'],
      ['\\p{Garay}', '\\p{Garay}'],
      ['\\p{Alphabetic}', '\\p{Alphabetic}'],
      ['\\p{İ}', '\\p{İ}'],
    ],
  ],
  [
    'trailing backslash at end of expression',
    [
      ['[\\', ''],
      ['\\', ''],
      ['a\\', ''],
    ],
  ],
  [
    'invalid escape sequence',
    [
      ['[a-\\pL]', '\\p'],
      ['[\\Q]\\E]', '\\Q'],
      ['[\\x{10ffff}-\\x{110000}]', '\\x{110000'],
      ['\\x', '\\x'],
      ['\\x1', '\\x1'],
      ['\\xg1', '\\xg1'],
      ['\\x1g', '\\x1g'],
      ['\\x{', '\\x{'],
      ['\\x{}', '\\x{}'],
      ['\\x{12', '\\x{12'],
      ['\\x{g}', '\\x{g'],
      ['\\x{110000}', '\\x{110000'],
      ['\\x{ 41}', '\\x{ '],
      ['\\1', '\\1'],
      ['\\18', '\\1'],
      ['\\8', '\\8'],
      ['\\9', '\\9'],
      ['\\q', '\\q'],
      ['\\é', '\\é'],
      ['\\😀', '\\😀'],
      ['\\e', '\\e'],
      ['\\cA', '\\c'],
      ['\\h', '\\h'],
      ['\\R', '\\R'],
      ['\\K', '\\K'],
      ['\\G', '\\G'],
      ['\\Z', '\\Z'],
      ['\\u0041', '\\u'],
      ['\\N', '\\N'],
      ['\\X', '\\X'],
      ['\\E', '\\E'],
      ['\\C', '\\C'],
      ['[\\C]', '\\C'],
      ['[\\A]', '\\A'],
      ['[\\b]', '\\b'],
      ['[\\z]', '\\z'],
    ],
  ],
];

/** Patterns that look wrong and are right for Go 1.26. */
const accepted: readonly string[] = [
  '((a{100}){10}){1}',
  '((a{10}){10}){10}',
  '(a{2,}){500}',
  '(a{0}){1000}',
  '(a{1000}){0}',
  '(a{1000}){1}',
  '(a{1000})+',
  'a{01}',
  'a{1,01}',
  'a{1,2',
  'a{,}',
  '^*',
  '$*',
  '\\b+',
  '\\b{3}',
  'a(?i)*',
  'a*(?i)*',
  '(?:)*',
  '()*',
  '(?P<n>a)(?P<n>b)',
  '[^]a]',
  '[a-]',
  '[--a]',
  '[a-b-c]',
  '[\\d-z]',
  '[[:^alpha:]]',
  '[:alpha:]',
  '[[:alpha:]-z]',
  '[[.a.]]',
  '[[=a=]]',
  '[😀-😁]',
  '\\x{0000000041}',
  '\\0',
  '\\00',
  '\\000',
  '\\0000',
  '\\07',
  '\\08',
  '\\12',
  '\\377',
  '\\777',
  '\\ ',
  '\\-',
  '\\_',
  '\\"',
  '\\z',
  '\\A',
  '\\p{^L}',
  '\\P{^L}',
  '\\pZ',
  '\\p{ L }',
  '\\p{l}',
  '\\p{lU}',
  '\\p{Greek}',
  '\\p{greek}',
  '\\p{uppercase_letter}',
  '\\p{LC}',
  '\\p{lc}',
  '\\p{ANY}',
  '\\p{Assigned}',
  '\\p{ASCII}',
  '\\PP{L}',
  '\\Q',
  '\\Qa',
  '\\Qa\\E*',
  '\\Q*\\E+',
  '\\Qab\\E{2}',
  '\\Qa\\\\E',
  'x{,5}',
  '{',
  '(|a)*',
  '(?U)a*?',
  '(?i)[[:upper:]]',
  '\\x{D800}',
  '[\\x{D800}-\\x{DFFF}]',
  '(?s).',
  '(?sU-im:a)',
  '(?imsU)a',
  '(?::a)',
  '(?)',
  'a||b',
  '()',
  '',
  '|',
  '(?m)$^',
  'a{0}',
  'a{0,0}',
  '(a{0}b){3}',
];

function messageOf(pattern: string): string | undefined {
  try {
    parseRegex(pattern);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof RegexError, String(error));
    return error.message;
  }
}

for (const [reason, rows] of refused) {
  test(`refuses with: ${reason}`, () => {
    for (const [pattern, fragment] of rows) {
      assert.equal(messageOf(pattern), `error parsing regexp: ${reason}: \`${fragment}\``, pattern);
    }
  });
}

test('accepts what Go accepts', () => {
  for (const pattern of accepted) assert.equal(messageOf(pattern), undefined, pattern);
});

/** `open` and `close` `depth` times around `middle`. */
function nested(open: string, middle: string, close: string, depth: number): string {
  return open.repeat(depth) + middle + close.repeat(depth);
}

test('a tree of more than 1000 levels nests too deeply', () => {
  const limit = 'error parsing regexp: expression nests too deeply: ';
  for (const [pattern, fits] of [
    [nested('(', 'a', ')', 999), true],
    [nested('(', 'a', ')', 1000), false],
    [nested('(', 'abc', ')', 999), true],
    [nested('(', 'a|b', ')', 999), true],
    [nested('(', 'a.', ')', 998), true],
    [nested('(', 'a.', ')', 999), false],
    [nested('(?:', 'a', ')', 5000), true],
    [nested('(?:', 'a', ')*', 999), true],
    [nested('(?:', 'a', ')*', 1000), false],
    [nested('(', '', '', 100_000), undefined],
  ] as const) {
    const message = messageOf(pattern);
    if (fits === undefined) assert.match(message!, /^error parsing regexp: missing closing \): /);
    else assert.equal(message, fits ? undefined : `${limit}\`${pattern}\``);
  }
});

test('a program of more than 3,355,443 instructions is too large', () => {
  assert.equal(messageOf('x{1000}'.repeat(3355)), undefined);
  const pattern = 'x{1000}'.repeat(3356);
  assert.equal(messageOf(pattern), `error parsing regexp: expression too large: \`${pattern}\``);
  assert.match(messageOf('\\pL'.repeat(30_000))!, /^error parsing regexp: expression too large: /);
});

test('nested counts multiply to at most 1000', () => {
  assert.equal(messageOf('((a{10}){10}){10}'), undefined);
  assert.equal(messageOf('((a{10}){10}){11}'), 'error parsing regexp: invalid repeat count: `{11}`');
  assert.equal(messageOf('((a{0,100}){0,10})'), undefined);
  assert.equal(messageOf('((a{0,100}){0,11})'), 'error parsing regexp: invalid repeat count: `{0,11}`');
});

test('a lone surrogate in a pattern is the replacement character', () => {
  assert.equal(messageOf('(\ud800'), 'error parsing regexp: missing closing ): `(\ufffd`');
  assert.deepEqual(shapeOf('\udc00'), { kind: 'literal', codePoints: [0xfffd], fold: false });
});

function shapeOf(pattern: string): NodeShape {
  const { height: _height, size: _size, nullable: _nullable, ...shape } = parseRegex(pattern).root;
  return shape;
}

test('builds the tree', () => {
  assert.deepEqual(shapeOf('abc'), { kind: 'literal', codePoints: [97, 98, 99], fold: false });
  assert.deepEqual(shapeOf('(?i)ab'), { kind: 'literal', codePoints: [97, 98], fold: true });
  assert.deepEqual(shapeOf('a|c|[d-f]'), { kind: 'class', set: [97, 97, 99, 102] });
  assert.deepEqual(shapeOf('[^\\n]'), { kind: 'class', set: [0, 9, 11, 0x10ffff] });
  assert.deepEqual(shapeOf('(?i)[k]'), { kind: 'class', set: [0x4b, 0x4b, 0x6b, 0x6b, 0x212a, 0x212a] });
  assert.deepEqual(shapeOf('.'), { kind: 'class', set: [0, 9, 11, 0x10ffff] });
  assert.deepEqual(shapeOf('(?s).'), { kind: 'class', set: [0, 0x10ffff] });
  assert.deepEqual(shapeOf('[[:^alpha:]]'), { kind: 'class', set: [0, 0x40, 0x5b, 0x60, 0x7b, 0x10ffff] });
  assert.deepEqual(shapeOf(''), { kind: 'empty' });
  for (const [pattern, assertion] of [
    ['^', 'begin-text'],
    ['$', 'end-text'],
    ['(?m)^', 'begin-line'],
    ['(?m)$', 'end-line'],
    ['\\A', 'begin-text'],
    ['(?m)\\z', 'end-text'],
    ['\\b', 'word-boundary'],
    ['\\B', 'no-word-boundary'],
  ]) {
    assert.deepEqual(shapeOf(pattern!), { kind: 'assertion', assertion }, pattern);
  }
});

test('greed follows the flag and the question mark', () => {
  for (const [pattern, greedy] of [
    ['.*', true],
    ['.*?', false],
    ['(?U).*', false],
    ['(?U).*?', true],
    ['.{2,3}?', false],
    ['(?U:.+?)', true],
  ] as const) {
    const shape = shapeOf(pattern);
    assert.ok('greedy' in shape);
    assert.equal(shape.greedy, greedy, pattern);
  }
});

test('a flag lasts to the end of its group', () => {
  const shape = shapeOf('a(?:(?i)b)c');
  assert.ok(shape.kind === 'sequence');
  assert.deepEqual(
    shape.items.map((item) => item.kind === 'literal' && item.fold),
    [false, true, false],
  );
});

test('counts and names groups', () => {
  const { groupCount, groupNames } = parseRegex('(a)(?:b)(?P<first>c(?<second>d))');
  assert.equal(groupCount, 3);
  assert.deepEqual(groupNames, ['', 'first', 'second']);
});

test('measures what the limits count', () => {
  for (const [pattern, size, height, nullable] of [
    ['abc', 3, 1, false],
    ['a*', 3, 2, true],
    ['a+', 2, 2, false],
    ['(ab)?', 5, 3, true],
    ['a{2,5}', 8, 2, false],
    ['a{3,}', 4, 2, false],
    ['ab|.+', 5, 3, false],
    ['|abc', 5, 2, true],
    ['', 1, 1, true],
  ] as const) {
    const { root } = parseRegex(pattern);
    assert.deepEqual([root.size, root.height, root.nullable], [size, height, nullable], pattern);
  }
});
