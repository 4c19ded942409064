import { isMap, mapEntries } from '../cel/map.ts';
import { doubleOf } from '../cel/numeric.ts';
import { formatDuration } from '../cel/time/duration.ts';
import { formatTimestamp } from '../cel/time/timestamp.ts';
import { typeName } from '../cel/type-name.ts';
import { Duration, Opaque, Optional, Struct, Timestamp, TypeValue, Uint, type Value } from '../cel/value.ts';
import type { Json } from '../model/object.ts';
import { opaqueText } from './cel-text.ts';

/**
 * A CEL value as JSON. What JSON has is itself; all else is an object that names its type, so that nothing is lost:
 * `{"@type": "google.protobuf.Duration", "value": "5400s"}`, `{"@type": "bytes", "value": "<base64>"}`,
 * `{"@type": "optional_type", "value": 1}` (without `value` for none), `{"@type": "map", "value": [[1, "a"]]}` for a map
 * with keys that are no strings, `{"@type": "int", "value": "9223372036854775807"}` beyond 2^53.
 */
export function celJson(value: Value): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return typed(value, String(value));
  const number = doubleOf(value);
  if (number !== undefined) return plainNumber(number) ? number : typed(value, doubleWord(number));
  if (typeof value === 'number') return value;
  if (Array.isArray(value)) return (value as readonly Value[]).map(celJson);
  if (isMap(value)) return mapJson(value);
  return typed(value, content(value));
}

function typed(value: Value, content: Json | undefined): Json {
  const type = { '@type': typeName(value) };
  return content === undefined ? type : { ...type, value: content };
}

const plainNumber = (value: number): boolean => Number.isFinite(value) && !Object.is(value, -0);

const doubleWord = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));

function mapJson(map: Value): Json {
  const entries = mapEntries(map).map(([key, item]) => [key, celJson(item)] as const);
  if (entries.every(([key]) => typeof key === 'string')) {
    return Object.fromEntries(entries as readonly (readonly [string, Json])[]);
  }
  return typed(
    map,
    entries.map(([key, item]) => [celJson(key), item]),
  );
}

/** What a value that JSON does not have consists of. */
function content(value: Value): Json | undefined {
  if (value instanceof Uint) return String(value.value);
  if (value instanceof Uint8Array) return base64(value);
  if (value instanceof Timestamp) return formatTimestamp(value);
  if (value instanceof Duration) return formatDuration(value);
  if (value instanceof TypeValue) return value.name;
  if (value instanceof Optional) return value.value === undefined ? undefined : celJson(value.value);
  if (value instanceof Struct) {
    return Object.fromEntries([...value.fields].map(([name, item]) => [name, celJson(item)]));
  }
  return value instanceof Opaque ? opaqueText(value) : undefined;
}

const base64 = (bytes: Uint8Array): string =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
