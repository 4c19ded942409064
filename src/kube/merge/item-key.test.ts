import assert from 'node:assert/strict';
import { test } from 'node:test';
import { itemKey } from './item-key.ts';
import type { ListShape } from './shape.ts';

const any = { kind: 'any', atomic: false } as const;
const ports: ListShape = {
  item: any,
  merge: 'map',
  keys: [
    { name: 'port', default: undefined },
    { name: 'protocol', default: 'TCP' },
  ],
};
const names: ListShape = { item: any, merge: 'map', keys: [{ name: 'name', default: undefined }] };
const set: ListShape = { item: any, merge: 'set', keys: [] };

test('the key fields in their order, with defaults', () => {
  assert.deepEqual(itemKey(ports, { protocol: 'UDP', port: 53 }), { key: '[port=53,protocol="UDP"]' });
  assert.deepEqual(itemKey(ports, { port: 53 }), { key: '[port=53,protocol="TCP"]' });
  assert.deepEqual(itemKey(ports, {}), { key: '[protocol="TCP"]' });
});

test('an item without any key field has none', () => {
  assert.deepEqual(itemKey(names, { nam: 'a' }), {
    problem: `associative list with keys has an element that omits all key fields ["name"] (and doesn't have default values for any key fields)`,
  });
});

test('items of sets are their own keys; a text is not its number', () => {
  assert.deepEqual(itemKey(set, 'a"b'), { key: '[="a\\"b"]' });
  assert.deepEqual(itemKey(set, 1), { key: '[=1]' });
  assert.deepEqual(itemKey(set, '1'), { key: '[="1"]' });
});
