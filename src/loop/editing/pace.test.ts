import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pace } from './pace.ts';

const busy = (milliseconds: number): void => {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
};

test('a short slice goes on at once, a long one lets others have their turn', async () => {
  const pace = new Pace({ isGone: false });
  let turns = 0;
  setImmediate(() => turns++);
  assert.equal(await pace.isOver(), false);
  assert.equal(turns, 0);
  busy(30);
  assert.equal(await pace.isOver(), false);
  assert.equal(turns, 1);
});

test('it is over when nobody wants the work any more, also if that came up meanwhile', async () => {
  const interest = { isGone: false };
  const pace = new Pace(interest);
  setImmediate(() => (interest.isGone = true));
  assert.equal(await pace.isOver(), false);
  busy(30);
  assert.equal(await pace.isOver(), true);
});
