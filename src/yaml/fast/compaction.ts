import type { Value } from '../build.ts';

type Mapping = Record<string, Value>;

/**
 * Longest document in UTF-16 code units whose objects stay as they were made. Copying takes time, and the larger size of
 * small objects matters only where there are hundreds of thousands of them.
 */
export const LARGE = 4_000_000;

/**
 * The same object in less memory: `{}` has room for four properties, these for one, two or three. Objects with more, and
 * those with a key that is no ordinary property, are returned as they are.
 */
export function compact(object: Mapping): Mapping {
  let count = 0;
  for (const key in object) if (++count > 3 || key === '__proto__') return object;
  if (count === 0) return object;
  const copy = new sizes[count - 1]!();
  for (const key in object) copy[key] = object[key]!;
  return copy;
}

/*
 * The engine sizes the objects of a constructor by the first few of them, so each is used for objects of one size only.
 * They are plain objects all the same: nothing but `Object.prototype` stands behind them.
 */
function One(): void {}
function Two(): void {}
function Three(): void {}

const sizes = [One, Two, Three].map((size) => {
  size.prototype = Object.prototype;
  return size as unknown as new () => Mapping;
});
