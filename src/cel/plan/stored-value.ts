import { type AnyMap, isMap, mapEntries, mapFrom } from '../map.ts';
import { Double, Duration, Timestamp, TypeValue, Uint, type Value } from '../value.ts';

/** A part of what is stored. */
export type Stored =
  | string
  | number
  | boolean
  | null
  | readonly Stored[]
  | { readonly [key: string]: Stored };

/** A value that has no stored form. */
export class NotStorable extends Error {}

/** A value as JSON: JSON values are themselves, but for objects, whose only key tells what they stand for. Throws {@link NotStorable}. */
export function storeValue(value: Value): Stored {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : { number: String(value) };
  if (typeof value === 'bigint') return { bigint: String(value) };
  if (Array.isArray(value)) return value.map(storeValue);
  if (value instanceof Double) {
    return { double: Object.is(value.value, -0) ? '-0' : String(value.value) };
  }
  if (value instanceof Uint) return { uint: String(value.value) };
  if (value instanceof Uint8Array) return { bytes: [...value] };
  if (value instanceof TypeValue) return { type: value.name };
  if (value instanceof Duration) return { duration: String(value.nanos) };
  if (value instanceof Timestamp) return { timestamp: [String(value.nanos), value.offset] };
  if (isMap(value)) {
    return { map: mapEntries(value as AnyMap).map(([key, item]) => [storeValue(key), storeValue(item)]) };
  }
  throw new NotStorable();
}

/** The value that was stored. */
export function readValue(stored: Stored): Value {
  if (stored === null || typeof stored !== 'object') return stored;
  if (Array.isArray(stored)) return (stored as Stored[]).map(readValue);
  const [[kind, part]] = Object.entries(stored as Record<string, any>) as [[string, any]];
  switch (kind) {
    case 'number':
      return Number(part);
    case 'bigint':
      return BigInt(part);
    case 'double':
      return new Double(Number(part));
    case 'uint':
      return new Uint(BigInt(part));
    case 'bytes':
      return Uint8Array.from(part as number[]);
    case 'type':
      return new TypeValue(part);
    case 'duration':
      return new Duration(BigInt(part));
    case 'timestamp':
      return new Timestamp(BigInt(part[0]), part[1]);
    default:
      return mapFrom((part as [Stored, Stored][]).map(([key, item]) => [readValue(key), readValue(item)]));
  }
}
