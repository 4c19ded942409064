import type { Json, JsonObject, Path } from '../model/object.ts';
import { valueAt } from '../model/path.ts';
import { type Difference, differences } from '../policy/index.ts';
import { type Change, changedBy } from '../yaml/index.ts';

/** How an object that is written is seen by a policy; null where the server could not read it. */
export type View = (written: JsonObject) => JsonObject | null;

/**
 * The fewest changes to a written object that make the server see `wanted`, and nothing but `wanted`: what follows from
 * defaults is not written, and a default that goes with what is removed is no loss. Undefined where writing the differences does not lead there, as with a field that the server
 * fills whatever is written.
 */
export function writtenChanges(written: JsonObject, wanted: JsonObject, view: View): Change[] | undefined {
  const before = view(written);
  if (before === null) return undefined;
  const leadsThere = (changes: readonly Change[]): boolean => {
    const edited = changedBy(written as never, changes) as JsonObject | undefined;
    const seen = edited === undefined ? null : view(edited);
    return seen !== null && differences(seen, wanted).every((one) => isDefaultGone(one, written, before));
  };
  const changes = differences(before, wanted).flatMap((difference) => changeFor(difference, written));
  if (!leadsThere(changes)) return undefined;
  return fewest(changes, leadsThere);
}

/** Whether a difference of what is seen from what is wanted is a default that nobody wrote and nobody asked for. */
function isDefaultGone(
  { path, before: seen, after }: Difference,
  written: JsonObject,
  before: JsonObject,
): boolean {
  if (seen !== undefined || after === undefined || valueAt(written, path) !== undefined) return false;
  return JSON.stringify(valueAt(before, path)) === JSON.stringify(after);
}

function changeFor({ path, after }: Difference, written: JsonObject): Change[] {
  if (after !== undefined) return [{ op: 'set', path, value: after as never }];
  // What only a default put there cannot be taken out of the text.
  return valueAt(written, path) === undefined ? [] : [{ op: 'remove', path }];
}

function fewest(changes: readonly Change[], leadsThere: (changes: readonly Change[]) => boolean): Change[] {
  let left = [...changes];
  for (const change of changes) {
    const others = left.filter((other) => other !== change);
    if (leadsThere(others)) left = others;
  }
  for (const change of left) {
    if (change.op !== 'set') continue;
    let { value } = change;
    for (const path of partsOf(value as Json)) {
      const smaller = changedBy(value, [{ op: 'remove', path }]);
      if (smaller === undefined) continue;
      const tried = left.map((other) => (other.path === change.path ? { ...change, value: smaller } : other));
      if (!leadsThere(tried)) continue;
      value = smaller;
      left = tried;
    }
  }
  return left;
}

/** The paths of everything inside of a value, items from the end of their list, what holds others before it. */
function partsOf(value: Json, path: Path = []): Path[] {
  if (value === null || typeof value !== 'object') return path.length === 0 ? [] : [path];
  const inside = Array.isArray(value)
    ? [...value.entries()].toReversed().flatMap(([i, item]) => partsOf(item as Json, [...path, i]))
    : Object.entries(value).flatMap(([key, item]) => partsOf(item as Json, [...path, key]));
  return path.length === 0 ? inside : [path, ...inside];
}
