import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Double, Optional, Uint, type Value } from '../value.ts';
import { sets } from './sets.ts';

const overload = (name: string) =>
  sets.overloads.find((candidate) => candidate.id === `list_sets_${name}_list`)!;
const call = (name: string, a: Value[], b: Value[]): unknown => overload(name).implementation(a, b);

test('contains wants every element of the second list', () => {
  assert.equal(call('contains', [1, 2, 3], [2, 2, 1]), true);
  assert.equal(call('contains', [1, 2], [3]), false);
  assert.equal(call('contains', [], []), true);
  assert.equal(call('contains', [], [1]), false);
});

test('equivalent ignores order and repetition', () => {
  assert.equal(call('equivalent', [1, 2], [2, 1, 1]), true);
  assert.equal(call('equivalent', [1, 2], [1]), false);
  assert.equal(call('equivalent', [1], [1, 2]), false);
});

test('intersects wants one element in common', () => {
  assert.equal(call('intersects', [1, 2], [2, 3]), true);
  assert.equal(call('intersects', [1], [2]), false);
  assert.equal(call('intersects', [], []), false);
});

test("elements compare by CEL's equality", () => {
  assert.equal(call('equivalent', [1, [2]], [new Uint(1n), [new Double(2)]]), true);
  assert.equal(call('contains', [{ a: 1 }], [{ a: new Double(1) }]), true);
  assert.equal(call('contains', [NaN], [NaN]), false);
});

test('the cost is the product of the lengths', () => {
  assert.equal(
    overload('contains').cost!(
      [
        [1, 2],
        [1, 2, 3],
      ],
      true,
    ),
    7,
  );
  assert.equal(
    overload('equivalent').cost!(
      [
        [1, 2],
        [1, 2, 3],
      ],
      true,
    ),
    13,
  );
  assert.equal(overload('intersects').cost!([[], [1]], true), 1);
  assert.equal(overload('contains').cost!([[1], new Optional('abc')], true), 2);
});
