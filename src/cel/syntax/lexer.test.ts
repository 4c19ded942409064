import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Lexer } from './lexer.ts';

/** The tokens of a text as `kind:text`, with what was complained about. */
function tokens(text: string): { tokens: string[]; issues: readonly string[] } {
  const lexer = new Lexer(text);
  const found: string[] = [];
  lexer.next();
  for (let steps = 0; lexer.kind !== 'end'; steps++) {
    assert.ok(steps <= text.length, `${JSON.stringify(text)} must come to an end`);
    const part = text.slice(lexer.start, lexer.end);
    found.push(part === lexer.kind ? part : `${lexer.kind}:${part}`);
    lexer.next();
  }
  return { tokens: found, issues: lexer.issues.map(({ message, offset }) => `${offset} ${message}`) };
}

function splits(text: string, ...expected: string[]): void {
  const found = tokens(text);
  assert.deepEqual(found, { tokens: expected, issues: [] }, text);
}

test('operators are as long as they can be', () => {
  splits('a&&b||!c', 'identifier:a', '&&', 'identifier:b', '||', '!', 'identifier:c');
  splits('<=<>=> ==!=', '<=', '<', '>=', '>', '==', '!=');
  splits('[?a]{?b:c}', '[', '?', 'identifier:a', ']', '{', '?', 'identifier:b', ':', 'identifier:c', '}');
  splits('-1', '-', 'int:1');
});

test('keywords are whole words', () => {
  splits('in true false null', 'in', 'true', 'false', 'null');
  splits(
    'inn truely nullable _in',
    'identifier:inn',
    'identifier:truely',
    'identifier:nullable',
    'identifier:_in',
  );
});

test('numbers end where they can no longer go on', () => {
  splits('12 0x1F 3u 0xFu', 'int:12', 'int:0x1F', 'uint:3u', 'uint:0xFu');
  splits('1.5 .5 1e3 1E-3 2.5e+7', 'double:1.5', 'double:.5', 'double:1e3', 'double:1E-3', 'double:2.5e+7');
  splits('a.b', 'identifier:a', '.', 'identifier:b');
  splits('1.size', 'int:1', '.', 'identifier:size');
  splits('1ex', 'int:1', 'identifier:ex');
});

test('strings come in every quoting', () => {
  splits(`'a' "b" r'\\' b'c' br"d"`, `string:'a'`, `string:"b"`, `string:r'\\'`, `bytes:b'c'`, `bytes:br"d"`);
  splits(`'''a\nb''' """c"d"""`, `string:'''a\nb'''`, `string:"""c"d"""`);
  splits(`'a\\'b'`, `string:'a\\'b'`);
  splits(`r.b`, 'identifier:r', '.', 'identifier:b');
});

test('names in backquotes', () => {
  splits('a.`b-c/d.e`', 'identifier:a', '.', 'escaped:`b-c/d.e`');
});

test('white space and comments separate', () => {
  splits(' a\t\r\n\f b // to the end\nc', 'identifier:a', 'identifier:b', 'identifier:c');
  splits('// nothing else');
  splits('');
});

test('what is no token is reported where it stands and skipped', () => {
  for (const [text, offset, rest] of [
    ['a # b', 2, ['identifier:a', 'identifier:b']],
    ['a & b', 2, ['identifier:a', 'identifier:b']],
    ['a = b', 2, ['identifier:a', 'identifier:b']],
    ['é', 0, []],
    ['a😀', 1, ['identifier:a']],
  ] as const) {
    const found = tokens(text);
    assert.deepEqual(found.tokens, rest, text);
    assert.ok(found.issues[0]?.startsWith(`${offset} `), `${text}: ${found.issues[0]}`);
  }
});

test('a string without an end is reported at its beginning', () => {
  for (const text of [`'abc`, `"a\nb"`, `'''abc`, `b'a`]) {
    assert.ok(tokens(text).issues.length > 0, text);
  }
});

test('a place in the stream can be come back to', () => {
  const lexer = new Lexer('a + # b');
  lexer.next();
  const mark = lexer.mark();
  lexer.next();
  lexer.next();
  assert.equal(lexer.kind, 'identifier');
  assert.equal(lexer.issues.length, 1);
  lexer.reset(mark);
  assert.deepEqual([lexer.kind, lexer.start, lexer.issues.length], ['identifier', 0, 0]);
  lexer.next();
  assert.equal(lexer.kind, '+');
});
