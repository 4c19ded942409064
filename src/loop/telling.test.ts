import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Rule } from './ruleset.ts';
import { tellingAmong } from './telling.ts';

const rule = (id: string, ...impliedBy: string[]): Rule =>
  ({ id, impliedBy: impliedBy.length === 0 ? undefined : impliedBy }) as unknown as Rule;

test('who may tell whom, by their places among the rules', () => {
  const rules = [rule('a'), rule('b', 'c', 'gone', 'a'), rule('c')];
  assert.deepEqual(tellingAmong(rules), [{ told: 1, tellers: [2, 0] }]);
});

test('a rule whose tellers are all missing is told by nobody', () => {
  assert.deepEqual(tellingAmong([rule('b', 'gone'), rule('c')]), []);
});

test('a teller may be told itself', () => {
  assert.deepEqual(tellingAmong([rule('a', 'b'), rule('b', 'c'), rule('c')]), [
    { told: 0, tellers: [1] },
    { told: 1, tellers: [2] },
  ]);
});

test('the same array is looked through once', () => {
  const rules = [rule('a', 'b'), rule('b')];
  assert.equal(tellingAmong(rules), tellingAmong(rules));
});
