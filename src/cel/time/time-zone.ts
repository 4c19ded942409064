import { goQuote } from '../go-quote.ts';
import { CelError, type Timestamp } from '../value.ts';
import { civilFields } from './timestamp.ts';

/** The parts that a timestamp's getters return. */
export type TimestampField =
  | 'getDate'
  | 'getDayOfMonth'
  | 'getDayOfWeek'
  | 'getDayOfYear'
  | 'getFullYear'
  | 'getHours'
  | 'getMilliseconds'
  | 'getMinutes'
  | 'getMonth'
  | 'getSeconds';

/**
 * One part of a timestamp, in UTC or in a zone: an IANA name as Go takes it, or an offset such as `+05:30`.
 * `getDate` counts from 1; months, days of the month and days of the year count from 0. An unknown zone is Go's error.
 */
export function timestampField(field: TimestampField, timestamp: Timestamp, zone = 'UTC'): number | CelError {
  const offset = zoneOffset(zone, timestamp);
  if (offset instanceof CelError) return offset;
  const fields = civilFields(timestamp, offset);
  switch (field) {
    case 'getDate':
      return fields.day;
    case 'getDayOfMonth':
      return fields.day - 1;
    case 'getDayOfWeek':
      return fields.dayOfWeek;
    case 'getDayOfYear':
      return fields.dayOfYear - 1;
    case 'getFullYear':
      return fields.year;
    case 'getHours':
      return fields.hours;
    case 'getMilliseconds':
      return Math.trunc(fields.nanos / 1_000_000);
    case 'getMinutes':
      return fields.minutes;
    case 'getMonth':
      return fields.month - 1;
    case 'getSeconds':
      return fields.seconds;
  }
}

/** Seconds east of UTC that `zone` observes at that instant. */
function zoneOffset(zone: string, timestamp: Timestamp): number | CelError {
  // `Local` is the zone of the API server's machine, which is UTC in its container image.
  if (zone === 'UTC' || zone === '' || zone === 'Local') return 0;
  const colon = zone.indexOf(':');
  if (colon >= 0) return fixedOffset(zone.slice(0, colon), zone.slice(colon + 1));
  if (zone.includes('..') || /^[/\\]/.test(zone)) return new CelError('time: invalid location name');
  const format = zoneFormat(zone);
  if (format === undefined) return new CelError(`unknown time zone ${zone}`);
  const name = format.formatToParts(Number(timestamp.nanos / 1_000_000n));
  return parseOffset(name.find((part) => part.type === 'timeZoneName')?.value ?? '');
}

/** `GMT-05:00` or `GMT-04:56:02`; `GMT` alone is 0. */
function parseOffset(text: string): number {
  const parts = /([+-])(\d+):(\d+)(?::(\d+))?/.exec(text);
  if (parts === null) return 0;
  const seconds = Number(parts[2]) * 3600 + Number(parts[3]) * 60 + Number(parts[4] ?? 0);
  return parts[1] === '-' ? -seconds : seconds;
}

/** cel-go multiplies in 64-bit integers, takes any number of hours, and subtracts the minutes after a minus. */
function fixedOffset(hourText: string, minuteText: string): number | CelError {
  const hours = atoi(hourText);
  if (hours instanceof CelError) return hours;
  const minutes = atoi(minuteText);
  if (minutes instanceof CelError) return minutes;
  const total = hours * 60n + (hourText.startsWith('-') ? -minutes : minutes);
  const nanos = BigInt.asIntN(64, BigInt.asIntN(64, total) * 60_000_000_000n);
  return Number(nanos / 1_000_000_000n);
}

/** Go's `strconv.Atoi` with its error texts. */
function atoi(text: string): bigint | CelError {
  const fail = (why: string) => new CelError(`strconv.Atoi: parsing ${goQuote(text)}: ${why}`);
  if (!/^[+-]?[0-9]+$/.test(text)) return fail('invalid syntax');
  const value = BigInt(text.replace(/^\+/, ''));
  return BigInt.asIntN(64, value) === value ? value : fail('value out of range');
}

const formats = new Map<string, Intl.DateTimeFormat | undefined>();

/** A formatter for the zone's offset; undefined where Go does not know the name. */
function zoneFormat(zone: string): Intl.DateTimeFormat | undefined {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  if (!isGoZoneName(zone)) return undefined;
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
    formats.set(zone, format);
    return format;
  } catch {
    return undefined;
  }
}

/**
 * Whether a name that `Intl` may know is spelt as in the time zone database: Go looks a file up, so case counts, while
 * `Intl` ignores it.
 */
function isGoZoneName(zone: string): boolean {
  if (zone.startsWith('+') || zone.startsWith('-')) return false;
  return canonicalSpelling(zone) === zone;
}

const spellings = new Map<string, string>();

function canonicalSpelling(zone: string): string {
  if (spellings.size === 0) {
    for (const name of [...Intl.supportedValuesOf('timeZone'), ...irregularAliases.split(' ')]) {
      spellings.set(name.toLowerCase(), name);
    }
  }
  const lower = zone.toLowerCase();
  // Other names are capitalised words: `US/Eastern`, `Asia/Calcutta`; `Etc/GMT+5` is not.
  return (
    spellings.get(lower) ??
    lower
      .replace(/(^|[/_-])([a-z])/g, (start) => start.toUpperCase())
      .replace(/^(Us|Etc\/Gmt)/, (word) => (word === 'Us' ? 'US' : 'Etc/GMT'))
  );
}

/** Names that `Intl` resolves but does not list and that are not simply capitalised words. */
const irregularAliases =
  'EST MST HST EST5EDT CST6CDT MST7MDT PST8PDT GMT GMT0 GMT+0 GMT-0 UTC UCT CET EET MET WET GB GB-Eire NZ NZ-CHAT ' +
  'PRC ROC ROK W-SU Etc/GMT Etc/GMT0 Etc/UTC Etc/UCT US/East-Indiana US/Indiana-Starke ' +
  'Australia/ACT Australia/LHI Australia/NSW America/Knox_IN Brazil/DeNoronha Chile/EasterIsland Mexico/BajaNorte ' +
  'Mexico/BajaSur America/Argentina/ComodRivadavia';
