import { compareNumbers, isNumeric } from './numeric.ts';
import { isPlainObject } from './type-name.ts';
import { Double, Duration, Timestamp, TypeValue, Uint, type Value, type ValueMap } from './value.ts';

/** A CEL map: a plain object where every key is a string, else a `Map`. */
export type AnyMap = ValueMap | ReadonlyMap<Value, Value>;

/** Whether a value is a CEL map. */
export function isMap(value: unknown): value is AnyMap {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    (value instanceof Map || isPlainObject(value))
  );
}

/**
 * The value under a key, or undefined. Numeric keys are found by value whatever their type (`{1: 'a'}[1u]`).
 * Source: cel-go `common/types/map.go`, `Find`.
 */
export function mapGet(map: Value, key: Value): Value | undefined {
  if (!(map instanceof Map)) {
    const fields = map as ValueMap;
    return typeof key === 'string' && Object.hasOwn(fields, key) ? fields[key] : undefined;
  }
  const direct = map.get(key);
  if (direct !== undefined) return direct;
  if (!isNumeric(key)) return map.get(sameKey(map, key));
  for (const [other, value] of map) if (isNumeric(other) && compareNumbers(key, other) === 0) return value;
  return undefined;
}

/** The number of entries. */
export function mapSize(map: Value): number {
  return map instanceof Map ? map.size : Object.keys(map as ValueMap).length;
}

/** The keys, in insertion order (CEL leaves the order open). */
export function mapKeys(map: Value): readonly Value[] {
  return map instanceof Map ? [...map.keys()] : Object.keys(map as ValueMap);
}

/** Keys and values. */
export function mapEntries(map: Value): readonly (readonly [Value, Value])[] {
  return map instanceof Map ? [...map.entries()] : Object.entries(map as ValueMap);
}

/** Builds a map: a plain object where every key is a string, else a `Map`; of equal keys the last one wins. */
export function mapFrom(entries: readonly (readonly [Value, Value])[]): AnyMap {
  if (entries.every(([key]) => typeof key === 'string')) {
    const fields: Record<string, Value> = {};
    for (const [key, value] of entries) {
      if (key === '__proto__')
        Object.defineProperty(fields, key, { value, enumerable: true, configurable: true, writable: true });
      else fields[key as string] = value;
    }
    return fields;
  }
  const map = new Map<Value, Value>();
  for (const [key, value] of entries) map.set(sameKey(map, key), value);
  return map;
}

/** The key that is there already where one of the same type and value is; a key in an object has no identity of its own. */
function sameKey(map: ReadonlyMap<Value, Value>, key: Value): Value {
  if (typeof key !== 'object' || key === null) return key;
  for (const other of map.keys()) if (isSame(key, other)) return other;
  return key;
}

function isSame(a: Value, b: Value): boolean {
  if (a instanceof Uint) return b instanceof Uint && a.value === b.value;
  if (a instanceof Double) return b instanceof Double && a.value === b.value;
  if (a instanceof Duration) return b instanceof Duration && a.nanos === b.nanos;
  if (a instanceof TypeValue) return b instanceof TypeValue && a.name === b.name;
  if (!(a instanceof Timestamp) || !(b instanceof Timestamp)) return false;
  // Go compares the pointers of zones; it keeps one for each whole hour.
  return a.nanos === b.nanos && a.offset === b.offset && a.offset % 3600 === 0;
}
