import type { Value } from '../value.ts';

type List = readonly Value[];

let remembered: WeakSet<List> | undefined;

/**
 * `a + b` of two lists: where one is empty it is the other one itself, else a list of its own kind, which
 * {@link rememberingConcatenations} can tell from others.
 *
 * Source: cel-go `common/types/list.go`, `Add`.
 */
export function concatenate(a: List, b: List): List {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const joined = a.concat(b);
  remembered?.add(joined);
  return joined;
}

/** Runs something during which {@link isConcatenation} knows the lists that `+` makes. */
export function rememberingConcatenations<T>(run: () => T): T {
  const outer = remembered;
  remembered = new WeakSet();
  try {
    return run();
  } finally {
    remembered = outer;
  }
}

/**
 * Whether `+` made a list of two that are not empty. No expression can tell; but the API server converts such a list to Go
 * differently from a list that was written or mapped.
 */
export function isConcatenation(list: List): boolean {
  return remembered?.has(list) === true;
}
