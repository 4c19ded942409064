import type { Json, JsonObject, Path } from '../../model/object.ts';

/** One place at which two objects differ; below it nothing is told apart. */
export interface Difference {
  /** In the object before, and for what was added in the object afterwards. */
  readonly path: Path;
  /** Undefined where there was nothing. */
  readonly before: Json | undefined;
  /** Undefined where nothing is left. */
  readonly after: Json | undefined;
}

/** An operation of RFC 6902 that every implementation understands. */
export type Operation6902 =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: Json }
  | { readonly op: 'remove'; readonly path: string };

/**
 * Where two objects differ, in the order of their fields. Lists are compared item by item after what they have in common
 * at both ends is left out, so an added or removed item is one difference and not one for each item behind it.
 */
export function differences(before: Json, after: Json): Difference[] {
  const found: Difference[] = [];
  compare(before, after, []);
  return found;

  function compare(left: Json | undefined, right: Json | undefined, path: Path): void {
    if (left === right) return;
    if (Array.isArray(left) && Array.isArray(right)) return compareLists(left, right, path);
    if (isObject(left) && isObject(right)) return compareObjects(left, right, path);
    found.push({ path, before: left, after: right });
  }

  function compareObjects(left: JsonObject, right: JsonObject, path: Path): void {
    for (const [name, value] of Object.entries(left)) {
      compare(value, Object.hasOwn(right, name) ? right[name] : undefined, [...path, name]);
    }
    for (const [name, value] of Object.entries(right)) {
      if (!Object.hasOwn(left, name)) compare(undefined, value, [...path, name]);
    }
  }

  function compareLists(left: readonly Json[], right: readonly Json[], path: Path): void {
    const shorter = Math.min(left.length, right.length);
    let start = 0;
    while (start < shorter && areEqual(left[start]!, right[start]!)) start++;
    let end = 0;
    while (end < shorter - start && areEqual(left.at(-1 - end)!, right.at(-1 - end)!)) end++;
    const paired = shorter - end;
    for (let index = start; index < paired; index++) compare(left[index], right[index], [...path, index]);
    for (let index = paired; index < left.length - end; index++) {
      compare(left[index], undefined, [...path, index]);
    }
    for (let index = paired; index < right.length - end; index++) {
      compare(undefined, right[index], [...path, index]);
    }
  }
}

/**
 * A JSON patch (RFC 6902) that makes the second object of the first. Items are removed from the end of their list, added
 * from its start.
 */
export function jsonPatchBetween(before: Json, after: Json): Operation6902[] {
  const found = differences(before, after);
  const changed = found.filter((difference) => difference.after !== undefined);
  const removed = found.filter((difference) => difference.after === undefined).toReversed();
  return [
    ...removed.map(({ path }): Operation6902 => ({ op: 'remove', path: pointer(path) })),
    ...changed.map(({ path, before: old, after: value }): Operation6902 => {
      return { op: old === undefined ? 'add' : 'replace', path: pointer(path), value: value! };
    }),
  ];
}

/** A path as RFC 6901 writes it. */
function pointer(path: Path): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function areEqual(a: Json, b: Json): boolean {
  return differences(a, b).length === 0;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
