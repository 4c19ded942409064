import assert from 'node:assert/strict';
import { test } from 'node:test';
import { follow, isSame } from './list-match.ts';

const pod = (...containers: object[]) => ({ spec: { containers } }) as never;

test('items are found by name wherever they stand', () => {
  const from = pod({ name: 'a' }, { name: 'b', image: 'x' });
  const into = pod({ name: 'b', image: 'y' });
  assert.deepEqual(follow(['spec', 'containers', 1, 'image'], from, into), [
    'spec',
    'containers',
    0,
    'image',
  ]);
  assert.deepEqual(follow(['spec', 'containers', 0], from, into), ['spec', 'containers']);
});

test('items without names by other keys, texts by themselves, else by index', () => {
  const from = { ports: [{ containerPort: 1 }, { containerPort: 2 }], add: ['A', 'B'], rules: [{ x: 1 }] };
  const into = { ports: [{ containerPort: 2 }], add: ['B'], rules: [{ x: 2 }] };
  assert.deepEqual(follow(['ports', 1], from, into), ['ports', 0]);
  assert.deepEqual(follow(['add', 1], from, into), ['add', 0]);
  assert.deepEqual(follow(['add', 0], from, into), ['add']);
  assert.deepEqual(follow(['rules', 0, 'x'], from, into), ['rules', 0, 'x']);
});

test('as much of the way as there is', () => {
  assert.deepEqual(follow(['a', 'b', 'c'], { a: { b: { c: 1 } } }, { a: { d: 1 } }), ['a']);
  assert.deepEqual(follow(['a'], { a: 1 }, null), []);
});

test('values are the same whatever the order of keys', () => {
  assert.ok(isSame({ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 }));
  assert.ok(!isSame({ a: 1 }, { a: 1, b: 2 }));
  assert.ok(!isSame([1, 2], [2, 1]));
  assert.ok(!isSame([], {}));
  assert.ok(!isSame(null, {}));
});
