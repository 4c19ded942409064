import type { Json, Path } from '../../model/object.ts';
import { child } from '../../model/path.ts';

/** Fields by which Kustomize and Kubernetes tell items of lists apart, in the order they are tried. */
const keyFields = ['name', 'mountPath', 'containerPort', 'port', 'key', 'ip', 'host', 'kind'] as const;

/**
 * Follows a path of one object in another, where items of lists may stand at other indexes: an item is found by its name
 * or another key of lists, a text or number by its value. Returns as much of the path, in the other's indexes, as is there.
 */
export function follow(path: Path, from: Json, into: Json): Path {
  const found: (string | number)[] = [];
  let here: Json | undefined = from;
  let there: Json | undefined = into;
  for (const step of path) {
    const next: string | number | undefined = typeof step === 'number' ? itemLike(here, step, there) : step;
    const value: Json | undefined = next === undefined ? undefined : child(there, next);
    if (next === undefined || value === undefined) break;
    found.push(next);
    here = child(here, step);
    there = value;
  }
  return found;
}

/** Whether two values say the same, whatever the order of keys. */
export function isSame(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isSame(child(a, stepOf(a, key)), child(b, stepOf(b, key))))
  );
}

const stepOf = (value: Json, key: string): string | number => (Array.isArray(value) ? Number(key) : key);

function itemLike(list: Json | undefined, index: number, into: Json | undefined): number | undefined {
  const item = child(list, index);
  if (item === undefined || !Array.isArray(into)) return undefined;
  if (item === null || typeof item !== 'object') {
    const same = (into as readonly Json[]).indexOf(item);
    return same < 0 ? undefined : same;
  }
  for (const field of keyFields) {
    const key = child(item, field);
    if (typeof key !== 'string' && typeof key !== 'number') continue;
    const same = (into as readonly Json[]).findIndex((one) => child(one, field) === key);
    if (same >= 0) return same;
    // Items that have names are others where the names differ.
    if ((into as readonly Json[]).some((one) => child(one, field) !== undefined)) return undefined;
  }
  return index < into.length ? index : undefined;
}
