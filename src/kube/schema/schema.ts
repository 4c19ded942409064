import type { Json } from '../../model/object.ts';

/**
 * The structural schema of a value in an API object: its type and how it merges, nothing about which values are valid.
 * Built-in types have one (`builtInSchema`); that of a custom resource comes from its definition.
 */
export type Schema = ScalarSchema | ListSchema | MapSchema | StructSchema | AnySchema;

/**
 * A value without parts. `bytes` is base64 text, `time` RFC 3339 text, `quantity` a text or number such as `500m`,
 * `intOrString` a number or text such as `80` or `25%`. `format` tells the width of an integer.
 */
export interface ScalarSchema {
  readonly kind: 'string' | 'boolean' | 'integer' | 'number' | 'bytes' | 'time' | 'quantity' | 'intOrString';
  readonly format: 'int32' | 'int64' | undefined;
}

/** A list. */
export interface ListSchema {
  readonly kind: 'list';
  readonly item: Schema;
  /** `atomic`: replaced as a whole; `set`: a set of scalars; `map`: items are told apart by `keys`. */
  readonly merge: 'atomic' | 'set' | 'map';
  /** Empty unless `merge` is `map`. */
  readonly keys: readonly ListKey[];
}

/** A field that tells the items of a list apart. */
export interface ListKey {
  readonly name: string;
  /** What an item without the field counts as; undefined where an item must have it. */
  readonly default: Json | undefined;
}

/** A map from texts. */
export interface MapSchema {
  readonly kind: 'map';
  readonly value: Schema;
  /** Replaced as a whole. */
  readonly atomic: boolean;
}

/** An object with declared fields. */
export interface StructSchema {
  readonly kind: 'struct';
  /** The type's name as in OpenAPI without its package: `PodSpec`; empty for an object of a custom resource. */
  readonly name: string;
  /** By JSON name; types may contain themselves, so that fields are read when they are first looked at. */
  readonly fields: ReadonlyMap<string, Schema>;
  /** Replaced as a whole. */
  readonly atomic: boolean;
}

/** Any value at all. `atomic` where maps inside are replaced as a whole. */
export interface AnySchema {
  readonly kind: 'any';
  readonly atomic: boolean;
}

/**
 * The schema of the value at a path: field names, map keys, list indexes. Undefined where a struct has no such field or
 * a scalar is asked for a part; below `any` everything is `any`.
 */
export function schemaAt(schema: Schema, path: readonly (string | number)[]): Schema | undefined {
  let at: Schema | undefined = schema;
  for (const segment of path) at = at && partOf(at, segment);
  return at;
}

function partOf(schema: Schema, segment: string | number): Schema | undefined {
  switch (schema.kind) {
    case 'any':
      return schema;
    case 'list':
      return typeof segment === 'number' ? schema.item : undefined;
    case 'map':
      return typeof segment === 'string' ? schema.value : undefined;
    case 'struct':
      return typeof segment === 'string' ? schema.fields.get(segment) : undefined;
    default:
      return undefined;
  }
}
