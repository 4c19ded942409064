import type { JsonObject, Path } from '../model/object.ts';
import { formatPath, valueAt } from '../model/path.ts';

/** One thing in an object that fails a validation: a container, a list entry, a field. */
export interface FailingElement {
  /** The path a person is pointed at, present in the object or not. */
  readonly path: Path;
  /** All failing paths that belong to the element, that one included. */
  readonly paths: readonly Path[];
}

/**
 * Groups the failing paths of a validation so that each group is one thing to mend: what lies in one list entry belongs
 * together, and so do fields that are missing from one parent, which are often alternatives of each other. A validation
 * without failing paths fails the whole object, whose path is empty.
 */
export function failingElements(paths: readonly Path[], object: JsonObject | null): FailingElement[] {
  if (paths.length === 0) return [{ path: [], paths: [] }];
  const groups = new Map<string, Path[]>();
  const ofContent = paths.filter((path) => !isTypeOfObject(path));
  // `object.kind != 'Pod' || ...` picks the expression for a kind: nobody mends an object by making it another one.
  for (const path of ofContent.length > 0 ? ofContent : paths) {
    const key = elementKey(path, object);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [path]);
    else group.push(path);
  }
  return [...groups.values()].map((group) => ({
    path: group.find((path) => isPresent(path, object)) ?? group[0]!,
    paths: group,
  }));
}

function elementKey(path: Path, object: JsonObject | null): string {
  const entry = path.findLastIndex((segment) => typeof segment === 'number');
  if (entry >= 0) return formatPath(path.slice(0, entry + 1));
  return isPresent(path, object) ? formatPath(path) : `${formatPath(path.slice(0, -1))} lacks`;
}

function isTypeOfObject([field, ...below]: Path): boolean {
  return below.length === 0 && (field === 'kind' || field === 'apiVersion');
}

function isPresent(path: Path, object: JsonObject | null): boolean {
  return object !== null && valueAt(object, path) !== undefined;
}
