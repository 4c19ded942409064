import assert from 'node:assert/strict';
import { test } from 'node:test';
import { summarise, thresholdOf } from './summary.ts';

const nothing = {
  verdicts: [],
  owned: new Set<never>(),
  rules: [],
  errors: 0,
  policyMistakes: 0,
  renderingNeeded: 0,
  renderingAsked: 0,
  failOn: () => ['high'] as const,
};

test('nothing is clean, and does not sound like a pass', () => {
  const { exitCode, exitReason } = summarise(nothing);
  assert.deepEqual([exitCode, exitReason], [0, 'there was nothing to judge']);
});

test('folders that need rendering are named in the reason, and decide where that is asked', () => {
  const left = summarise({ ...nothing, renderingNeeded: 1 });
  assert.deepEqual(
    [left.exitCode, left.exitReason],
    [0, 'there was nothing to judge, but 1 folder needs rendering'],
  );
  const asked = summarise({ ...nothing, renderingNeeded: 3, renderingAsked: 2 });
  assert.deepEqual([asked.exitCode, asked.exitReason], [3, '2 folders need rendering']);
});

test('what could not be read and mistakes in policies are told apart, one or several', () => {
  const one = summarise({ ...nothing, errors: 1, policyMistakes: 2 });
  assert.deepEqual(
    [one.exitCode, one.exitReason],
    [3, '1 input could not be read, 2 mistakes in the policies'],
  );
  const other = summarise({ ...nothing, errors: 2, policyMistakes: 1 });
  assert.equal(other.exitReason, '2 inputs could not be read, 1 mistake in the policies');
});

test('the threshold is the least severity written, high when there is only unknown', () => {
  assert.equal(thresholdOf(['unknown']), 'high');
  assert.equal(thresholdOf(['critical', 'low', 'unknown']), 'low');
});
