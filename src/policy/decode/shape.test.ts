import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Json, Path } from '../../model/object.ts';
import { formatPath } from '../../model/path.ts';
import { any, conform, list, map, type Shape, string, struct } from './shape.ts';

const shape: Shape = struct({
  name: string,
  tags: list(string),
  labels: map(string),
  inner: list(struct({ a: string, deep: any })),
});
const read = (value: Json) => {
  const unknown: string[] = [];
  const wrong: string[] = [];
  const result = conform(value, shape, [], {
    unknownField: (path: Path) => unknown.push(formatPath(path)),
    wrongType: (path: Path) => wrong.push(formatPath(path)),
  });
  return { result, unknown, wrong };
};

test('what fits stays as it is', () => {
  const value = { name: 'x', tags: ['a'], labels: { b: 'c' }, inner: [{ a: 'd', deep: [1, { e: null }] }] };
  assert.deepEqual(read(value), { result: value, unknown: [], wrong: [] });
});

test('null is unset; inside lists and maps it is the zero value', () => {
  assert.deepEqual(read({ name: null, tags: [null], labels: { b: null }, inner: [null] }).result, {
    tags: [''],
    labels: { b: '' },
    inner: [{}],
  });
  assert.equal(read(null).result, undefined);
});

test('every misfit is told with its path', () => {
  const { unknown, wrong } = read({
    name: 1,
    tag: [],
    tags: [true, 'a'],
    labels: [],
    inner: [{ a: {}, b: 1 }],
  });
  assert.deepEqual(unknown, ['tag', 'inner[0].b']);
  assert.deepEqual(wrong, ['name', 'tags[0]', 'labels', 'inner[0].a']);
});

test('keys that objects inherit are keys', () => {
  const value = JSON.parse('{"labels": {"__proto__": "x", "constructor": "y"}}') as Json;
  assert.equal(JSON.stringify(read(value).result), '{"labels":{"__proto__":"x","constructor":"y"}}');
});

test('nothing throws, and what comes out fits', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const first = read(value as Json);
      if (first.result === undefined) return;
      assert.deepEqual(read(first.result), { result: first.result, unknown: [], wrong: [] });
    }),
  );
});
