import { compare, isComparable } from '../compare.ts';
import { equal } from '../equal.ts';
import { walkCost } from '../extension/call-cost.ts';
import type { Library, Overload } from '../library.ts';
import { overload } from '../signature.ts';
import { add } from '../standard/arithmetic.ts';
import { CelError, Double, Duration, Uint, type Value } from '../value.ts';

type List = readonly Value[];

const noOverload = () => new CelError('no such overload');

/** Whether no element comes before its predecessor; elements that cannot be compared count as in order. */
function isSorted(list: List): boolean | CelError {
  for (let i = 0; i < list.length; i++) {
    if (!isComparable(list[i]!)) return noOverload();
    if (i > 0 && isOrder(compare(list[i - 1]!, list[i]!), 1)) return false;
  }
  return true;
}

function isOrder(order: number | CelError, sign: 1 | -1): boolean {
  return typeof order === 'number' && Math.sign(order) === sign;
}

const sum =
  (zero: Value) =>
  (list: List): Value | CelError => {
    let total: Value = zero;
    for (const element of list) {
      const next = add(total, element);
      if (next instanceof CelError) return next;
      total = next;
    }
    return total;
  };

/** The element that no other one beats; `replace` is the order of the best so far and a better one. */
const best =
  (name: 'min' | 'max', replace: 1 | -1) =>
  (list: List): Value | CelError => {
    let result: Value | undefined;
    for (const element of list) {
      if (!isComparable(element)) return noOverload();
      if (result === undefined || isOrder(compare(result, element), replace)) result = element;
    }
    return result ?? new CelError(`${name} called on empty list`);
  };

const indexOf = (list: List, item: Value): number => list.findIndex((element) => equal(element, item));
const lastIndexOf = (list: List, item: Value): number =>
  list.findLastIndex((element) => equal(element, item));

const includes = (target: Value, item: Value): boolean =>
  Array.isArray(target) ? indexOf(target, item) >= 0 : equal(target, item);

const summable: readonly (readonly [string, Value])[] = [
  ['int', 0],
  ['uint', new Uint(0n)],
  ['double', new Double(0)],
  ['duration', new Duration(0n)],
];
const comparable = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes'];

const perType = (declare: (type: string) => Overload): Overload[] => comparable.map(declare);

/** Kubernetes' list functions, version 0. Source: k8s.io/apiserver `pkg/cel/library/lists.go`. */
export const listsV0: Library = {
  name: 'kubernetes.lists',
  overloads: [
    ...perType((type) =>
      overload(`list_${type}_is_sorted_bool`, `list(${type}).isSorted() -> bool`, isSorted, walkCost),
    ),
    ...summable.map(([type, zero]) =>
      overload(`list_${type}_sum_${type}`, `list(${type}).sum() -> ${type}`, sum(zero), walkCost),
    ),
    ...perType((type) =>
      overload(`list_${type}_max_${type}`, `list(${type}).max() -> ${type}`, best('max', -1), walkCost),
    ),
    ...perType((type) =>
      overload(`list_${type}_min_${type}`, `list(${type}).min() -> ${type}`, best('min', 1), walkCost),
    ),
    overload('list_a_index_of_int', 'list(A).indexOf(A) -> int', indexOf, walkCost),
    overload('list_a_last_index_of_int', 'list(A).lastIndexOf(A) -> int', lastIndexOf, walkCost),
  ],
};

/** Version 1 adds `includes`: of a list an element, of anything else an equal value. */
export const listsV1: Library = {
  name: 'kubernetes.lists',
  overloads: [
    ...listsV0.overloads,
    overload('list_includes_dyn_dyn', 'dyn.includes(dyn) -> bool', includes, walkCost),
  ],
};
