import type { ListKey, Schema } from '../schema/schema.ts';
import { GoValue, isPatchObject, type PatchValue } from './go-value.ts';

/** What a schema allows, in the terms of structured-merge-diff: any of a scalar, a list and a map. */
export interface Shape {
  readonly scalar: 'string' | 'numeric' | 'boolean' | 'untyped' | undefined;
  readonly list: ListShape | undefined;
  readonly map: MapShape | undefined;
}

/** How a list merges. */
export interface ListShape {
  readonly item: Schema;
  readonly merge: 'atomic' | 'set' | 'map';
  readonly keys: readonly ListKey[];
}

/** How a map or struct merges: declared fields by name, the others by `rest` where it has any. */
export interface MapShape {
  readonly fields: ReadonlyMap<string, Schema> | undefined;
  readonly rest: Schema | undefined;
  readonly atomic: boolean;
}

const untypedAtomic: Schema = { kind: 'any', atomic: true };
const deduced: Schema = { kind: 'any', atomic: false };
const untypedList: ListShape = { item: untypedAtomic, merge: 'atomic', keys: [] };

const text: Shape = { scalar: 'string', list: undefined, map: undefined };
const boolean: Shape = { scalar: 'boolean', list: undefined, map: undefined };
const numeric: Shape = { scalar: 'numeric', list: undefined, map: undefined };
const untyped: Shape = { scalar: 'untyped', list: undefined, map: undefined };
const anything: Shape = {
  scalar: 'untyped',
  list: untypedList,
  map: { fields: undefined, rest: deduced, atomic: false },
};
const anythingAtomic: Shape = {
  scalar: 'untyped',
  list: untypedList,
  map: { fields: undefined, rest: untypedAtomic, atomic: true },
};

const shapes = new WeakMap<Schema, Shape>();

/**
 * The shape of a schema. Quantities and times are scalars of any type; a value that is a number or a text by its schema
 * may be a list or map as well, since its type is not declared.
 *
 * Source: kube-openapi `pkg/schemaconv/openapi.go`, `smd.go`.
 */
export function shapeOf(schema: Schema): Shape {
  switch (schema.kind) {
    case 'string':
    case 'bytes':
      return text;
    case 'boolean':
      return boolean;
    case 'integer':
    case 'number':
      return numeric;
    case 'time':
    case 'quantity':
      return untyped;
    case 'intOrString':
      return anything;
    case 'any':
      return schema.atomic ? anythingAtomic : anything;
    default:
      break;
  }
  const known = shapes.get(schema);
  if (known !== undefined) return known;
  const shape: Shape = compound(schema);
  shapes.set(schema, shape);
  return shape;
}

function compound(schema: Schema & { kind: 'list' | 'map' | 'struct' }): Shape {
  switch (schema.kind) {
    case 'list':
      return { scalar: undefined, list: schema, map: undefined };
    case 'map':
      return {
        scalar: undefined,
        list: undefined,
        map: { fields: undefined, rest: schema.value, atomic: schema.atomic },
      };
    case 'struct': {
      const map = { fields: schema.fields, rest: undefined, atomic: schema.atomic };
      return { scalar: undefined, list: undefined, map };
    }
  }
}

/** The schema of a map's value or a struct's field; undefined where the struct declares none of this name. */
export function memberSchema({ fields, rest }: MapShape, name: string): Schema | undefined {
  return fields?.get(name) ?? rest;
}

/** As which of the three a value is taken: its own type where the shape allows that, else map before scalar before list. */
export function takenAs(shape: Shape, value: PatchValue | undefined): 'scalar' | 'list' | 'map' {
  if (Array.isArray(value)) {
    if (shape.list !== undefined) return 'list';
  } else if (isPatchObject(value)) {
    if (shape.map !== undefined) return 'map';
  } else if (value !== undefined && value !== null && !(value instanceof GoValue)) {
    if (shape.scalar !== undefined) return 'scalar';
  }
  if (shape.map !== undefined) return 'map';
  return shape.scalar === undefined ? 'list' : 'scalar';
}
