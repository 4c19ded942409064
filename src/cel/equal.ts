import { mapEntries, mapGet, mapSize } from './map.ts';
import { compareNumbers, isNumeric } from './numeric.ts';
import { isPlainObject } from './type-name.ts';
import { CelError, Duration, Opaque, Optional, Struct, Timestamp, TypeValue, type Value } from './value.ts';

/**
 * Whether two values are equal: values of different types are not, numbers compare by value across int, uint and double,
 * NaN equals nothing, lists and maps compare element by element, optionals by what they hold.
 *
 * This is what `in`, `!=` and the functions of lists and sets go by; `==` itself may also refuse, see `equals`.
 * Source: cel-spec `doc/langdef.md`, "Equality"; cel-go `common/types`, `Equal`.
 */
export function equal(a: Value, b: Value): boolean {
  return sameness(a, b) === true;
}

/** CEL's `==`: a library's value, such as a quantity, refuses to be compared with one of any other type. */
export function equals(a: Value, b: Value): boolean | CelError {
  return sameness(a, b) ?? new CelError('no such overload');
}

/** Whether two values are equal; undefined where the left one refuses to tell. */
function sameness(a: Value, b: Value): boolean | undefined {
  if (typeof a !== 'object' && a === b) return true;
  if (typeof a === 'string' || typeof a === 'boolean' || a === null) return a === b;
  if (isNumeric(a)) return isNumeric(b) && compareNumbers(a, b) === 0;
  if (b === null) return false;
  if (typeof b !== 'object') return a instanceof Opaque ? undefined : false;
  if (Array.isArray(a)) return Array.isArray(b) && equalLists(a, b);
  if (isMap(a)) return isMap(b) && equalMaps(a, b);
  return equalObjects(a as object, b as object);
}

function isMap(value: object): boolean {
  return value instanceof Map || isPlainObject(value);
}

/** Elements that refuse to be compared do not make lists different, as in cel-go. */
function equalLists(a: readonly Value[], b: readonly Value[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (sameness(a[i]!, b[i]!) === false) return false;
  return true;
}

function equalMaps(a: Value, b: Value): boolean {
  if (mapSize(a) !== mapSize(b)) return false;
  for (const [key, value] of mapEntries(a)) {
    const other = mapGet(b, key);
    if (other === undefined || sameness(value, other) === false) return false;
  }
  return true;
}

function equalObjects(a: object, b: object): boolean | undefined {
  if (a instanceof Opaque) return b instanceof Opaque && a.typeName === b.typeName ? a.equals(b) : undefined;
  if (a instanceof Optional) return b instanceof Optional && equalOptionals(a, b);
  if (a instanceof Timestamp) return b instanceof Timestamp && a.nanos === b.nanos;
  if (a instanceof Duration) return b instanceof Duration && a.nanos === b.nanos;
  if (a instanceof TypeValue) return b instanceof TypeValue && a.name === b.name;
  if (a instanceof Uint8Array) return b instanceof Uint8Array && equalBytes(a, b);
  if (a instanceof Struct) return b instanceof Struct && equalStructs(a, b);
  return false;
}

function equalOptionals(a: Optional, b: Optional): boolean | undefined {
  if (a.value === undefined || b.value === undefined) return a.value === b.value;
  return sameness(a.value, b.value);
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
