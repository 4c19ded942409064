import { doubleOf } from '../../src/cel/numeric.ts';
import { formatDuration } from '../../src/cel/time/duration.ts';
import { formatTimestamp } from '../../src/cel/time/timestamp.ts';
import { Duration, Opaque, Optional, Timestamp, Uint, type Value } from '../../src/cel/value.ts';

/** What the oracle prints for a value: JSON where there is one; a library's value only by its type. */
export function printed(value: Value): unknown {
  const number = doubleOf(value);
  if (number !== undefined) return Number.isFinite(number) ? number : { type: 'double' };
  if (value instanceof Uint) return value.value < 2n ** 53n ? Number(value.value) : String(value.value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Timestamp) return formatTimestamp(value);
  if (value instanceof Duration) return formatDuration(value);
  if (value instanceof Optional)
    return value.value === undefined ? { type: 'optional_type' } : printed(value.value);
  if (value instanceof Opaque) return { type: value.typeName };
  if (Array.isArray(value)) return value.map(printed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, printed(item as Value)]));
}

/**
 * The oracle's value: what it prints only as Go's text is compared by type; with `doubles`, large whole numbers are
 * doubles and no ints.
 */
export function comparable(value: unknown, doubles = false): unknown {
  if (Array.isArray(value)) return value.map((item) => comparable(item, doubles));
  if (typeof value === 'object' && value !== null) {
    return 'type' in value
      ? { type: value.type }
      : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, comparable(item, doubles)]));
  }
  return typeof value === 'bigint' && doubles ? Number(value) : (value ?? null);
}
