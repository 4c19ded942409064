import { isMap, mapEntries, mapKeys } from '../map.ts';
import { isPlainObject } from '../type-name.ts';
import type { MacroNode } from './node.ts';
import {
  type AnyFailure,
  CelError,
  Double,
  Duration,
  Failure,
  Optional,
  type Result,
  Timestamp,
  TypeValue,
  Uint,
  type Value,
} from '../value.ts';

/** The elements of a list or the keys of a map, which a macro with one variable runs over. */
export function elementsOf(value: Result, at: number): readonly Value[] | AnyFailure {
  if (Array.isArray(value)) return value;
  if (value instanceof Failure) return value;
  if (isMap(value)) return mapKeys(value);
  return new CelError(`got '${goType(value)}', expected iterable type`, at);
}

/** Indexes and elements of a list, keys and values of a map, which a macro with two variables runs over. */
export function entriesOf(value: Result, at: number): readonly (readonly [Value, Value])[] | AnyFailure {
  if (Array.isArray(value)) return value.map((element: Value, i) => [i, element] as const);
  if (value instanceof Failure) return value;
  if (isMap(value)) return mapEntries(value);
  return new CelError(`unsupported comprehension range type: ${goType(value)}`, at);
}

/**
 * Whether the API server may charge nothing for a round of a macro, so that rounds have to be bounded in another way
 * than by their cost.
 */
export function mayBeFree({ name, filter }: MacroNode): boolean {
  return name === 'filter' || name === 'exists_one' || filter !== undefined;
}

/** The name of the Go type behind a value, which some of cel-go's error texts show. */
export function goType(value: Value): string {
  if (value === null) return 'types.Null';
  switch (typeof value) {
    case 'string':
      return 'types.String';
    case 'boolean':
      return 'types.Bool';
    case 'bigint':
      return 'types.Int';
    case 'number':
      return Number.isInteger(value) ? 'types.Int' : 'types.Double';
    default:
      return goObjectType(value);
  }
}

function goObjectType(value: object): string {
  if (Array.isArray(value)) return '*types.baseList';
  if (value instanceof Map || isPlainObject(value)) return '*types.baseMap';
  if (value instanceof Double) return 'types.Double';
  if (value instanceof Uint) return 'types.Uint';
  if (value instanceof Uint8Array) return 'types.Bytes';
  if (value instanceof Optional) return '*types.Optional';
  if (value instanceof TypeValue) return '*types.Type';
  if (value instanceof Timestamp) return 'types.Timestamp';
  if (value instanceof Duration) return 'types.Duration';
  return `cel.${value.constructor.name}`;
}
