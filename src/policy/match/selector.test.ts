import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { LabelSelector } from '../definition.ts';
import { isEmptySelector, selects } from './selector.ts';

const requirement = (operator: string, key: string, ...values: string[]): LabelSelector => ({
  matchLabels: {},
  matchExpressions: [{ key, operator, values }],
});
const labels = (known: Record<string, string>, complete = true) => ({ known, complete });

test('operators over known labels', () => {
  const table: [LabelSelector, boolean, boolean, boolean][] = [
    // selector, on {a: x}, on {a: y}, on {}
    [{ matchLabels: { a: 'x' }, matchExpressions: [] }, true, false, false],
    [requirement('In', 'a', 'x', 'z'), true, false, false],
    [requirement('NotIn', 'a', 'x'), false, true, true],
    [requirement('Exists', 'a'), true, true, false],
    [requirement('DoesNotExist', 'a'), false, false, true],
    [requirement('Unheard', 'a'), false, false, false],
    [{ matchLabels: {}, matchExpressions: [] }, true, true, true],
  ];
  for (const [selector, x, y, none] of table) {
    assert.deepEqual(
      [{ a: 'x' }, { a: 'y' }, {}].map((known) => selects(selector, labels(known as Record<string, string>))),
      [x, y, none],
      JSON.stringify(selector),
    );
  }
});

test('a label that is not known leaves the answer open, unless another requirement fails', () => {
  const selector: LabelSelector = {
    matchLabels: { a: 'x' },
    matchExpressions: [{ key: 'b', operator: 'NotIn', values: ['y'] }],
  };
  assert.equal(selects(selector, labels({}, false)), undefined);
  assert.equal(selects(selector, labels({ a: 'x' }, false)), undefined);
  assert.equal(selects(selector, labels({ a: 'z' }, false)), false);
  assert.equal(selects(selector, labels({ b: 'y' }, false)), false);
  assert.equal(selects(selector, labels({ a: 'x', b: 'n' }, false)), true);
});

test('names of the prototype are no labels', () => {
  assert.equal(selects(requirement('Exists', 'constructor'), labels({})), false);
  assert.equal(selects(requirement('DoesNotExist', 'toString'), labels({})), true);
});

test('empty selectors', () => {
  assert.equal(isEmptySelector({ matchLabels: {}, matchExpressions: [] }), true);
  assert.equal(isEmptySelector({ matchLabels: { a: '' }, matchExpressions: [] }), false);
  assert.equal(isEmptySelector(requirement('Exists', 'a')), false);
});

test('an answer on partial labels holds for every completion of them', () => {
  const key = fc.constantFrom('a', 'b', 'c');
  const value = fc.constantFrom('x', 'y');
  const known = fc.dictionary(key, value, { maxKeys: 3 });
  const expression = fc.record({
    key,
    operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist'),
    values: fc.array(value, { minLength: 1, maxLength: 2 }),
  });
  const selector = fc.record({
    matchLabels: known,
    matchExpressions: fc.array(expression, { maxLength: 3 }),
  });
  fc.assert(
    fc.property(selector, known, known, (selected, some, more) => {
      const partial = selects(selected, labels(some, false));
      if (partial === undefined) return;
      assert.equal(selects(selected, labels({ ...more, ...some })), partial);
    }),
  );
});
