import type { Json, Path } from './object.ts';

const plainName = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** Prints a path as people write it: `spec.containers[0].image`, `metadata.labels["app.kubernetes.io/name"]`. */
export function formatPath(path: Path): string {
  let text = '';
  for (const segment of path) {
    if (typeof segment === 'number') text += `[${segment}]`;
    else if (!plainName.test(segment)) text += `[${JSON.stringify(segment)}]`;
    else text += text === '' ? segment : `.${segment}`;
  }
  return text;
}

/**
 * Prints a path with the keys of named list elements instead of their indexes: `spec.containers[name=web].image`.
 * It stays the same when elements are added or moved, so fingerprints use it. An element whose name or key is not a
 * non-empty string, or is used twice in the list, keeps its index.
 */
export function formatStablePath(path: Path, value: Json): string {
  let text = '';
  let at: Json | undefined = value;
  for (const segment of path) {
    if (typeof segment === 'number') {
      const key = elementKey(at, segment);
      text += key === undefined ? `[${segment}]` : `[${key}]`;
    } else {
      text += formatPath([segment]).startsWith('[') || text === '' ? formatPath([segment]) : `.${segment}`;
    }
    at = child(at, segment);
  }
  return text;
}

/** The list-map keys Kubernetes uses for lists of pods and services, in the order they are tried. */
const keyFields = ['name', 'mountPath', 'containerPort', 'port', 'key', 'ip', 'host'] as const;

function elementKey(list: Json | undefined, index: number): string | undefined {
  if (!Array.isArray(list)) return undefined;
  const element: Json | undefined = list[index];
  if (typeof element === 'string' || typeof element === 'number') return scalarKey(list, element);
  for (const field of keyFields) {
    const key = child(element, field);
    if (typeof key !== 'string' && typeof key !== 'number') continue;
    if (usesOf(list, field).get(key)! > 1) continue;
    return `${field}=${key}`;
  }
  return undefined;
}

/** Kept between calls: a list with thousands of failing elements is asked once for each of them. */
const countedUses = new WeakMap<readonly Json[], Map<string, ReadonlyMap<Json, number>>>();

/** How many elements of a list have each value of a field. */
function usesOf(list: readonly Json[], field: string): ReadonlyMap<Json, number> {
  let byField = countedUses.get(list);
  if (byField === undefined) countedUses.set(list, (byField = new Map()));
  const known = byField.get(field);
  if (known !== undefined) return known;
  const uses = new Map<Json, number>();
  for (const element of list) {
    const key = child(element, field);
    if (key !== undefined) uses.set(key, (uses.get(key) ?? 0) + 1);
  }
  byField.set(field, uses);
  return uses;
}

/** A short text or number stands for itself where the list holds it once: `capabilities.add["NET_ADMIN"]`. */
function scalarKey(list: readonly Json[], element: string | number): string | undefined {
  const key = JSON.stringify(element);
  return key.length > 100 || list.indexOf(element) !== list.lastIndexOf(element) ? undefined : key;
}

/** The value at one step down, or undefined. */
export function child(value: Json | undefined, segment: string | number): Json | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  if (Array.isArray(value)) return typeof segment === 'number' ? value[segment] : undefined;
  return Object.hasOwn(value, segment) ? (value as Record<string, Json>)[segment] : undefined;
}

/** The value at a path, or undefined where any step is missing. */
export function valueAt(value: Json | undefined, path: Path): Json | undefined {
  let at = value;
  for (const segment of path) at = child(at, segment);
  return at;
}
