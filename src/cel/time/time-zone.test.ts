import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CelError, type Timestamp } from '../value.ts';
import { parseTimestamp } from './timestamp.ts';
import { timestampField } from './time-zone.ts';

const at = (text: string) => parseTimestamp(text) as Timestamp;
const sunday = at('2023-12-31T23:45:58.987654321Z');

test('getters use UTC, whatever zone the text named', () => {
  assert.equal(timestampField('getHours', at('2020-01-01T00:00:00+02:00')), 22);
  assert.equal(timestampField('getFullYear', sunday), 2023);
  assert.equal(timestampField('getMonth', sunday), 11);
  assert.equal(timestampField('getDate', sunday), 31);
  assert.equal(timestampField('getDayOfMonth', sunday), 30);
  assert.equal(timestampField('getDayOfWeek', sunday), 0);
  assert.equal(timestampField('getDayOfYear', sunday), 364);
  assert.equal(timestampField('getMinutes', sunday), 45);
  assert.equal(timestampField('getSeconds', sunday), 58);
  assert.equal(timestampField('getMilliseconds', sunday), 987);
});

test('a named zone follows its own clock', () => {
  assert.equal(timestampField('getHours', at('2020-07-01T12:00:00Z'), 'America/New_York'), 8);
  assert.equal(timestampField('getHours', at('2020-01-01T12:00:00Z'), 'America/New_York'), 7);
  assert.equal(timestampField('getMinutes', at('2020-01-01T12:00:00Z'), 'Asia/Kolkata'), 30);
  assert.equal(timestampField('getDayOfWeek', sunday, 'Pacific/Auckland'), 1);
  assert.equal(timestampField('getHours', sunday, 'Etc/GMT+5'), 18);
  // Local mean time, before zones existed, has seconds.
  assert.equal(timestampField('getSeconds', at('1883-01-01T00:00:00Z'), 'America/New_York'), 58);
});

test('an offset needs no zone', () => {
  assert.equal(timestampField('getHours', sunday, '+01:00'), 0);
  assert.equal(timestampField('getMinutes', sunday, '-02:30'), 15);
  assert.equal(timestampField('getHours', sunday, '5:0'), 4);
  assert.equal(timestampField('getFullYear', at('9999-12-31T23:59:59Z'), '+14:00'), 10000);
  assert.equal(timestampField('getHours', at('1970-01-01T00:00:00Z'), '-02:-30'), 22);
  assert.equal(timestampField('getHours', at('1970-01-01T00:00:00Z'), '+99:99'), 4);
});

test('UTC has three names', () => {
  for (const zone of ['', 'UTC', 'Local']) assert.equal(timestampField('getHours', sunday, zone), 23, zone);
});

test('names are those of the time zone database, by the letter', () => {
  for (const zone of [
    'EST',
    'EST5EDT',
    'US/Eastern',
    'GB-Eire',
    'Africa/Dar_es_Salaam',
    'Brazil/DeNoronha',
    'Asia/Calcutta',
    'Etc/GMT+12',
    'Zulu',
    'W-SU',
    'America/Port-au-Prince',
  ]) {
    assert.equal(typeof timestampField('getHours', sunday, zone), 'number', zone);
  }
  for (const zone of [
    'Nope/Zone',
    'america/new_york',
    'AMERICA/New_York',
    'utc',
    'local',
    '+0530',
    '-05',
    'est',
    'Z',
  ]) {
    assert.deepEqual(
      timestampField('getHours', sunday, zone),
      new CelError(`unknown time zone ${zone}`),
      zone,
    );
  }
});

test('errors are those of Go', () => {
  const message = (zone: string) => (timestampField('getHours', sunday, zone) as CelError).message;
  assert.equal(message('1:x'), 'strconv.Atoi: parsing "x": invalid syntax');
  assert.equal(message(':1'), 'strconv.Atoi: parsing "": invalid syntax');
  assert.equal(
    message('99999999999999999999:0'),
    'strconv.Atoi: parsing "99999999999999999999": value out of range',
  );
  assert.equal(message('1:"\n'), 'strconv.Atoi: parsing "\\"\\n": invalid syntax');
  assert.equal(message('../UTC'), 'time: invalid location name');
  assert.equal(message('/UTC'), 'time: invalid location name');
});

test('every zone that the platform lists is known', () => {
  for (const zone of Intl.supportedValuesOf('timeZone')) {
    assert.equal(typeof timestampField('getHours', sunday, zone), 'number', zone);
  }
});

test('the clock is right on both sides of a transition', () => {
  const hour = (text: string) => timestampField('getHours', at(text), 'Europe/Berlin');
  assert.equal(hour('2024-03-31T00:59:59.999999999Z'), 1);
  assert.equal(hour('2024-03-31T01:00:00Z'), 3);
  assert.equal(hour('2024-10-27T00:59:59.999999999Z'), 2);
  assert.equal(hour('2024-10-27T01:00:00Z'), 2);
  assert.equal(hour('1960-06-30T23:59:59.999999999Z'), 0);
});

test('half hours, and days that a zone skipped', () => {
  assert.equal(timestampField('getMinutes', at('2024-01-01T00:00:00Z'), 'Australia/Lord_Howe'), 0);
  assert.equal(timestampField('getMinutes', at('2024-07-01T00:00:00Z'), 'Australia/Lord_Howe'), 30);
  assert.equal(timestampField('getDate', at('2011-12-30T09:59:59Z'), 'Pacific/Apia'), 29);
  assert.equal(timestampField('getDate', at('2011-12-30T10:00:00Z'), 'Pacific/Apia'), 31);
});

test('any offset is computed, as in Go', () => {
  assert.equal(timestampField('getFullYear', at('2000-01-01T00:00:00Z'), '999999:00'), 2114);
  assert.equal(timestampField('getFullYear', at('0001-01-01T00:00:00Z'), '-24:00'), 0);
  assert.equal(timestampField('getHours', at('2000-01-01T00:00:00Z'), '9223372036854775807:0'), 23);
});
