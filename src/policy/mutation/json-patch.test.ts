import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json, JsonObject } from '../../model/object.ts';
import { applyJsonPatch, type PatchOperation } from './json-patch.ts';

type Written = Partial<PatchOperation> & { readonly op: string };

function apply(object: JsonObject, ...written: Written[]) {
  const operations = written.map((one) => ({ path: '', from: '', value: undefined, ...one }));
  return applyJsonPatch(object, operations);
}

/** The object afterwards. */
function patched(object: JsonObject, ...written: Written[]): Json {
  const outcome = apply(object, ...written);
  assert.equal(outcome.kind, 'patched', JSON.stringify(outcome));
  return outcome.kind === 'patched' ? outcome.object : null;
}

function failure(object: JsonObject, ...written: Written[]): string {
  const outcome = apply(object, ...written);
  assert.equal(outcome.kind, 'error', JSON.stringify(outcome));
  return outcome.kind === 'error' ? outcome.message : '';
}

const list = { l: ['a', 'b'] };

test('add', () => {
  assert.deepEqual(patched({}, { op: 'add', path: '/a', value: 1 }), { a: 1 });
  assert.deepEqual(patched({ a: 1 }, { op: 'add', path: '/a', value: 2 }), { a: 2 });
  assert.deepEqual(patched({}, { op: 'add', path: '/a' }), { a: null });
  assert.deepEqual(patched(list, { op: 'add', path: '/l/-', value: 'c' }), { l: ['a', 'b', 'c'] });
  assert.deepEqual(patched(list, { op: 'add', path: '/l/1', value: 'c' }), { l: ['a', 'c', 'b'] });
  assert.deepEqual(patched(list, { op: 'add', path: '/l/-1', value: 'c' }), { l: ['a', 'b', 'c'] });
  assert.equal(
    failure({}, { op: 'add', path: '/a/b', value: 1 }),
    'add operation does not apply: doc is missing path: "/a/b": missing value',
  );
  assert.equal(
    failure(list, { op: 'add', path: '/l/3', value: 1 }),
    "error in add for path: '/l/3': Unable to access invalid index: 3: invalid index referenced",
  );
  assert.equal(
    failure(list, { op: 'add', path: '/l/x', value: 1 }),
    `error in add for path: '/l/x': value was not a proper array index: 'x': strconv.Atoi: parsing "x": invalid syntax`,
  );
});

test('remove', () => {
  assert.deepEqual(patched({ a: 1, b: 2 }, { op: 'remove', path: '/a' }), { b: 2 });
  assert.deepEqual(patched(list, { op: 'remove', path: '/l/-1' }), { l: ['a'] });
  assert.equal(
    failure({}, { op: 'remove', path: '/a' }),
    "error in remove for path: '/a': Unable to remove nonexistent key: a: missing value",
  );
  assert.match(failure(list, { op: 'remove', path: '/l/-3' }), /Unable to access invalid index: -3/);
});

test('replace adds an absent key of a map, but no item of a list', () => {
  assert.deepEqual(patched({}, { op: 'replace', path: '/a', value: 1 }), { a: 1 });
  assert.deepEqual(patched(list, { op: 'replace', path: '/l/0', value: 'c' }), { l: ['c', 'b'] });
  assert.equal(
    failure(list, { op: 'replace', path: '/l/2', value: 'c' }),
    'replace operation does not apply: doc is missing key: /l/2: missing value',
  );
  assert.deepEqual(patched({ a: 1 }, { op: 'replace', path: '', value: { b: 2 } }), { b: 2 });
  assert.match(failure({}, { op: 'replace', path: '', value: 1 }), /value must be object or array/);
});

test('move and copy', () => {
  assert.deepEqual(patched({ a: { b: 1 } }, { op: 'move', from: '/a/b', path: '/c' }), { a: {}, c: 1 });
  assert.deepEqual(patched({ a: { b: 1 } }, { op: 'copy', from: '/a', path: '/c' }), {
    a: { b: 1 },
    c: { b: 1 },
  });
  assert.deepEqual(patched({}, { op: 'copy', from: '/a', path: '/c' }), { c: null });
  assert.match(failure({}, { op: 'move', from: '/a', path: '/c' }), /Unable to remove nonexistent key: a/);
  assert.equal(
    failure({}, { op: 'copy', path: '/c' }),
    'copy operation failed to decode from: operation, missing from field: missing value',
  );
});

test('a copy is no part of what it was copied from', () => {
  const object = { a: { b: [1] } };
  const result = patched(
    object,
    { op: 'copy', from: '/a', path: '/c' },
    { op: 'add', path: '/c/b/-', value: 2 },
    { op: 'add', path: '/a/b/-', value: 3 },
  );
  assert.deepEqual(result, { a: { b: [1, 3] }, c: { b: [1, 2] } });
  assert.deepEqual(object, { a: { b: [1] } });
});

test('test', () => {
  const passes = (object: JsonObject, path: string, value?: Json) =>
    apply(object, { op: 'test', path, ...(value !== undefined && { value }) }).kind === 'patched';
  assert.ok(passes({ a: { b: 1, c: 2 } }, '/a', { c: 2, b: 1 }));
  assert.ok(!passes({ a: 1 }, '/a', '1'));
  assert.ok(!passes({ a: [1, 2] }, '/a', [2, 1]));
  assert.ok(passes({}, '/a'));
  assert.ok(!passes({}, '/a', null));
  assert.ok(!passes({ a: 1 }, '/a'));
  assert.equal(
    failure({}, { op: 'test', path: '/a/b', value: 1 }),
    'test operation does not apply: is missing path: /a/b: missing value',
  );
});

test('a failure discards the whole patch', () => {
  const object = { a: 1 };
  failure(object, { op: 'add', path: '/b', value: 2 }, { op: 'remove', path: '/c' });
  assert.deepEqual(object, { a: 1 });
});

test('writing into a null that the patch wrote makes the server panic; reading it does not', () => {
  const wrote = { op: 'add', path: '/a', value: null };
  assert.equal(apply({}, wrote, { op: 'add', path: '/a/b', value: 1 }).kind, 'crash');
  assert.match(failure({}, wrote, { op: 'remove', path: '/a/b' }), /Unable to remove nonexistent key: b/);
  assert.match(failure({}, wrote, { op: 'add', path: '/a/b/c', value: 1 }), /missing path/);
  assert.deepEqual(patched({}, wrote, { op: 'test', path: '/a', value: null }), { a: null });
  // A null that is there already is nothing at all.
  assert.match(failure({ a: null }, { op: 'add', path: '/a/b', value: 1 }), /missing path/);
});

test('paths are escaped, and some cannot be read', () => {
  assert.deepEqual(patched({}, { op: 'add', path: '/a~1b~0c', value: 1 }), { 'a/b~c': 1 });
  assert.deepEqual(patched({}, { op: 'add', path: '/', value: 1 }), { '': 1 });
  assert.match(failure({}, { op: 'add', path: 'a/b/c', value: 1 }), /missing path: "a\/b\/c"/);
  assert.equal(
    failure({}, { op: 'add', path: '/a\u007fb' }),
    'add operation failed to decode path: missing value',
  );
  assert.match(
    failure({}, { op: 'replace', path: '/a\u0007' }),
    /invalid character 'a' in string escape code/,
  );
  assert.deepEqual(patched({}, { op: 'add', path: '/é\n\u200b', value: 1 }), { 'é\n\u200b': 1 });
});

test('operations that are none', () => {
  assert.equal(failure({}, { op: 'nope', path: '/a' }), 'Unexpected kind: nope');
  assert.equal(failure({}, { op: '', path: '/a' }), 'Unexpected kind: ');
});

test('prototype names are keys like any other', () => {
  const result = patched(
    {},
    { op: 'add', path: '/__proto__', value: { a: 1 } },
    { op: 'add', path: '/constructor', value: 2 },
  );
  assert.deepEqual(Object.entries(result as JsonObject), [
    ['__proto__', { a: 1 }],
    ['constructor', 2],
  ]);
  assert.match(failure({}, { op: 'remove', path: '/toString' }), /nonexistent key: toString/);
  assert.match(failure({}, { op: 'add', path: '/__proto__/polluted', value: 1 }), /missing path/);
});
