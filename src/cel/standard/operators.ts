import { compare, isComparable } from '../compare.ts';
import { equal, equals } from '../equal.ts';
import { isMap, mapGet } from '../map.ts';
import type { CallCost, Implementation, Library, Overload } from '../library.ts';
import { doubleOf, maxInt } from '../numeric.ts';
import { overload } from '../signature.ts';
import { typeName } from '../type-name.ts';
import { CelError, Double, Optional, Uint, type Value } from '../value.ts';
import { add, divide, modulo, multiply, negate, subtract } from './arithmetic.ts';
import { formatFloat } from './go-number.ts';
import { costSize } from './size.ts';

const perCharacter = 0.1;

/** Traversal of the shorter operand. */
const shorter: CallCost = ([a, b]) => Math.ceil(Math.min(costSize(a!), costSize(b!)) * perCharacter);
/** Traversal of both operands. */
const both: CallCost = ([a, b]) => Math.ceil((costSize(a!) + costSize(b!)) * perCharacter);

const order =
  (name: string, holds: (order: number) => boolean): Implementation =>
  (a: Value, b: Value): boolean | CelError => {
    if (!isComparable(a)) return new CelError(`no such overload: ${name}`);
    const result = compare(a, b);
    return typeof result === 'number' ? holds(result) : result;
  };

const relations = [
  ['_<_', 'less', order('_<_', (c) => c < 0)],
  ['_<=_', 'less_equals', order('_<=_', (c) => c <= 0)],
  ['_>_', 'greater', order('_>_', (c) => c > 0)],
  ['_>=_', 'greater_equals', order('_>=_', (c) => c >= 0)],
] as const;

/** The types that have an order, with the name cel-go's overload ids use and the cost of comparing two of them. */
const ordered: readonly (readonly [type: string, id: string, cost?: CallCost])[] = [
  ['bool', 'bool'],
  ['int', 'int64'],
  ['uint', 'uint64'],
  ['double', 'double'],
  ['string', 'string', shorter],
  ['bytes', 'bytes', shorter],
  ['timestamp', 'timestamp'],
  ['duration', 'duration'],
];

const numeric = ['int', 'double', 'uint'] as const;
const idOf = { int: 'int64', uint: 'uint64', double: 'double' };

/**
 * In cel-go's order, which decides about the type of what has none yet: numbers of two types stand behind those of the
 * first. Comparison of numbers of different types is declared since Kubernetes 1.28; evaluation always supports it, as `dyn`
 * values need it. Source: cel-go `common/stdlib/standard.go`.
 */
function comparisons(): Overload[] {
  return relations.flatMap(([name, id, implementation]) =>
    ordered.flatMap(([type, typeId, cost]) => [
      overload(`${id}_${typeId}`, `${name}(${type}, ${type}) -> bool`, implementation, cost),
      ...others(type).map((other) =>
        overload(`${id}_${typeId}_${idOf[other]}`, `${name}(${type}, ${other}) -> bool`, implementation),
      ),
    ]),
  );
}

/** The other numeric types, where it is one, in the order in which cel-go declares them behind it. */
function others(type: string): readonly ('int' | 'double' | 'uint')[] {
  if (!(numeric as readonly string[]).includes(type)) return [];
  return type === 'uint' ? ['double', 'int'] : numeric.filter((other) => other !== type);
}

/** The lists and maps a value is looked up in. */
export function contains(value: Value, collection: Value): boolean | CelError {
  if (Array.isArray(collection)) {
    for (let i = 0; i < collection.length; i++) if (equal(collection[i]!, value)) return true;
    return false;
  }
  if (isMap(collection)) return mapGet(collection, value) !== undefined;
  return new CelError('no such overload');
}

/** The logical negation; anything but a bool has none. */
export function not(value: Value): boolean | CelError {
  return typeof value === 'boolean' ? !value : new CelError('no such overload');
}

/**
 * `collection[key]`: an element of a list by int (or a uint or double with that value), an entry of a map.
 * Source: cel-go `interpreter/attributes.go`, `refQualify`.
 */
export function index(collection: Value, key: Value): Value | CelError {
  if (collection instanceof Optional) return indexOptional(collection, key);
  if (Array.isArray(collection)) return elementAt(collection, key);
  const found = isMap(collection) ? mapGet(collection, key) : undefined;
  return found === undefined ? new CelError(`no such key: ${keyText(key)}`) : found;
}

/** `collection[?key]`: the element or `optional.none()`. */
export function optionalIndex(collection: Value, key: Value): Value | CelError {
  if (collection instanceof Optional) return indexOptional(collection, key);
  if (Array.isArray(collection)) {
    const position = positionOf(key);
    if (position === undefined) return badIndex(key);
    const element = collection[position];
    return element === undefined ? Optional.none : new Optional(element);
  }
  const found = isMap(collection) ? mapGet(collection, key) : undefined;
  return found === undefined ? Optional.none : new Optional(found);
}

function indexOptional(optional: Optional, key: Value): Value | CelError {
  return optional.value === undefined ? optional : optionalIndex(optional.value, key);
}

function elementAt(list: readonly Value[], key: Value): Value | CelError {
  const position = positionOf(key);
  if (position === undefined) return badIndex(key);
  const element = list[position];
  return element === undefined ? new CelError(`index out of bounds: ${keyText(key)}`) : element;
}

function badIndex(key: Value): CelError {
  const number = doubleOf(key);
  if (number !== undefined || key instanceof Uint) {
    return new CelError(`unsupported index value ${keyText(key)} in list`);
  }
  return new CelError(`unsupported index type '${typeName(key)}' in list`);
}

/** A list index from an int, or from a uint or double that holds an integer. */
function positionOf(key: Value): number | undefined {
  if (typeof key === 'number') return Number.isInteger(key) ? key : undefined;
  if (typeof key === 'bigint') return Number(key);
  if (key instanceof Uint) return key.value <= maxInt ? Number(key.value) : undefined;
  if (key instanceof Double) return Math.abs(key.value) < 2 ** 63 ? key.value : undefined;
  return undefined;
}

/** How an error text names a missing key. */
export function keyText(key: Value): string {
  const number = doubleOf(key);
  if (number !== undefined) return formatFloat(number);
  return key instanceof Uint ? String(key.value) : String(key);
}

const special =
  (name: string): Implementation =>
  () =>
    new CelError(`no such overload: ${name}`);

/** The operators, with cel-go's overload ids. `&&`, `||` and `?:` are evaluated by the back ends, not by a call. */
export const operators: Library = {
  name: 'operators',
  overloads: [
    overload('conditional', '_?_:_(bool, A, A) -> A', special('_?_:_')),
    overload('logical_and', '_&&_(bool, bool) -> bool', special('_&&_')),
    overload('logical_or', '_||_(bool, bool) -> bool', special('_||_')),
    overload('logical_not', '!_(bool) -> bool', not),
    overload('equals', '_==_(A, A) -> bool', equals, shorter),
    overload('not_equals', '_!=_(A, A) -> bool', (a: Value, b: Value) => !equal(a, b), shorter),
    overload('add_bytes', '_+_(bytes, bytes) -> bytes', add, both),
    overload('add_double', '_+_(double, double) -> double', add),
    overload('add_duration_duration', '_+_(duration, duration) -> duration', add),
    overload('add_duration_timestamp', '_+_(duration, timestamp) -> timestamp', add),
    overload('add_timestamp_duration', '_+_(timestamp, duration) -> timestamp', add),
    overload('add_int64', '_+_(int, int) -> int', add),
    overload('add_list', '_+_(list(A), list(A)) -> list(A)', add),
    overload('add_string', '_+_(string, string) -> string', add, both),
    overload('add_uint64', '_+_(uint, uint) -> uint', add),
    overload('divide_double', '_/_(double, double) -> double', divide),
    overload('divide_int64', '_/_(int, int) -> int', divide),
    overload('divide_uint64', '_/_(uint, uint) -> uint', divide),
    overload('modulo_int64', '_%_(int, int) -> int', modulo),
    overload('modulo_uint64', '_%_(uint, uint) -> uint', modulo),
    overload('multiply_double', '_*_(double, double) -> double', multiply),
    overload('multiply_int64', '_*_(int, int) -> int', multiply),
    overload('multiply_uint64', '_*_(uint, uint) -> uint', multiply),
    overload('negate_double', '-_(double) -> double', negate),
    overload('negate_int64', '-_(int) -> int', negate),
    overload('subtract_double', '_-_(double, double) -> double', subtract),
    overload('subtract_duration_duration', '_-_(duration, duration) -> duration', subtract),
    overload('subtract_int64', '_-_(int, int) -> int', subtract),
    overload('subtract_timestamp_duration', '_-_(timestamp, duration) -> timestamp', subtract),
    overload('subtract_timestamp_timestamp', '_-_(timestamp, timestamp) -> duration', subtract),
    overload('subtract_uint64', '_-_(uint, uint) -> uint', subtract),
    ...comparisons(),
    overload('index_list', '_[_](list(A), int) -> A', index),
    overload('index_map', '_[_](map(A, B), A) -> B', index),
    overload('in_list', '@in(A, list(A)) -> bool', contains, ([, list]) => costSize(list!)),
    overload('in_map', '@in(A, map(A, B)) -> bool', contains),
  ],
};
