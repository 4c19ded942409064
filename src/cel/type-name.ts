import {
  CelError,
  Double,
  Duration,
  Opaque,
  Optional,
  type Result,
  Struct,
  Timestamp,
  TypeValue,
  Uint,
  Unknown,
} from './value.ts';

/**
 * The name of a value's type at run time, as `type(x)` and the error texts print it: `int`, `list`, `null_type`,
 * `google.protobuf.Timestamp`, `optional_type`, `kubernetes.Quantity`. Parameters of lists and maps are erased.
 * Source: cel-go `common/types/types.go`, `TypeName`.
 */
export function typeName(value: Result): string {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    case 'number':
      return Number.isInteger(value) ? 'int' : 'double';
    default:
      return value === null ? 'null_type' : objectTypeName(value);
  }
}

/** A value in the text of an error; a list or map by its type, since what is in it may be without a text of its own. */
export function named(value: Result): string {
  const isCollection =
    typeof value === 'object' && value !== null && (Array.isArray(value) || isPlainObject(value));
  return isCollection ? typeName(value) : String(value);
}

function objectTypeName(value: object): string {
  if (Array.isArray(value)) return 'list';
  if (isPlainObject(value) || value instanceof Map) return 'map';
  if (value instanceof Double) return 'double';
  if (value instanceof Uint) return 'uint';
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof Optional) return 'optional_type';
  if (value instanceof Timestamp) return 'google.protobuf.Timestamp';
  if (value instanceof Duration) return 'google.protobuf.Duration';
  if (value instanceof TypeValue) return 'type';
  if (value instanceof Struct || value instanceof Opaque) return value.typeName;
  if (value instanceof CelError) return 'error';
  if (value instanceof Unknown) return 'unknown';
  return 'map';
}

/** Whether an object is a map whose keys are its own properties: what JSON yields, with or without a prototype. */
export function isPlainObject(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
