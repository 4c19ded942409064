import { compare, isComparable } from '../compare.ts';
import { typeName } from '../type-name.ts';
import { CelError, type Value } from '../value.ts';

/**
 * Sorts a list by a key for each of its elements, equal keys staying in order.
 * Source: cel-go `ext/lists.go`, `sortListByAssociatedKeys`.
 */
export function sortByKeys(list: readonly Value[], keys: readonly Value[]): readonly Value[] | CelError {
  if (list.length === 0) return list;
  if (!isComparable(keys[0]!)) return new CelError('list elements must be comparable');
  const type = typeName(keys[0]!);
  if (keys.length > 1 && keys.some((key) => typeName(key) !== type)) {
    return new CelError('list elements must have the same type');
  }
  const positions = list.map((_, i) => i);
  positions.sort((i, j) => {
    const order = compare(keys[i]!, keys[j]!);
    return typeof order === 'number' ? order : 0;
  });
  return positions.map((i) => list[i]!);
}

/** What cel-go charges for comparing all elements of a list with each other. */
export function selfCompareCost(list: readonly Value[]): number {
  const first = list[0];
  const factor = typeof first === 'string' || first instanceof Uint8Array ? 2.1 : 2;
  return Math.floor(list.length * list.length * factor) + 11;
}
