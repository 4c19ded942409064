import { goQuote } from '../../cel/go-quote.ts';

/**
 * A value inside a patch that is no JSON: what a mutation's expression left there in its own type, such as null, bytes or a
 * nested map literal. No schema accepts it; the API server's complaints print it.
 */
export class GoValue {
  /** Go's name of its type, `%T`: `uint64`, `structpb.NullValue`. */
  readonly type: string;
  /** As Go prints it with `%v`. */
  readonly plain: string;
  /** As Go prints it with `%#v`. */
  readonly detailed: string;
  constructor(type: string, plain: string, detailed: string) {
    this.type = type;
    this.plain = plain;
    this.detailed = detailed;
  }
}

/** What a patch consists of: JSON and values that are none. */
export type PatchValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | GoValue
  | readonly PatchValue[]
  | PatchObject;

/** An object of a patch. */
export interface PatchObject {
  readonly [key: string]: PatchValue;
}

/** Whether a value is an object of a patch, and neither a list nor a value of another type. */
export function isPatchObject(value: PatchValue | undefined): value is PatchObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof GoValue);
}

/** Go's name of a value's type, `%T`. */
export function goTypeName(value: PatchValue): string {
  if (value instanceof GoValue) return value.type;
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return '[]interface {}';
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int64';
    case 'number':
      return Number.isInteger(value) ? 'int64' : 'float64';
    default:
      return 'map[string]interface {}';
  }
}

/** A value as Go prints it with `%v`: `map[a:b]`, `[1 2]`. */
export function goPlain(value: PatchValue): string {
  if (value instanceof GoValue) return value.plain;
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goPlain).join(' ')}]`;
  if (!isPatchObject(value)) return String(value);
  const entries = sortedKeys(value).map((key) => `${key}:${goPlain(value[key]!)}`);
  return `map[${entries.join(' ')}]`;
}

/** A value as Go prints it with `%#v`: `map[string]interface {}{"a":"b"}`. */
export function goDetailed(value: PatchValue): string {
  if (value instanceof GoValue) return value.detailed;
  if (value === null) return 'interface {}(nil)';
  if (typeof value === 'string') return goQuote(value);
  // A list without items is made by appending none to a nil slice.
  if (Array.isArray(value)) {
    return value.length === 0 ? '[]interface {}(nil)' : `[]interface {}{${value.map(goDetailed).join(', ')}}`;
  }
  if (!isPatchObject(value)) return String(value);
  const entries = sortedKeys(value).map((key) => `${goQuote(key)}:${goDetailed(value[key]!)}`);
  return `map[string]interface {}{${entries.join(', ')}}`;
}

/** Go prints maps in the order of their keys. */
function sortedKeys(object: PatchObject): string[] {
  return Object.keys(object).toSorted();
}
