import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Json, JsonObject } from '../../model/object.ts';
import { differences, jsonPatchBetween } from './difference.ts';
import { applyJsonPatch } from './json-patch.ts';

const pathsOf = (before: Json, after: Json) => differences(before, after).map(({ path }) => path.join('.'));

test('equal values have no differences', () => {
  assert.deepEqual(differences({ a: [1, { b: null }] }, { a: [1, { b: null }] }), []);
});

test('what is added, replaced and removed, in the order of the fields', () => {
  assert.deepEqual(differences({ a: 1, b: { c: 2 }, d: 3 }, { a: 1, b: { c: 4 }, e: 5 }), [
    { path: ['b', 'c'], before: 2, after: 4 },
    { path: ['d'], before: 3, after: undefined },
    { path: ['e'], before: undefined, after: 5 },
  ]);
});

test('what is new is one difference, however large', () => {
  assert.deepEqual(pathsOf({}, { a: { b: { c: 1 } } }), ['a']);
});

test('an item put into a list is one difference, as is one taken out', () => {
  assert.deepEqual(pathsOf(['a', 'b', 'c'], ['n', 'a', 'b', 'c']), ['0']);
  assert.deepEqual(pathsOf(['a', 'b', 'c'], ['a', 'c']), ['1']);
  assert.deepEqual(pathsOf(['a'], ['a', 'b', 'c']), ['1', '2']);
});

test('a changed item is compared part by part', () => {
  assert.deepEqual(pathsOf([{ n: 'a', v: 1 }, { n: 'b' }], [{ n: 'a', v: 2 }, { n: 'b' }]), ['0.v']);
});

test('keys of the patch are escaped', () => {
  assert.deepEqual(jsonPatchBetween({}, { 'a/b~c': 1 }), [{ op: 'add', path: '/a~1b~0c', value: 1 }]);
});

const json = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<Json>(1, 'a', true, 2),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c/d', '__proto__'), tie('value'), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  ),
})).value;

test('the patch makes the second object of the first', () => {
  fc.assert(
    fc.property(json, json, (before, after) => {
      const [left, right] = [{ root: before }, { root: after }] as [JsonObject, JsonObject];
      const operations = jsonPatchBetween(left, right).map((operation) => ({
        op: operation.op,
        path: operation.path,
        from: '',
        value: 'value' in operation ? operation.value : undefined,
      }));
      assert.deepEqual(applyJsonPatch(left, operations), { kind: 'patched', object: right });
    }),
  );
});
