import { mapEntries, mapGet, mapSize } from './map.ts';
import { compareNumbers, isNumeric } from './numeric.ts';
import { isPlainObject } from './type-name.ts';
import { Duration, Opaque, Optional, Struct, Timestamp, TypeValue, type Value } from './value.ts';

/**
 * CEL's `==`: values of different types are unequal, numbers compare by value across int, uint and double, NaN equals
 * nothing, lists and maps compare element by element, optionals by what they hold.
 * Source: cel-spec `doc/langdef.md`, "Equality"; cel-go `common/types`, `Equal`.
 */
export function equal(a: Value, b: Value): boolean {
  if (typeof a !== 'object' && a === b) return true;
  if (typeof a === 'string' || typeof a === 'boolean' || a === null) return a === b;
  if (isNumeric(a)) return isNumeric(b) && compareNumbers(a, b) === 0;
  if (typeof b !== 'object' || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && equalLists(a, b);
  if (isMap(a)) return isMap(b) && equalMaps(a, b);
  return equalObjects(a as object, b as object);
}

function isMap(value: object): boolean {
  return value instanceof Map || isPlainObject(value);
}

function equalLists(a: readonly Value[], b: readonly Value[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!equal(a[i]!, b[i]!)) return false;
  return true;
}

function equalMaps(a: Value, b: Value): boolean {
  if (mapSize(a) !== mapSize(b)) return false;
  for (const [key, value] of mapEntries(a)) {
    const other = mapGet(b, key);
    if (other === undefined || !equal(value, other)) return false;
  }
  return true;
}

function equalObjects(a: object, b: object): boolean {
  if (a instanceof Opaque) return b instanceof Opaque && a.typeName === b.typeName && a.equals(b);
  if (a instanceof Optional) return b instanceof Optional && equalOptionals(a, b);
  if (a instanceof Timestamp) return b instanceof Timestamp && a.nanos === b.nanos;
  if (a instanceof Duration) return b instanceof Duration && a.nanos === b.nanos;
  if (a instanceof TypeValue) return b instanceof TypeValue && a.name === b.name;
  if (a instanceof Uint8Array) return b instanceof Uint8Array && equalBytes(a, b);
  if (a instanceof Struct) return b instanceof Struct && equalStructs(a, b);
  return false;
}

function equalOptionals(a: Optional, b: Optional): boolean {
  if (a.value === undefined || b.value === undefined) return a.value === b.value;
  return equal(a.value, b.value);
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function equalStructs(a: Struct, b: Struct): boolean {
  if (a.typeName !== b.typeName || a.fields.size !== b.fields.size) return false;
  for (const [name, value] of a.fields) {
    const other = b.fields.get(name);
    if (other === undefined || !equal(value, other)) return false;
  }
  return true;
}
