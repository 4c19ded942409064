import { CelError, Duration } from '../value.ts';

const limit = 1n << 63n;
const second = 1_000_000_000n;
const minute = 60n * second;
const hour = 60n * minute;

const units: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1000n],
  // The micro sign and the Greek letter mu.
  ['\u00b5s', 1000n],
  ['\u03bcs', 1000n],
  ['ms', 1_000_000n],
  ['s', second],
  ['m', minute],
  ['h', hour],
]);

/**
 * Reads a duration such as `1h30m`, `-1.5s` or `0`, as Go's `time.ParseDuration` does, including its float rounding of
 * fractions. Anything else is the conversion error that `duration('...')` gives.
 */
export function parseDuration(text: string): Duration | CelError {
  const nanos = parse(text);
  if (nanos !== undefined) return new Duration(nanos);
  return new CelError("type conversion error from 'string' to 'google.protobuf.Duration'");
}

function parse(text: string): bigint | undefined {
  const negative = text.startsWith('-');
  let rest = /^[-+]/.test(text) ? text.slice(1) : text;
  if (rest === '0') return 0n;
  if (rest === '') return undefined;
  let total = 0n;
  while (rest !== '') {
    const part = /^(\d*)(?:\.(\d*))?([^.\d]+)/.exec(rest);
    if (part === null) return undefined;
    const nanos = partNanos(part[1]!, part[2] ?? '', part[3]!);
    if (nanos === undefined) return undefined;
    // Go adds unsigned 64-bit numbers, of which two maximal ones wrap to zero.
    total = BigInt.asUintN(64, total + nanos);
    if (total > limit) return undefined;
    rest = rest.slice(part[0].length);
  }
  if (negative) return BigInt.asIntN(64, -total);
  return total === limit ? undefined : total;
}

function partNanos(whole: string, fraction: string, unitName: string): bigint | undefined {
  const unit = units.get(unitName);
  if (unit === undefined || (whole === '' && fraction === '')) return undefined;
  const digits = leadingZerosDropped(whole);
  if (digits.length > 19) return undefined;
  const value = BigInt(digits);
  if (value > limit / unit) return undefined;
  const nanos = value * unit + fractionNanos(fraction, unit);
  return nanos > limit ? undefined : nanos;
}

function leadingZerosDropped(digits: string): string {
  return digits.replace(/^0+(?=\d)/, '') || '0';
}

/** Digits after the point, as many as fit 63 bits; computed in doubles, as Go does. */
function fractionNanos(digits: string, unit: bigint): bigint {
  let value = 0n;
  let scale = 1;
  for (const digit of digits) {
    if (value > (limit - 1n) / 10n) break;
    const next = value * 10n + BigInt(digit);
    if (next > limit) break;
    value = next;
    scale *= 10;
  }
  if (value === 0n) return 0n;
  return BigInt(Math.trunc(Number(value) * (Number(unit) / scale)));
}

/** `string(duration)`: seconds with as many decimals as needed, such as `5400s` and `0.001s`. */
export function formatDuration(duration: Duration): string {
  return `${plainDecimal(inUnit(duration, second))}s`;
}

/** Go's `Duration.String()`: `1h30m0s`, `1.5ms`, `0s`. */
export function formatGoDuration(duration: Duration): string {
  const negative = duration.nanos < 0n;
  const nanos = negative ? -duration.nanos : duration.nanos;
  return (negative ? '-' : '') + (nanos < second ? belowSecond(nanos) : fromSecond(nanos));
}

function belowSecond(nanos: bigint): string {
  if (nanos === 0n) return '0s';
  if (nanos < 1000n) return `${nanos}ns`;
  return nanos < 1_000_000n ? `${withFraction(nanos, 3)}\u00b5s` : `${withFraction(nanos, 6)}ms`;
}

function fromSecond(nanos: bigint): string {
  const seconds = `${withFraction(nanos % minute, 9)}s`;
  if (nanos < minute) return seconds;
  const minutes = `${(nanos / minute) % 60n}m${seconds}`;
  return nanos < hour ? minutes : `${nanos / hour}h${minutes}`;
}

/** `value / 10^decimals` in decimal notation without trailing zeros. */
function withFraction(value: bigint, decimals: number): string {
  const digits = value.toString().padStart(decimals + 1, '0');
  const fraction = digits.slice(-decimals).replace(/0+$/, '');
  const whole = digits.slice(0, -decimals);
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

/** The parts that a duration's getters return. */
export type DurationField = 'getHours' | 'getMinutes' | 'getSeconds' | 'getMilliseconds';

/** The whole duration in the getter's unit, truncated toward zero: `duration('1h30m').getMinutes()` is 90. */
export function durationField(field: DurationField, duration: Duration): number {
  switch (field) {
    case 'getHours':
      return Math.trunc(inUnit(duration, hour)) + 0;
    case 'getMinutes':
      return Math.trunc(inUnit(duration, minute)) + 0;
    case 'getSeconds':
      return Math.trunc(inUnit(duration, second)) + 0;
    case 'getMilliseconds':
      return Number(duration.nanos / 1_000_000n);
  }
}

/** Go computes hours, minutes and seconds as doubles, which can round up to the next whole one. */
function inUnit(duration: Duration, unit: bigint): number {
  return Number(duration.nanos / unit) + Number(duration.nanos % unit) / Number(unit);
}

/** The shortest decimal text of a double, never with an exponent: Go's `FormatFloat(x, 'f', -1, 64)` for |x| < 1e21. */
function plainDecimal(value: number): string {
  const [mantissa, exponent] = String(value).split('e-');
  if (exponent === undefined) return mantissa!;
  const sign = value < 0 ? '-' : '';
  const digits = mantissa!.replace(/[-.]/g, '');
  return `${sign}0.${'0'.repeat(Number(exponent) - 1)}${digits}`;
}

/** A duration of that many nanoseconds, or the overflow error where it is no 64-bit integer. */
export function checkedDuration(nanos: bigint): Duration | CelError {
  if (BigInt.asIntN(64, nanos) !== nanos) return new CelError('integer overflow');
  return new Duration(nanos);
}
