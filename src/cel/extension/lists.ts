import { compare, isComparable } from '../compare.ts';
import { equal } from '../equal.ts';
import type { CallCost, Library, Overload } from '../library.ts';
import { grow, refuse } from '../limit.ts';
import { isMap } from '../map.ts';
import { isInt } from '../numeric.ts';
import { overload } from '../signature.ts';
import { costSize } from '../standard/size.ts';
import { typeName } from '../type-name.ts';
import { CelError, Optional, type Value } from '../value.ts';
import { listCost } from './call-cost.ts';

type List = readonly Value[];
type Int = number | bigint;

function slice(list: List, start: Int, end: Int): List | CelError {
  const fail = (why: string) => new CelError(`cannot slice(${start}, ${end}), ${why}`);
  if (start < 0 || end < 0) return fail('negative indexes not supported');
  if (start > end) return fail('start index must be less than or equal to end index');
  if (end > list.length) return fail(`list is length ${list.length}`);
  return list.slice(Number(start), Number(end));
}

function flatten(list: Value, depth?: Int): List | CelError {
  if (!Array.isArray(list) || (depth !== undefined && !isInt(depth))) return noFlatten(list, depth);
  return (depth ?? 1) < 0 ? new CelError('level must be non-negative') : flat(list, Number(depth ?? 1), []);
}

function flat(list: List, depth: number, into: Value[]): List {
  for (const element of list) {
    if (depth > 0 && Array.isArray(element)) flat(element, depth - 1, into);
    else into.push(element);
  }
  grow(list.length);
  return into;
}

/** Here alone cel-go prints a type with its parameters. */
function noFlatten(value: Value, depth: Int | undefined): CelError {
  const type = isMap(value) ? 'map(dyn, dyn)' : typeName(value);
  return new CelError(`no such overload: ${type}.flatten(${depth === undefined ? '' : typeName(depth)})`);
}

/** Each element costs one, which ends the evaluation before a list that is too long is made. */
function range(length: Int): List {
  refuse(listCost(1, Math.max(0, Number(length))));
  return Array.from({ length: Math.max(0, Number(length)) }, (_, i) => i);
}

function distinct(list: List): List {
  refuse(selfCompareCost(list));
  if (list.every((element) => typeof element === 'string')) return [...new Set(list)];
  const unique: Value[] = [];
  for (const element of list) if (!unique.some((other) => equal(element, other))) unique.push(element);
  return unique;
}

const sort = (list: List): List | CelError => sortByKeys(list, list);

/**
 * A list in the order of its keys, which is what `sort` and `sortBy` are made of: keys are of one type that has an order
 * (numbers, bool, string, bytes, duration, timestamp). Elements with equal keys keep their order; cel-go promises
 * nothing there and loses it in lists of more than twelve. The keys of a map can be computed, but not put in order.
 */
export function sortByKeys(list: Value, keys: List): List | CelError {
  if (!Array.isArray(list)) return new CelError('no such overload: @sortByAssociatedKeys');
  if (list.length !== keys.length) {
    return new CelError(
      `@sortByAssociatedKeys() expected a list of the same size as the associated keys list, ` +
        `but got ${list.length} and ${keys.length} elements respectively`,
    );
  }
  if (list.length === 0) return list;
  if (!isComparable(keys[0]!)) return new CelError('list elements must be comparable');
  const type = typeName(keys[0]!);
  if (keys.some((key) => typeName(key) !== type)) {
    return new CelError('list elements must have the same type');
  }
  const positions = list.map((_, i) => i);
  return sortPositions(positions, keys).map((i) => list[i]!);
}

/** Go sorts up to twelve elements by insertion, which decides where a NaN ends up. */
function sortPositions(positions: number[], keys: List): number[] {
  const order = (i: number, j: number) => {
    const sign = compare(keys[i]!, keys[j]!);
    return typeof sign === 'number' ? sign : 0;
  };
  if (positions.length > 12) return positions.sort(order);
  for (let i = 1; i < positions.length; i++) {
    for (let j = i; j > 0 && order(positions[j]!, positions[j - 1]!) < 0; j--) {
      [positions[j - 1], positions[j]] = [positions[j]!, positions[j - 1]!];
    }
  }
  return positions;
}

const outputCost: CallCost = (_args, result) => listCost(1, costSize(result));
/** A negative depth makes a negative cost, which wraps around in Go and is then beyond every limit. */
const flattenCost: CallCost = ([list, depth]) => {
  const units = listCost(Number(depth ?? 1), list instanceof Optional ? 1 : costSize(list!));
  return units < 0 ? 2 ** 63 : units;
};

/** Comparing every element of a list with every other; strings and bytes cost a little more. */
function selfCompareCost(list: List): number {
  const perPair = typeof list[0] === 'string' || list[0] instanceof Uint8Array ? 2.1 : 2;
  return listCost(perPair, list.length * list.length);
}

const sortCost: CallCost = ([list]) => selfCompareCost(list as List);

/** What `list.sortBy(...)` costs beside computing its keys. */
export const sortByCost: CallCost = ([, keys]) => selfCompareCost(keys as List);

/** The element types that have an order, by cel-go's name and ours. */
const comparable: readonly (readonly [string, string])[] = [
  ['int', 'int'],
  ['uint', 'uint'],
  ['double', 'double'],
  ['bool', 'bool'],
  ['google.protobuf.Duration', 'duration'],
  ['google.protobuf.Timestamp', 'timestamp'],
  ['string', 'string'],
  ['bytes', 'bytes'],
];

/** cel-go's list functions, version 3; the macro `sortBy` belongs to them. Source: cel-go `ext/lists.go`. */
export const listsV3: Library = {
  name: 'cel.lib.ext.lists',
  overloads: [
    overload('list_slice', 'list(T).slice(int, int) -> list(T)', slice, outputCost),
    overload('list_flatten', 'list(list(T)).flatten() -> list(T)', flatten, flattenCost),
    overload('list_flatten_int', 'list(dyn).flatten(int) -> list(dyn)', flatten, flattenCost),
    ...comparable.map(([id, type]): Overload =>
      overload(`list_${id}_sort`, `list(${type}).sort() -> list(${type})`, sort, sortCost),
    ),
    overload('lists_range', 'function lists.range(int) -> list(int)', range, outputCost),
    overload('list_reverse', 'list(T).reverse() -> list(T)', (list: List) => list.toReversed(), outputCost),
    overload('list_distinct', 'list(T).distinct() -> list(T)', distinct, sortCost),
  ],
};
