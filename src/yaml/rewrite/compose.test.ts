import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Value } from '../build.ts';
import type { Path } from '../locate.ts';
import { type Change, changedBy } from './change.ts';
import { composed } from './compose.ts';

const set = (path: Path, value: Value): Change => ({ op: 'set', path, value });
const remove = (path: Path): Change => ({ op: 'remove', path });

test('an index counts in what the batch before left', () => {
  const before = { args: ['a', 'b', 'c'] };
  const changes = composed(before, [[remove(['args', 0])], [set(['args', 0], 'B')], [set(['args', 2], 'd')]]);
  assert.deepEqual(changes, [remove(['args', 0]), set(['args', 1], 'B'), set(['args', 3], 'd')]);
  assert.deepEqual(changedBy(before, changes), { args: ['B', 'c', 'd'] });
});

test('what several batches append stands one behind the other', () => {
  const changes = composed({ args: ['a'] }, [[set(['args', 1], 'b')], [set(['args', 2], 'c')]]);
  assert.deepEqual(changes, [set(['args', 1], 'b'), set(['args', 2], 'c')]);
});

test('a change of what was added becomes part of the addition', () => {
  const changes = composed({ kind: 'X' }, [
    [set(['server'], { args: [{ name: 'a' }] })],
    [set(['server', 'args', 1], { name: 'b' })],
    [set(['server', 'image'], 'i')],
    [remove(['server', 'args', 0])],
  ]);
  assert.deepEqual(changes, [set(['server'], { args: [{ name: 'b' }], image: 'i' })]);
});

test('what was added and taken away again is no change', () => {
  assert.deepEqual(composed({ list: ['a'] }, [[set(['list', 1], 'b')], [remove(['list', 1])]]), []);
  assert.deepEqual(composed({ a: 1 }, [[set(['b'], 2)], [remove(['b'])]]), []);
});

test('a key that went and came back is written over', () => {
  assert.deepEqual(composed({ a: 1 }, [[remove(['a'])], [set(['a'], 2)]]), [set(['a'], 2)]);
});

test('no batch, no change', () => {
  assert.deepEqual(composed({ a: [1] }, []), []);
  assert.deepEqual(composed({ a: [1] }, [[], []]), []);
});

const leaf = fc.oneof(fc.constantFrom<Value>('x', true, null), fc.nat(9));
const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value'), { maxKeys: 3, noNullPrototype: true }),
    fc.array(tie('value'), { maxLength: 3 }),
  ),
}));
const root = fc.dictionary(fc.constantFrom('a', 'b', 'c'), value, { minKeys: 1, noNullPrototype: true });

/** A change somewhere in `at`: a place in it, or a new one; `picks` decides which. */
function changeIn(at: Value, picks: readonly number[], made: Value): Change {
  const path: (string | number)[] = [];
  let value = at;
  for (const pick of picks) {
    if (value === null || typeof value !== 'object') break;
    const steps = Array.isArray(value) ? [...value.keys(), value.length] : [...Object.keys(value), 'new'];
    const step = steps[pick % steps.length]!;
    path.push(step);
    const next = (value as Record<string | number, Value>)[step];
    if (next === undefined) return set(path, made);
    value = next;
  }
  return picks.length % 2 === 0 ? set(path, made) : remove(path);
}

test('one batch leads where many lead', () => {
  const picks = fc.array(fc.nat(5), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(root, fc.array(fc.tuple(picks, value), { maxLength: 5 }), (before, steps) => {
      let now: Value = before;
      const batches = steps.map(([pick, made]) => {
        const batch = [changeIn(now, pick, made)];
        now = changedBy(now, batch)!;
        return batch;
      });
      assert.deepEqual(changedBy(before, composed(before, batches)), now);
    }),
    { numRuns: 500 },
  );
});
