import { isMap, mapEntries } from '../map.ts';
import { doubleOf } from '../numeric.ts';
import { formatFloat } from '../standard/go-number.ts';
import { formatGoDuration } from '../time/duration.ts';
import { formatTimestamp } from '../time/timestamp.ts';
import { typeName } from '../type-name.ts';
import { Duration, Optional, Timestamp, TypeValue, Uint, type Value } from '../value.ts';

/**
 * A value as Go's `%v` prints cel-go's type for it, which is what `join` names as invalid input: null is the number 0 of
 * its enum, bytes are numbers, a map is `{a: 1}`.
 */
export function goText(value: Value): string {
  if (value === null) return '0';
  if (Array.isArray(value)) return `[${value.map(nativeText).join(', ')}]`;
  if (isMap(value))
    return `{${mapEntries(value)
      .map((entry) => entry.map(goText).join(': '))
      .join(', ')}}`;
  return scalarText(value);
}

/** An element of a list that came from JSON, which is still a Go value: `<nil>`, `[1 2]`, `map[a:1]`. */
function nativeText(value: Value): string {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(nativeText).join(' ')}]`;
  if (!isMap(value)) return scalarText(value);
  const entries = mapEntries(value).map((entry) => entry.map(nativeText).join(':'));
  return `map[${entries.sort().join(' ')}]`;
}

function scalarText(value: Value): string {
  const double = doubleOf(value);
  if (double !== undefined) return goFloat(double);
  return typeof value === 'object' && value !== null ? goObjectText(value) : String(value);
}

function goObjectText(value: Value & object): string {
  if (value instanceof Uint) return value.value.toString();
  if (value instanceof Uint8Array) return `[${value.join(' ')}]`;
  if (value instanceof Duration) return formatGoDuration(value);
  if (value instanceof Timestamp) return goTime(value);
  if (value instanceof Optional) {
    return value.value === undefined ? 'optional.none()' : `optional(${goText(value.value)})`;
  }
  return value instanceof TypeValue ? value.name : typeName(value);
}

/** Go's `Time.String`: `2024-02-29 12:30:45 +0000 UTC`, and a zone without a name by its offset twice. */
function goTime(value: Timestamp): string {
  const [, date, time, hours, minutes] = /^(.+)T(.+?)(?:Z|([+-]\d\d):(\d\d))$/.exec(formatTimestamp(value))!;
  return `${date} ${time} ${hours === undefined ? '+0000 UTC' : `${hours}${minutes} ${hours}${minutes}`}`;
}

/** `%v` of a double: as `%g`, but without an exponent below 1e21. */
function goFloat(value: number): string {
  const size = Math.abs(value);
  return size >= 1e-4 && size < 1e21 ? String(value) : formatFloat(value);
}
