import { mapGet } from './map.ts';
import { isPlainObject } from './type-name.ts';
import { CelError, Failure, Optional, type Result, Struct, type Value } from './value.ts';
import { Variables } from './variables.ts';

/**
 * The own fields of the classes that carry values. A selection of such a name must not mistake the class's field for an
 * entry of a map.
 */
export const valueFields: readonly string[] = [
  'address',
  'arbitrary',
  'attributes',
  'authorize',
  'bytes',
  'coefficient',
  'exponent',
  'fields',
  'layout',
  'major',
  'message',
  'minor',
  'name',
  'nanos',
  'offset',
  'offsetSeconds',
  'parts',
  'patch',
  'patternLength',
  'prefixLength',
  'prerelease',
  'serviceAccount',
  'thousandths',
  'typeName',
  'unscaled',
  'validate',
  'value',
];

/**
 * The field of a value, or undefined where it has none; a failure stays itself, a list is an error.
 *
 * Only own properties count, so `__proto__`, `constructor` or `length` are ordinary names, and the fields of the
 * classes that carry values are never seen. Source: cel-go `interpreter/attributes.go`, `refQualify`.
 */
export function fieldOf(operand: Result, field: string, at: number): Result | undefined {
  if (typeof operand !== 'object' || operand === null) return undefined;
  if (isPlainObject(operand))
    return Object.hasOwn(operand, field) ? (operand as Record<string, Value>)[field] : undefined;
  if (operand instanceof Failure) return operand;
  if (Array.isArray(operand)) return new CelError("unsupported index type 'string' in list", at);
  if (operand instanceof Map) return mapGet(operand, field);
  if (operand instanceof Variables) return operand.get(field);
  return operand instanceof Struct ? operand.fields.get(field) : undefined;
}

/** `operand.field`; through an optional the result is optional. */
export function selectField(operand: Result, field: string, at: number): Result {
  if (operand instanceof Optional) return optionalField(operand, field, at);
  const found = fieldOf(operand, field, at);
  return found === undefined ? new CelError(`no such key: ${field}`, at) : found;
}

/** `operand.?field`. */
export function optionalField(operand: Result, field: string, at: number): Result {
  if (operand instanceof Optional)
    return operand.value === undefined ? operand : optionalField(operand.value, field, at);
  const found = fieldOf(operand, field, at);
  if (found === undefined) return Optional.none;
  return found instanceof Failure ? found : new Optional(found);
}

/** `has(operand.field)`; of a policy's variable it is the variable's error, if that has one, as on the API server. */
export function hasField(operand: Result, field: string, at: number): Result {
  if (operand instanceof Optional) return operand.value !== undefined && hasField(operand.value, field, at);
  const found = fieldOf(operand, field, at);
  return found instanceof Failure ? found : found !== undefined;
}
