import type { Json, JsonObject, Path } from '../../model/object.ts';
import { formatPath } from '../../model/path.ts';

/** The form a part of an object must have: the Go type it is decoded into, without its semantics. */
export type Shape =
  | { readonly kind: 'string' }
  | { readonly kind: 'any' }
  | { readonly kind: 'list'; readonly of: Shape }
  | { readonly kind: 'map'; readonly of: Shape }
  | { readonly kind: 'struct'; readonly fields: Readonly<Record<string, Shape>> };

/** Where misfits are reported. */
export interface Misfits {
  readonly unknownField: (path: Path, reason: string) => void;
  readonly wrongType: (path: Path, reason: string) => void;
}

/** A string. */
export const string: Shape = { kind: 'string' };

/** Anything; not looked into. */
export const any: Shape = { kind: 'any' };

/** A list of one shape. */
export const list = (of: Shape): Shape => ({ kind: 'list', of });

/** An object with any keys and values of one shape. */
export const map = (of: Shape): Shape => ({ kind: 'map', of });

/** An object with exactly these fields. */
export const struct = (fields: Readonly<Record<string, Shape>>): Shape => ({ kind: 'struct', fields });

/**
 * Reads a value as the API server decodes JSON into a Go struct: null is unset, an unset element of a list or map is the
 * zero value, a wrong type and (strict decoding, kubectl's default) an unknown field are reported. Returns the value with
 * only what fits, undefined when nothing does.
 *
 * Source: apimachinery `runtime/serializer/json`, strict mode.
 */
export function conform(
  value: Json | undefined,
  shape: Shape,
  path: Path,
  misfits: Misfits,
): Json | undefined {
  if (value === undefined || value === null) return undefined;
  switch (shape.kind) {
    case 'any':
      return value;
    case 'string':
      if (typeof value === 'string') return value;
      return wrongType(value, 'a string', path, misfits);
    case 'list':
      if (!Array.isArray(value)) return wrongType(value, 'a list', path, misfits);
      return value.map(
        (item: Json, index) => conform(item, shape.of, [...path, index], misfits) ?? zero(shape.of),
      );
    case 'map':
      if (!isObject(value)) return wrongType(value, 'an object', path, misfits);
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [
          key,
          conform(item, shape.of, [...path, key], misfits) ?? zero(shape.of),
        ]),
      );
    case 'struct':
      if (!isObject(value)) return wrongType(value, 'an object', path, misfits);
      return conformStruct(value, shape.fields, path, misfits);
  }
}

function conformStruct(
  value: JsonObject,
  fields: Readonly<Record<string, Shape>>,
  path: Path,
  misfits: Misfits,
): JsonObject {
  const result: Record<string, Json> = {};
  for (const [name, item] of Object.entries(value)) {
    const shape = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const at = [...path, name];
    if (shape === undefined) {
      misfits.unknownField(at, unknownField(name, at, fields));
      continue;
    }
    const fitting = conform(item, shape, at, misfits);
    if (fitting !== undefined) result[name] = fitting;
  }
  return result;
}

function unknownField(name: string, path: Path, fields: Readonly<Record<string, Shape>>): string {
  const meant = Object.keys(fields).find((field) => field.toLowerCase() === name.toLowerCase());
  const hint = meant === undefined ? '' : `; did you mean "${meant}"?`;
  return `unknown field "${formatPath(path)}"${hint}`;
}

function wrongType(value: Json, wanted: string, path: Path, misfits: Misfits): undefined {
  misfits.wrongType(path, `${formatPath(path)} must be ${wanted}, not ${describe(value)}`);
  return undefined;
}

function describe(value: Json): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'string') return `the text ${JSON.stringify(value)}`;
  return `the ${typeof value === 'boolean' ? 'boolean' : 'number'} ${String(value)}`;
}

function zero(shape: Shape): Json {
  if (shape.kind === 'string') return '';
  return shape.kind === 'list' ? [] : {};
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
