import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSelector } from './selector.ts';

function selects(selector: unknown, labels: Record<string, string>): boolean {
  const parsed = parseSelector(selector);
  assert.ok(parsed.selector, parsed.problem?.message);
  return parsed.selector(labels);
}

test('a missing selector selects nothing, an empty one everything', () => {
  for (const missing of [undefined, null]) assert.equal(selects(missing, { a: 'b' }), false);
  for (const empty of [{}, { matchLabels: {} }, { matchLabels: null, matchExpressions: [] }]) {
    assert.equal(selects(empty, {}), true);
  }
});

test('all requirements must hold', () => {
  const selector = {
    matchLabels: { app: 'web' },
    matchExpressions: [
      { key: 'tier', operator: 'In', values: ['front', 'back'] },
      { key: 'stage', operator: 'NotIn', values: ['test'] },
      { key: 'team', operator: 'Exists' },
      { key: 'legacy', operator: 'DoesNotExist' },
    ],
  };
  const labels = { app: 'web', tier: 'back', team: '' };
  assert.equal(selects(selector, labels), true);
  assert.equal(selects(selector, { ...labels, app: 'api' }), false);
  assert.equal(selects(selector, { ...labels, tier: 'middle' }), false);
  assert.equal(selects(selector, { ...labels, stage: 'test' }), false);
  assert.equal(selects(selector, { ...labels, stage: 'live' }), true);
  assert.equal(selects(selector, { ...labels, legacy: 'x' }), false);
  assert.equal(selects(selector, { app: 'web', tier: 'back' }), false);
});

test('labels that objects inherit do not count', () => {
  assert.equal(selects({ matchExpressions: [{ key: 'toString', operator: 'Exists' }] }, {}), false);
  assert.equal(selects({ matchExpressions: [{ key: 'toString', operator: 'DoesNotExist' }] }, {}), true);
});

test('what is no selector is refused with its place', () => {
  const refusals: [selector: unknown, path: string, message: RegExp][] = [
    [[], '', /map/],
    [{ matchLabels: [] }, 'matchLabels', /map/],
    [{ matchLabels: { a: 1 } }, 'matchLabels.a', /not a label value/],
    [{ matchLabels: { 'a b': 'c' } }, 'matchLabels.a b', /not a label key/],
    [{ matchExpressions: {} }, 'matchExpressions', /list/],
    [{ matchExpressions: [1] }, 'matchExpressions.0', /map/],
    [{ matchExpressions: [{ operator: 'In' }] }, 'matchExpressions.0.key', /key/],
    [
      { matchExpressions: [{ key: 'a' }] },
      'matchExpressions.0.operator',
      /"" is not a valid label selector operator/,
    ],
    [
      { matchExpressions: [{ key: 'a', operator: 'in', values: ['b'] }] },
      'matchExpressions.0.operator',
      /"in"/,
    ],
    [{ matchExpressions: [{ key: 'a', operator: 'In' }] }, 'matchExpressions.0.values', /can't be empty/],
    [{ matchExpressions: [{ key: 'a', operator: 'In', values: 'b' }] }, 'matchExpressions.0.values', /list/],
    [
      { matchExpressions: [{ key: 'a', operator: 'In', values: ['b c'] }] },
      'matchExpressions.0.values.0',
      /value/,
    ],
    [
      { matchExpressions: [{ key: 'a', operator: 'Exists', values: ['b'] }] },
      'matchExpressions.0.values',
      /empty/,
    ],
  ];
  for (const [selector, path, message] of refusals) {
    const { problem } = parseSelector(selector);
    assert.ok(problem, JSON.stringify(selector));
    assert.equal(problem.path.join('.'), path);
    assert.match(problem.message, message);
  }
});
