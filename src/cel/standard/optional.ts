import { goText } from '../extension/go-text.ts';
import { isMap, mapSize } from '../map.ts';
import type { Library } from '../library.ts';
import { overload } from '../signature.ts';
import { optionalType, typeParameter } from '../type.ts';
import {
  CelError,
  Double,
  Duration,
  Opaque,
  Optional,
  Struct,
  Timestamp,
  TypeValue,
  Uint,
  type Value,
} from '../value.ts';
import { index, optionalIndex } from './operators.ts';

/** 0001-01-01T00:00:00Z, Go's zero time, which is what cel-go takes for the zero timestamp. */
const zeroTime = -62135596800000000000n;

/** Whether `optional.ofNonZeroValue` drops the value: null, false, 0, empty text, bytes, lists and maps. */
export function isZero(value: Value): boolean {
  if (value === null || value === false || value === 0 || value === '') return true;
  if (typeof value !== 'object') return false;
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length === 0;
  if (value instanceof Double) return value.value === 0;
  if (value instanceof Uint) return value.value === 0n;
  if (value instanceof Duration) return value.nanos === 0n;
  if (value instanceof Timestamp) return value.nanos === zeroTime;
  if (value instanceof Struct) return value.fields.size === 0;
  return isMap(value) && mapSize(value) === 0;
}

/**
 * What becomes of an optional that passes through a conditional, `optMap` or a macro's variable: cel-go unwraps it to the
 * Go value and converts that back, which a library's value does not survive, a type becomes its name, and an optional
 * inside is flattened. Source: cel-go `interpreter/attributes.go`, `applyQualifiers`.
 */
export function settled(optional: Optional): Optional {
  const { value } = optional;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return optional;
  if (value instanceof TypeValue) return new Optional(value.name);
  if (value instanceof Optional) return value.value === undefined ? new Optional(null) : settled(value);
  if (!(value instanceof Opaque)) return optional;
  // The optional still has a value as far as `hasValue` goes; reading it is the error.
  return new Optional(
    new CelError(`unsupported conversion to ref.Val: (${value.typeName})`) as unknown as Value,
  );
}

function element(list: readonly Value[], position: number): Optional {
  const value = list[position];
  return value === undefined ? Optional.none : new Optional(value);
}

function unwrap(list: readonly Value[]): Value | CelError {
  const values: Value[] = [];
  for (const item of list) {
    if (!(item instanceof Optional)) return new CelError(`value ${goText(item)} is not optional`);
    if (item.value !== undefined) values.push(item.value);
  }
  return values;
}

/**
 * `or` and `orValue` give back a left side that is no optional as it is, as cel-go does.
 * The back ends evaluate the right side only where it is needed.
 */
export const or = (left: Value, right: Value): Value =>
  left instanceof Optional && left.value === undefined ? right : left;

/** See `or`. */
export const orValue = (left: Value, right: Value): Value =>
  left instanceof Optional ? (left.value === undefined ? right : left.value) : left;

/** `optional_type` and its functions, since Kubernetes 1.28. Source: cel-go `cel/library.go`, `OptionalTypes`. */
export const optionalLibrary: Library = {
  name: 'optional',
  types: [optionalType(typeParameter('V'))],
  overloads: [
    overload(
      'optional_of',
      'function optional.of(V) -> optional_type(V)',
      (value: Value) => new Optional(value),
    ),
    overload(
      'optional_ofNonZeroValue',
      'function optional.ofNonZeroValue(V) -> optional_type(V)',
      (value: Value) => (isZero(value) ? Optional.none : new Optional(value)),
    ),
    overload('optional_none', 'function optional.none() -> optional_type(V)', () => Optional.none),
    overload('optional_value', 'optional_type(V).value() -> V', (optional: Optional) =>
      optional.value === undefined ? new CelError('optional.none() dereference') : optional.value,
    ),
    overload(
      'optional_hasValue',
      'optional_type(V).hasValue() -> bool',
      (optional: Optional) => optional.value !== undefined,
    ),
    overload('optional_or_optional', 'optional_type(V).or(optional_type(V)) -> optional_type(V)', or),
    overload('optional_orValue_value', 'optional_type(V).orValue(V) -> V', orValue),
    overload('list_optindex_optional_int', '_[?_](list(V), int) -> optional_type(V)', optionalIndex),
    overload(
      'optional_list_optindex_optional_int',
      '_[?_](optional_type(list(V)), int) -> optional_type(V)',
      optionalIndex,
    ),
    overload('map_optindex_optional_value', '_[?_](map(K, V), K) -> optional_type(V)', optionalIndex),
    overload(
      'optional_map_optindex_optional_value',
      '_[?_](optional_type(map(K, V)), K) -> optional_type(V)',
      optionalIndex,
    ),
    overload('optional_list_index_int', '_[_](optional_type(list(V)), int) -> optional_type(V)', index),
    overload('optional_map_index_value', '_[_](optional_type(map(K, V)), K) -> optional_type(V)', index),
    overload('list_last', 'list(V).last() -> optional_type(V)', (list: readonly Value[]) =>
      element(list, list.length - 1),
    ),
    overload('list_first', 'list(V).first() -> optional_type(V)', (list: readonly Value[]) =>
      element(list, 0),
    ),
    overload('optional_unwrap', 'function optional.unwrap(list(optional_type(V))) -> list(V)', unwrap),
    overload('optional_unwrapOpt', 'list(optional_type(V)).unwrapOpt() -> list(V)', unwrap),
  ],
};
