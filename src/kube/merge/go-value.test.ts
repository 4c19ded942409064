import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goDetailed, goPlain, goTypeName, GoValue, isPatchObject } from './go-value.ts';

const bytes = new GoValue('[]uint8', '[1]', '[]uint8{0x1}');

test('types as Go names them', () => {
  const names = ['a', true, 1, 1.5, 2n, null, [], {}, bytes].map(goTypeName);
  assert.deepEqual(names, [
    'string',
    'bool',
    'int64',
    'float64',
    'int64',
    '<nil>',
    '[]interface {}',
    'map[string]interface {}',
    '[]uint8',
  ]);
});

test('values as Go prints them', () => {
  const value = { b: [1, 'x', null], a: { c: true }, d: bytes };
  assert.equal(goPlain(value), 'map[a:map[c:true] b:[1 x <nil>] d:[1]]');
  assert.equal(
    goDetailed(value),
    'map[string]interface {}{"a":map[string]interface {}{"c":true}, "b":[]interface {}{1, "x", interface {}(nil)}, "d":[]uint8{0x1}}',
  );
});

test('a list without items is nil', () => {
  assert.equal(goDetailed([]), '[]interface {}(nil)');
});

test('only objects are objects', () => {
  assert.deepEqual([{}, [], null, bytes, 'a', undefined].map(isPatchObject), [
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
});
