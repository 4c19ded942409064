import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CelError, type Value } from '../value.ts';
import { stringsV2 } from './strings.ts';

const overload = (id: string) => stringsV2.overloads.find((candidate) => candidate.id === id)!;
const call = (id: string, ...args: Value[]): unknown => {
  const result = overload(id).implementation(...args);
  return result instanceof CelError ? `error: ${result.message}` : result;
};
const cost = (id: string, ...args: Value[]): number | undefined =>
  overload(id).cost?.(args, overload(id).implementation(...args));

test('a character is a code point', () => {
  assert.equal(call('string_char_at_int', 'tacocat', 3), 'o');
  assert.equal(call('string_char_at_int', 'a😀b', 1), '😀');
  assert.equal(call('string_char_at_int', 'a😀b', 2), 'b');
  assert.equal(call('string_char_at_int', 'a😀b', 3), '');
  assert.equal(call('string_char_at_int', 'abc', 4), 'error: index out of range: 4');
  assert.equal(call('string_char_at_int', 'abc', -1), 'error: index out of range: -1');
  assert.equal(
    call('string_char_at_int', 'abc', 9223372036854775807n),
    'error: index out of range: 9223372036854775807',
  );
});

test('indexOf counts code points from an offset', () => {
  assert.equal(call('string_index_of_string', 'hello mellow', 'ello'), 1);
  assert.equal(call('string_index_of_string', '😀é😀x', 'x'), 3);
  assert.equal(call('string_index_of_string', '😀', '\ude00'), -1);
  assert.equal(call('string_index_of_string_int', 'hello mellow', 'ello', 2), 7);
  assert.equal(call('string_index_of_string_int', '😀a😀a', 'a', 2), 3);
  assert.equal(call('string_index_of_string_int', 'abc', 'a', 3), -1);
  assert.equal(call('string_index_of_string_int', 'abc', 'a', -1), 'error: index out of range: -1');
});

test('nothing is found at the offset, wherever that is', () => {
  assert.equal(call('string_index_of_string', 'abc', ''), 0);
  assert.equal(call('string_index_of_string_int', 'abc', '', 77), 77);
  assert.equal(call('string_index_of_string_int', 'abc', '', -5), -5);
  assert.equal(call('string_last_index_of_string', '😀b', ''), 2);
  assert.equal(call('string_last_index_of_string_int', 'abc', '', 9), 9);
});

test('lastIndexOf searches backwards from an offset', () => {
  assert.equal(call('string_last_index_of_string', 'hello mellow', 'ello'), 7);
  assert.equal(call('string_last_index_of_string', '😀a😀a', 'a'), 3);
  assert.equal(call('string_last_index_of_string', '', 'a'), -1);
  assert.equal(call('string_last_index_of_string_int', 'hello mellow', 'ello', 6), 1);
  assert.equal(call('string_last_index_of_string_int', '😀a😀a', '😀a', 3), 2);
  assert.equal(call('string_last_index_of_string_int', 'abc', 'c', 3), -1);
  assert.equal(call('string_last_index_of_string_int', 'abc', 'abcd', 0), -1);
  assert.equal(call('string_last_index_of_string_int', 'abc', 'a', -1), 'error: index out of range: -1');
});

test('only ASCII letters change case', () => {
  assert.equal(call('string_lower_ascii', 'TacoCÆt'), 'tacocÆt');
  assert.equal(call('string_upper_ascii', 'tacocæt ß'), 'TACOCæT ß');
});

test('replace takes the new text literally, all or so many times', () => {
  assert.equal(call('string_replace_string_string', 'hello hello', 'he', '$&'), '$&llo $&llo');
  assert.equal(call('string_replace_string_string_int', 'hello hello', 'he', 'we', 1), 'wello hello');
  assert.equal(call('string_replace_string_string_int', 'hello hello', 'he', 'we', 0), 'hello hello');
  assert.equal(call('string_replace_string_string_int', 'aaa', 'a', 'b', -1), 'bbb');
  assert.equal(call('string_replace_string_string', 'abc', 'x', 'y'), 'abc');
});

test('replacing nothing inserts between code points', () => {
  assert.equal(call('string_replace_string_string', 'a😀', '', '-'), '-a-😀-');
  assert.equal(call('string_replace_string_string_int', 'abc', '', '-', 2), '-a-bc');
  assert.equal(call('string_replace_string_string_int', 'abc', '', '-', 4), '-a-b-c-');
  assert.equal(call('string_replace_string_string_int', '', '', '-', 1), '-');
  assert.equal(call('string_replace_string_string_int', '', '', '-', 0), '');
});

test('split gives all pieces, or so many', () => {
  assert.deepEqual(call('string_split_string', 'a,b,,c', ','), ['a', 'b', '', 'c']);
  assert.deepEqual(call('string_split_string', 'a😀', ''), ['a', '😀']);
  assert.deepEqual(call('string_split_string', '', ''), []);
  assert.deepEqual(call('string_split_string', '', ','), ['']);
  assert.deepEqual(call('string_split_string_int', 'a,b,c', ',', 0), []);
  assert.deepEqual(call('string_split_string_int', 'a,b,c', ',', 1), ['a,b,c']);
  assert.deepEqual(call('string_split_string_int', 'a,b,c', ',', 2), ['a', 'b,c']);
  assert.deepEqual(call('string_split_string_int', 'a,b,c', ',', -1), ['a', 'b', 'c']);
  assert.deepEqual(call('string_split_string_int', '😀bc', '', 2), ['😀', 'bc']);
});

test('substring is half open and checked', () => {
  assert.equal(call('string_substring_int', 'tacocat', 4), 'cat');
  assert.equal(call('string_substring_int', 'a😀b', 2), 'b');
  assert.equal(call('string_substring_int_int', 'a😀b', 1, 2), '😀');
  assert.equal(call('string_substring_int', 'abc', 3), '');
  assert.equal(call('string_substring_int', 'abc', 4), 'error: index out of range: 4');
  assert.equal(call('string_substring_int_int', 'abc', 1, 4), 'error: index out of range: 4');
  assert.equal(call('string_substring_int_int', 'abc', -1, 1), 'error: index out of range: -1');
  assert.equal(
    call('string_substring_int_int', 'abc', 2, 1),
    'error: invalid substring range. start: 2, end: 1',
  );
});

test('trim takes what Unicode calls white space', () => {
  assert.equal(call('string_trim', ' \t\n\v\f\r\u0085\u00a0\u2003a b\u3000 '), 'a b');
  assert.equal(call('string_trim', '\ufeffa\u200b'), '\ufeffa\u200b');
  assert.equal(call('string_trim', '   '), '');
});

test('trim takes time linear in the text', () => {
  const text = `${' '.repeat(200_000)}x${' '.repeat(200_000)}y`;
  assert.equal((call('string_trim', text) as string).length, 200_002);
});

test('join wants strings', () => {
  assert.equal(call('list_join', ['a', 'b']), 'ab');
  assert.equal(call('list_join_string', ['a', 'b'], ', '), 'a, b');
  assert.equal(call('list_join', []), '');
  assert.equal(call('list_join', ['a', 2]), 'error: join: invalid input: 2');
  assert.equal(call('list_join', ['a', null]), 'error: join: invalid input: 0');
  assert.equal(call('list_join', ['a', [2, { a: 1 }]]), 'error: join: invalid input: [2, map[a:1]]');
});

test('calls cost by the characters they read and write', () => {
  assert.equal(cost('string_char_at_int', 'abc', 1), undefined, 'the default');
  assert.equal(cost('string_lower_ascii', 'é'.repeat(11)), 2);
  assert.equal(cost('string_replace_string_string', 'a'.repeat(11), 'a', 'bbbbbbbb'), 3);
  assert.equal(cost('list_join', ['a'.repeat(10), 'b']), 3);
  assert.equal(cost('string_index_of_string', 'é'.repeat(10), 'x'), 2, 'bytes, rounded down');
});
