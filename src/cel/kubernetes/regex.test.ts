import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CelError, type Value } from '../value.ts';
import { regex } from './regex.ts';

const overload = (id: string) => regex.overloads.find((candidate) => candidate.id === id)!;
const call = (id: string, ...args: Value[]): unknown => overload(id).implementation(...args);

test('find gives the leftmost match, or nothing', () => {
  assert.equal(call('string_find_string', 'abc 123', '[0-9]+'), '123');
  assert.equal(call('string_find_string', 'abc', '[0-9]+'), '');
  assert.equal(call('string_find_string', 'abc', 'x*'), '');
});

test('findAll gives all matches, or so many', () => {
  assert.deepEqual(call('string_find_all_string', '1 22 333', '[0-9]+'), ['1', '22', '333']);
  assert.deepEqual(call('string_find_all_string_int', '1 22 333', '[0-9]+', 2), ['1', '22']);
  assert.deepEqual(call('string_find_all_string_int', '1 22 333', '[0-9]+', 0), []);
  assert.deepEqual(call('string_find_all_string_int', '1 22', '[0-9]+', -(2n ** 63n)), ['1', '22']);
  assert.deepEqual(call('string_find_all_string', 'é', ''), ['', '']);
});

test('a pattern that is none is an error', () => {
  const illegal = new CelError('Illegal regex: error parsing regexp: missing closing ): `(`');
  assert.deepEqual(call('string_find_string', 'a', '('), illegal);
  assert.deepEqual(call('string_find_all_string', 'a', '('), illegal);
});

test('the cost is the text times the pattern', () => {
  assert.equal(overload('string_find_string').cost!(['a'.repeat(20), 'a{1,2}'], ''), 6);
});
