/**
 * A set of Unicode code points as sorted, disjoint, non-adjacent inclusive ranges laid out flat:
 * `[low, high, low, high, ...]`. Values are immutable by convention.
 */
export type CodePointSet = readonly number[];

/** The greatest Unicode code point. */
export const maxCodePoint = 0x10ffff;

/** Sorts and merges ranges that may overlap, touch or be out of order. */
export function normalized(ranges: readonly number[]): CodePointSet {
  const pairs: [number, number][] = [];
  for (let index = 0; index < ranges.length; index += 2) pairs.push([ranges[index]!, ranges[index + 1]!]);
  pairs.sort((left, right) => left[0] - right[0]);
  const merged: number[] = [];
  for (const [low, high] of pairs) {
    const last = merged.length - 1;
    if (last > 0 && low <= merged[last]! + 1) merged[last] = Math.max(merged[last]!, high);
    else merged.push(low, high);
  }
  return merged;
}

/** Every code point that is not in `set`. */
export function negated(set: CodePointSet): CodePointSet {
  const complement: number[] = [];
  let next = 0;
  for (let index = 0; index < set.length; index += 2) {
    if (next < set[index]!) complement.push(next, set[index]! - 1);
    next = set[index + 1]! + 1;
  }
  if (next <= maxCodePoint) complement.push(next, maxCodePoint);
  return complement;
}

/** The members of either set. */
export function union(left: CodePointSet, right: CodePointSet): CodePointSet {
  return normalized([...left, ...right]);
}

/** The members of `left` that are not in `right`. */
export function difference(left: CodePointSet, right: CodePointSet): CodePointSet {
  return negated(union(negated(left), right));
}

/** Whether `codePoint` is in `set`; logarithmic in the number of ranges. */
export function contains(set: CodePointSet, codePoint: number): boolean {
  let low = 0;
  let high = set.length / 2;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (codePoint > set[middle * 2 + 1]!) low = middle + 1;
    else high = middle;
  }
  return low * 2 < set.length && set[low * 2]! <= codePoint;
}

/** Whether the two sets have a member in common. */
export function intersects(left: CodePointSet, right: CodePointSet): boolean {
  let leftIndex = 0;
  let rightIndex = 0;
  while (leftIndex < left.length && rightIndex < right.length) {
    if (left[leftIndex + 1]! < right[rightIndex]!) leftIndex += 2;
    else if (right[rightIndex + 1]! < left[leftIndex]!) rightIndex += 2;
    else return true;
  }
  return false;
}
