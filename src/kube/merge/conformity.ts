import type { Schema } from '../schema/schema.ts';
import { goDetailed, goPlain, goTypeName, GoValue, isPatchObject, type PatchValue } from './go-value.ts';
import { itemKey } from './item-key.ts';
import type { SchemaError } from './schema-error.ts';
import { type ListShape, type MapShape, memberSchema, shapeOf, takenAs } from './shape.ts';

/**
 * What in a value its schema does not allow, in the API server's words; empty where it conforms. Null conforms to
 * everything. Items with one key are refused, except where `allowDuplicates`.
 *
 * The server stops at a struct's first unknown field and visits fields in no certain order; here it is that of the value.
 * Source: structured-merge-diff `typed/validate.go`.
 */
export function schemaErrors(schema: Schema, value: PatchValue, allowDuplicates = false): SchemaError[] {
  const errors: SchemaError[] = [];
  visit(schema, value, '');
  return errors;

  function visit(at: Schema, part: PatchValue, path: string): void {
    const shape = shapeOf(at);
    switch (takenAs(shape, part)) {
      case 'map':
        return visitMap(shape.map!, part, path);
      case 'list':
        return visitList(shape.list!, part, path);
      case 'scalar': {
        const message = scalarProblem(shape.scalar!, part);
        if (message !== undefined) errors.push({ path, message });
      }
    }
  }

  function visitMap(map: MapShape, part: PatchValue, path: string): void {
    if (part === null) return;
    if (!isPatchObject(part)) {
      errors.push({ path, message: `expected map, got ${pointerTo(part)}` });
      return;
    }
    for (const [name, member] of Object.entries(part)) {
      const declared = memberSchema(map, name);
      if (declared === undefined) {
        errors.push({ path: `${path}.${name}`, message: 'field not declared in schema' });
        return;
      }
      visit(declared, member, `${path}.${name}`);
    }
  }

  function visitList(list: ListShape, part: PatchValue, path: string): void {
    if (part === null) return;
    if (!Array.isArray(part)) {
      errors.push({ path, message: `expected list, got ${pointerTo(part)}` });
      return;
    }
    const seen = new Set<string>();
    for (const [index, item] of (part as readonly PatchValue[]).entries()) {
      if (list.merge === 'atomic') {
        visit(list.item, item, `${path}[${index}]`);
        continue;
      }
      const found = itemKey(list, item);
      if ('problem' in found) {
        errors.push({ path, message: `element ${index}: ${found.problem}` });
        return;
      }
      const { key } = found;
      if (seen.has(key) && !allowDuplicates) {
        errors.push({ path, message: `duplicate entries for key ${key}` });
      }
      seen.add(key);
      visit(list.item, item, path + key);
    }
  }
}

function scalarProblem(
  wanted: 'string' | 'numeric' | 'boolean' | 'untyped',
  value: PatchValue,
): string | undefined {
  if (value === null) return undefined;
  const type = typeof value;
  const isNumber = type === 'number' || type === 'bigint';
  switch (wanted) {
    case 'string':
      return type === 'string'
        ? undefined
        : `expected string, got &value.valueUnstructured{Value:${goDetailed(value)}}`;
    case 'numeric':
      return isNumber ? undefined : `expected numeric (int or float), got ${goTypeName(value)}`;
    case 'boolean':
      return type === 'boolean' ? undefined : `expected boolean, got ${pointerTo(value)}`;
    case 'untyped':
      return type !== 'object' ? undefined : `expected any scalar, got ${pointerTo(value)}`;
  }
}

/** How Go prints a pointer to a struct that holds the value. */
function pointerTo(value: PatchValue): string {
  return `&{${value instanceof GoValue ? value.plain : goPlain(value)}}`;
}
