import { CelError, Duration, Timestamp } from '../value.ts';
import { checkedDuration } from './duration.ts';

const second = 1_000_000_000n;
const minSeconds = -62_135_596_800n;
const maxSeconds = 253_402_300_799n;

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d?):(\d\d):(\d\d)(?:[.,](\d+))?(?:Z|([+-])(\d\d):(\d\d))$/;

/**
 * Reads an RFC 3339 instant as Go's `time.Parse(time.RFC3339, text)` does, which also takes a one-digit hour and a comma
 * before the fraction. Errors are those of `timestamp('...')`: the conversion error, or `timestamp overflow` outside the
 * years 1 to 9999.
 */
export function parseTimestamp(text: string): Timestamp | CelError {
  const parts = rfc3339.exec(text);
  const [year, month, day, hour, minute, seconds] = (parts ?? []).slice(1, 7).map(Number);
  const zoneHour = Number(parts?.[9] ?? 0);
  const zoneMinute = Number(parts?.[10] ?? 0);
  if (
    parts === null ||
    month! < 1 ||
    month! > 12 ||
    day! < 1 ||
    day! > daysIn(year!, month!) ||
    hour! > 23 ||
    minute! > 59 ||
    seconds! > 59 ||
    zoneHour > 24 ||
    zoneMinute > 60
  ) {
    return new CelError("type conversion error from 'string' to 'google.protobuf.Timestamp'");
  }
  const offset = (parts[8] === '-' ? -60 : 60) * (zoneHour * 60 + zoneMinute);
  const local = ((daysFromCivil(year!, month!, day!) * 24 + hour!) * 60 + minute!) * 60 + seconds!;
  const fraction = (parts[7] ?? '').slice(0, 9).padEnd(9, '0');
  return checkedTimestamp(BigInt(local - offset) * second + BigInt(fraction), offset + 0);
}

/** `string(timestamp)`: RFC 3339 with as many decimals as needed, in the zone the timestamp was written in. */
export function formatTimestamp(timestamp: Timestamp): string {
  const fields = civilFields(timestamp, timestamp.offset);
  const date = `${pad(fields.year, 4)}-${pad(fields.month, 2)}-${pad(fields.day, 2)}`;
  const time = `${pad(fields.hours, 2)}:${pad(fields.minutes, 2)}:${pad(fields.seconds, 2)}`;
  const fraction = pad(fields.nanos, 9).replace(/0+$/, '');
  return `${date}T${time}${fraction === '' ? '' : `.${fraction}`}${formatOffset(timestamp.offset)}`;
}

function formatOffset(offset: number): string {
  if (offset === 0) return 'Z';
  const minutes = Math.trunc(Math.abs(offset) / 60);
  return `${offset < 0 ? '-' : '+'}${pad(Math.trunc(minutes / 60), 2)}:${pad(minutes % 60, 2)}`;
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

/** A timestamp at that many nanoseconds, or the error outside the years 1 to 9999. */
export function checkedTimestamp(nanos: bigint, offset = 0): Timestamp | CelError {
  const seconds = floorSeconds(nanos);
  if (seconds < minSeconds || seconds > maxSeconds) return new CelError('timestamp overflow');
  return new Timestamp(nanos, offset);
}

/** Whole seconds since 1970, rounded down: `int(timestamp)`. */
export function unixSeconds(timestamp: Timestamp): number {
  return Number(floorSeconds(timestamp.nanos));
}

function floorSeconds(nanos: bigint): bigint {
  const seconds = nanos / second;
  return nanos % second < 0n ? seconds - 1n : seconds;
}

/** `timestamp + duration`; it keeps the zone of the timestamp. */
export function addDuration(timestamp: Timestamp, duration: Duration): Timestamp | CelError {
  return checkedTimestamp(timestamp.nanos + duration.nanos, timestamp.offset);
}

/** `timestamp - duration`; the smallest duration cannot be negated and overflows, as in cel-go. */
export function subtractDuration(timestamp: Timestamp, duration: Duration): Timestamp | CelError {
  const negated = checkedDuration(-duration.nanos);
  return negated instanceof CelError ? negated : addDuration(timestamp, negated);
}

/** `timestamp - timestamp`; cel-go multiplies whole seconds first, so a difference just inside the range overflows. */
export function subtractTimestamps(left: Timestamp, right: Timestamp): Duration | CelError {
  const seconds = floorSeconds(left.nanos) - floorSeconds(right.nanos);
  const scaled = checkedDuration(seconds * second);
  return scaled instanceof CelError ? scaled : checkedDuration(left.nanos - right.nanos);
}

/** A moment on the calendar and clock of one place; the month counts from 1, Sunday is day 0 of the week. */
export interface CivilFields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly dayOfWeek: number;
  readonly dayOfYear: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
  readonly nanos: number;
}

/** The calendar and clock of a place `offset` seconds east of UTC, in the proleptic Gregorian calendar. */
export function civilFields(timestamp: Timestamp, offset: number): CivilFields {
  const utcSeconds = floorSeconds(timestamp.nanos);
  const local = Number(utcSeconds) + offset;
  const date = new Date(local * 1000);
  const year = date.getUTCFullYear();
  const days = Math.floor(local / 86_400);
  return {
    year,
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    dayOfWeek: date.getUTCDay(),
    dayOfYear: days - daysFromCivil(year, 1, 1) + 1,
    hours: date.getUTCHours(),
    minutes: date.getUTCMinutes(),
    seconds: date.getUTCSeconds(),
    nanos: Number(timestamp.nanos - utcSeconds * second),
  };
}

/** The days of a month of the Gregorian calendar; January is month 1. */
export function daysIn(year: number, month: number): number {
  return daysFromCivil(month === 12 ? year + 1 : year, (month % 12) + 1, 1) - daysFromCivil(year, month, 1);
}

/** Days since 1970-01-01. */
function daysFromCivil(year: number, month: number, day: number): number {
  const date = new Date(0);
  // `Date.UTC` would read the years 0 to 99 as 1900 to 1999.
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime() / 86_400_000;
}
