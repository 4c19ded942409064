import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CelError, Duration, Timestamp } from '../value.ts';
import {
  addDuration,
  checkedTimestamp,
  civilFields,
  formatTimestamp,
  parseTimestamp,
  subtractDuration,
  subtractTimestamps,
  unixSeconds,
} from './timestamp.ts';

const at = (text: string) => parseTimestamp(text) as Timestamp;
const roundTrip = (text: string) => {
  const timestamp = parseTimestamp(text);
  return timestamp instanceof CelError ? timestamp.message : formatTimestamp(timestamp);
};

test('an instant is nanoseconds since 1970', () => {
  assert.equal(at('1970-01-01T00:00:00Z').nanos, 0n);
  assert.equal(at('2020-02-29T12:30:45.123456789Z').nanos, 1_582_979_445_123_456_789n);
  assert.equal(at('1969-12-31T23:59:59.5Z').nanos, -500_000_000n);
  assert.equal(at('2020-01-01T00:00:00+02:00').nanos, at('2019-12-31T22:00:00Z').nanos);
});

test('the written zone survives', () => {
  assert.equal(roundTrip('2020-01-01T00:00:00+02:00'), '2020-01-01T00:00:00+02:00');
  assert.equal(roundTrip('2020-01-01T00:00:00-09:30'), '2020-01-01T00:00:00-09:30');
  assert.equal(roundTrip('2020-01-01T00:00:00+00:00'), '2020-01-01T00:00:00Z');
  assert.equal(roundTrip('2020-01-01T00:00:00-00:00'), '2020-01-01T00:00:00Z');
});

test('Go takes a one-digit hour and a comma, and drops what nanoseconds cannot hold', () => {
  assert.equal(roundTrip('2020-01-01T5:00:00,5Z'), '2020-01-01T05:00:00.5Z');
  assert.equal(roundTrip('2020-01-01T05:00:00.1234567899Z'), '2020-01-01T05:00:00.123456789Z');
  assert.equal(roundTrip('2020-01-01T00:00:00+24:60'), '2020-01-01T00:00:00+25:00');
});

test('the years are 1 to 9999 in UTC', () => {
  assert.equal(roundTrip('0001-01-01T00:00:00Z'), '0001-01-01T00:00:00Z');
  assert.equal(roundTrip('9999-12-31T23:59:59.999999999Z'), '9999-12-31T23:59:59.999999999Z');
  assert.equal(roundTrip('0000-12-31T23:00:00-02:00'), '0000-12-31T23:00:00-02:00');
  for (const text of ['0000-12-31T23:59:59Z', '0001-01-01T00:00:00+02:00', '9999-12-31T23:00:00-02:00']) {
    assert.equal(roundTrip(text), 'timestamp overflow', text);
  }
});

test('everything else is a conversion error', () => {
  const error = "type conversion error from 'string' to 'google.protobuf.Timestamp'";
  const texts = [
    '',
    '2020',
    '2020-01-01',
    '2020-01-01 00:00:00Z',
    '2020-01-01T00:00:00',
    '2020-1-01T00:00:00Z',
  ];
  const outside = [
    '2020-02-30T00:00:00Z',
    '2021-02-29T00:00:00Z',
    '2020-13-01T00:00:00Z',
    '2020-00-01T00:00:00Z',
  ];
  const clock = [
    '2020-01-01T24:00:00Z',
    '2020-01-01T00:60:00Z',
    '2020-01-01T00:00:60Z',
    '2020-01-00T00:00:00Z',
  ];
  const zones = ['2020-01-01T00:00:00+25:00', '2020-01-01T00:00:00+00:61', '2020-01-01T00:00:00+1:00'];
  const words = [
    '2020-01-01t00:00:00z',
    '2020-01-01T00:00:00.Z',
    '12020-01-01T00:00:00Z',
    '2020-01-01T00:00:00Z\n',
  ];
  for (const text of [...texts, ...outside, ...clock, ...zones, ...words]) {
    assert.equal(roundTrip(text), error, text);
  }
});

test('arithmetic keeps the zone and checks the range', () => {
  const hour = new Duration(3_600_000_000_000n);
  const start = at('2020-01-01T00:00:00+02:00');
  assert.equal(formatTimestamp(addDuration(start, hour) as Timestamp), '2020-01-01T01:00:00+02:00');
  assert.equal(formatTimestamp(subtractDuration(start, hour) as Timestamp), '2019-12-31T23:00:00+02:00');
  assert.deepEqual(addDuration(at('9999-12-31T23:59:59Z'), hour), new CelError('timestamp overflow'));
  assert.deepEqual(subtractDuration(start, new Duration(-(1n << 63n))), new CelError('integer overflow'));
});

test('a difference is exact, or an overflow beyond 292 years', () => {
  assert.deepEqual(
    subtractTimestamps(at('2020-01-01T00:00:00.000000001Z'), at('2019-12-31T23:59:59Z')),
    new Duration(1_000_000_001n),
  );
  assert.deepEqual(
    subtractTimestamps(at('0001-01-01T00:00:00Z'), at('2020-01-01T00:00:00Z')),
    new CelError('integer overflow'),
  );
  // The difference fits, but cel-go's product of whole seconds does not.
  assert.deepEqual(
    subtractTimestamps(new Timestamp(-9_223_372_036_500_000_000n), new Timestamp(0n)),
    new CelError('integer overflow'),
  );
});

test('whole seconds round down', () => {
  assert.equal(unixSeconds(at('1969-12-31T23:59:59.5Z')), -1);
  assert.equal(unixSeconds(at('9999-12-31T23:59:59.5Z')), 253_402_300_799);
  assert.deepEqual(checkedTimestamp(253_402_300_800_000_000_000n), new CelError('timestamp overflow'));
});

test('the calendar is Gregorian throughout', () => {
  const fields = civilFields(at('2000-12-31T23:59:58.000000007Z'), 0);
  assert.deepEqual(fields, {
    year: 2000,
    month: 12,
    day: 31,
    dayOfWeek: 0,
    dayOfYear: 366,
    hours: 23,
    minutes: 59,
    seconds: 58,
    nanos: 7,
  });
  assert.equal(civilFields(at('0099-03-01T00:00:00Z'), 0).dayOfYear, 60);
});
