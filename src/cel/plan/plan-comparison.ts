import { formatType, type Type } from '../type.ts';
import type { Plan } from './node.ts';

/**
 * A plan for a deep comparison with another, in tests: types as their names, and of functions that are made for each call
 * their text.
 */
export function comparable({ root, slots, nodes, globals }: Plan): unknown {
  return { root: part(root), slots, nodes, globals };
}

function part(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(part);
  if (typeof value !== 'object' || value === null || !('kind' in value)) return plain(value);
  const fields = Object.entries(value).map(([name, field]) => {
    if (name === 'type' || name === 'yields') {
      return [name, field === undefined ? undefined : formatType(field as Type)];
    }
    return [name, name === 'invoke' ? String(field) : part(field)];
  });
  return Object.fromEntries(fields);
}

/** Elements of lists and maps hold nodes. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) {
    return value;
  }
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, part(field)]));
}
