import { equal } from '../equal.ts';
import type { CallCost, Library } from '../library.ts';
import { overload } from '../signature.ts';
import { costSize } from '../standard/size.ts';
import { Optional, type Value } from '../value.ts';

type List = readonly Value[];

const includes = (list: List, element: Value) => list.some((other) => equal(element, other));

const contains = (list: List, part: List) => part.every((element) => includes(list, element));
const equivalent = (a: List, b: List) => contains(a, b) && contains(b, a);
const intersects = (a: List, b: List) => a.some((element) => includes(b, element));

/** Unlike everywhere else, an optional counts 1 here whatever it holds. */
const sizeOf = (value: Value): number => (value instanceof Optional ? 1 : costSize(value));

const pairCost =
  (factor: number): CallCost =>
  ([a, b]) =>
    1 + sizeOf(a!) * sizeOf(b!) * factor;

/** Lists compared as sets, by CEL's `==`. Source: cel-go `ext/sets.go`. */
export const sets: Library = {
  name: 'cel.lib.ext.sets',
  overloads: [
    overload(
      'list_sets_contains_list',
      'function sets.contains(list(T), list(T)) -> bool',
      contains,
      pairCost(1),
    ),
    overload(
      'list_sets_equivalent_list',
      'function sets.equivalent(list(T), list(T)) -> bool',
      equivalent,
      pairCost(2),
    ),
    overload(
      'list_sets_intersects_list',
      'function sets.intersects(list(T), list(T)) -> bool',
      intersects,
      pairCost(1),
    ),
  ],
};
