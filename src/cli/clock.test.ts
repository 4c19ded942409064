import assert from 'node:assert/strict';
import { test } from 'node:test';
import { milliseconds } from './clock.ts';

test('the clock counts milliseconds and never goes back', () => {
  const before = milliseconds();
  const until = Date.now() + 20;
  while (Date.now() < until);
  const passed = milliseconds() - before;
  assert.ok(passed >= 15 && passed < 60_000, `${passed} ms`);
});
