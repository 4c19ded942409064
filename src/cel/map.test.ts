import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isMap, mapEntries, mapFrom, mapGet, mapKeys, mapSize } from './map.ts';
import { CelError, Double, Duration, Optional, Timestamp, TypeValue, Uint, type Value } from './value.ts';

test('plain objects and Maps are maps, nothing else', () => {
  for (const map of [
    {},
    new Map(),
    Object.create(null) as object,
    JSON.parse('{"constructor": 1}') as object,
  ]) {
    assert.equal(isMap(map), true);
  }
  for (const other of [null, 1, 'a', [], new Double(1), Optional.none, new CelError('x'), new Uint8Array()]) {
    assert.equal(isMap(other), false);
  }
});

test('numeric keys are found by value, whatever their type', () => {
  const map = mapFrom([
    [1, 'one'],
    [new Uint(2n), 'two'],
    [2.5, 'half'],
  ]);
  for (const key of [1, 1n, new Uint(1n), new Double(1)]) assert.equal(mapGet(map, key), 'one');
  for (const key of [2, new Uint(2n), new Double(2)]) assert.equal(mapGet(map, key), 'two');
  assert.equal(mapGet(map, 2.5), 'half');
  assert.equal(mapGet(map, 3), undefined);
  assert.equal(mapGet(map, '1'), undefined);
});

test('times and durations are keys by value', () => {
  const map = mapFrom([
    [new Duration(5n), 'd'],
    [new Timestamp(5n), 't'],
  ]);
  assert.equal(mapGet(map, new Duration(5n)), 'd');
  assert.equal(mapGet(map, new Timestamp(5n)), 't');
  assert.equal(mapGet(map, new Duration(6n)), undefined);
});

test('of equal keys of one type the last entry counts', () => {
  assert.deepEqual(
    mapFrom([
      ['a', 1],
      ['a', 2],
    ]),
    { a: 2 },
  );
  assert.equal(
    mapSize(
      mapFrom([
        [new Uint(1n), 'a'],
        [new Uint(1n), 'b'],
      ]),
    ),
    1,
  );
  assert.equal(
    mapSize(
      mapFrom([
        [1, 'a'],
        [new Uint(1n), 'b'],
      ]),
    ),
    2,
  );
});

test('names that objects inherit are ordinary keys', () => {
  const map = mapFrom([
    ['__proto__', 1],
    ['constructor', 2],
  ]);
  assert.equal(mapGet(map, '__proto__'), 1);
  assert.equal(mapGet(map, 'constructor'), 2);
  assert.equal(mapGet({}, '__proto__'), undefined);
  assert.equal(mapGet({}, 'toString'), undefined);
  assert.equal(Object.getPrototypeOf(map), Object.prototype);
});

test('keys, entries and size agree', () => {
  for (const map of [
    mapFrom([
      ['a', 1],
      ['b', 2],
    ]),
    mapFrom([
      [1, 1],
      [true, 2],
    ]),
  ]) {
    assert.equal(mapSize(map), 2);
    assert.deepEqual(
      mapEntries(map).map(([key]) => key),
      mapKeys(map),
    );
  }
});

test('keys that are not numbers or texts are the same as they are in Go', () => {
  const at = (offset: number) => new Timestamp(7n, offset);
  const inMap = (key: Value, other: Value): boolean => mapGet(mapFrom([[key, 'found']]), other) === 'found';
  assert.ok(inMap(at(7200), at(7200)));
  assert.ok(!inMap(at(7200), at(0)));
  assert.ok(!inMap(at(-12600), at(-12600))); // Go keeps zones of whole hours only
  assert.ok(inMap(new TypeValue('int'), new TypeValue('int')));
  assert.ok(!inMap(new TypeValue('int'), new TypeValue('uint')));
  assert.ok(!inMap([1], [1]));
});
