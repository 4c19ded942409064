import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDay } from './day.ts';

test('a day exists in the calendar and is written in full', () => {
  for (const day of ['2027-01-31', '2028-02-29', '0001-01-01']) assert.equal(isDay(day), true, day);
  for (const none of [
    '2027-02-29',
    '2027-13-01',
    '27-01-01',
    '2027-1-1',
    '2027-01-01T00:00:00Z',
    'soon',
    '',
  ]) {
    assert.equal(isDay(none), false, none);
  }
});
