import { concatenate } from '../standard/concatenation.ts';
import { contains as containsValue } from '../standard/operators.ts';
import { fieldless, refuseKey, settledResult } from '../closure/attribute.ts';
import { located, mergeFailures, notBool } from '../closure/frame.ts';
import { equal, equals } from '../equal.ts';
import { sortByCost, sortByKeys } from '../extension/lists.ts';
import type { CallCost, Implementation } from '../library.ts';
import { costLimit, grow, spend } from '../limit.ts';
import { mapFrom } from '../map.ts';
import { noSuchOverload } from '../plan/dispatch.ts';
import { MapBuilder } from '../plan/map-builder.ts';
import type { PlanNode } from '../plan/node.ts';
import { elementsOf, entriesOf } from '../plan/range.ts';
import { hasField, optionalField, selectField } from '../select.ts';
import { index, optionalIndex } from '../standard/operators.ts';
import { costSize, readingCost as reading, size, textSize as length } from '../standard/size.ts';
import { isPlainObject, named } from '../type-name.ts';
import {
  type AnyFailure,
  CelError,
  Double,
  Duration,
  Failure,
  Opaque,
  Optional,
  type Result,
  Struct,
  Timestamp,
  TypeValue,
  Uint,
  Unknown,
  type Value,
} from '../value.ts';
import { Variables } from '../variables.ts';

/** What generated code calls: everything that is not worth writing out at each place. All of it is exact. */

/** What the last of the functions below that count has cost, beside its result. */
export const last = { cost: 0 };

/** One step of a chain of selections. */
export interface Step {
  readonly field: string;
  readonly at: number;
  /** Whether an optional counts as a value without fields here: see `keepsOptionalsClosed`. */
  readonly closed: boolean;
}

/** A chain of selections; `missing` is the error of a variable that the activation lacks. */
export interface Chain {
  readonly missing: CelError | undefined;
  readonly steps: readonly Step[];
}

/** A chain in full, where the property loads came to nothing. */
export function follow(base: Result | undefined, { missing, steps }: Chain): Result {
  last.cost = 0;
  if (base === undefined) return missing!;
  let value = base;
  for (const step of steps) {
    if (value instanceof Failure) return value;
    value = selectStep(value, step);
  }
  return value;
}

function selectStep(operand: Value, { field, at, closed }: Step): Result {
  const value = closed && operand instanceof Optional ? fieldless : operand;
  const found = selectField(value, field, at);
  if (!(value instanceof Optional) || found instanceof Unknown || isHeld(found)) last.cost++;
  return found;
}

function isHeld(value: Result): boolean {
  return value instanceof Optional && value.value !== undefined;
}

/** `has` in full: the last step of the chain is the field that is asked for. */
export function followHas(base: Result | undefined, chain: Chain): Result {
  const test = chain.steps.at(-1)!;
  const operand = follow(base, { missing: chain.missing, steps: chain.steps.slice(0, -1) });
  if (operand instanceof Failure) return operand;
  const value = test.closed && operand instanceof Optional ? fieldless : operand;
  const has = hasField(value, test.field, test.at);
  if (!(value instanceof Optional) || has === true) last.cost++;
  return has;
}

/** A chain of steps that may each be absent, from the step on that a property load did not answer. */
export function followOptional(
  operand: Result | undefined,
  { steps }: Chain,
  from: number,
): Result | undefined {
  last.cost = 0;
  let value = operand;
  for (let i = from; i < steps.length && value !== undefined && !(value instanceof Failure); i++) {
    const { field, at, closed } = steps[i]!;
    const found: Result = optionalField(closed && value instanceof Optional ? fieldless : value, field, at);
    value = found instanceof Optional ? found.value : found;
    if (value !== undefined && !(value instanceof CelError && !(found instanceof Optional))) last.cost++;
  }
  return value;
}

/** `has` of a field of what a chain of optional steps has come to. */
export function hasOfOptional(operand: Result | undefined, field: string, at: number): Result {
  const has = operand !== undefined && hasField(operand, field, at);
  last.cost = has === true ? 1 : 0;
  return has;
}

/** A property of a plain object, whatever its name; undefined where there is none or the value is something else. */
export function own(object: unknown, field: string): Value | undefined {
  if (typeof object !== 'object' || object === null || !isPlainObject(object)) return undefined;
  return Object.hasOwn(object, field) ? (object as Record<string, Value>)[field] : undefined;
}

/** Whether a value is a plain object, which has no field but those that property loads find. */
export function plain(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/**
 * `collection[key]` where that is a plain property or element; else undefined. What a plain object inherits are functions
 * and, as `__proto__`, the prototype itself: no values.
 */
export function at(collection: unknown, key: unknown): Value | undefined {
  if (typeof key === 'number') return Array.isArray(collection) ? (collection[key] as Value) : undefined;
  if (typeof key !== 'string' || !plain(collection)) return undefined;
  const found = (collection as Record<string, unknown>)[key];
  return typeof found === 'function' || found === Object.prototype ? undefined : (found as Value);
}

/** Whether a key that `at` did not find is certainly not there. */
export function absent(collection: unknown, key: unknown): boolean {
  return typeof key === 'string' && plain(collection);
}

/** `collection[key]` in full. */
export function indexed(operand: Value, key: Result, closed: boolean, node: PlanNode, at: number): Result {
  const collection = closed && operand instanceof Optional ? fieldless : operand;
  const optional = collection instanceof Optional;
  last.cost = optional ? 0 : 1;
  const k = node.kind === 'constant' ? key : refuseKey(key, node);
  if (k instanceof Failure) return k;
  const found = index(collection, k);
  if (optional && isHeld(found)) last.cost = 1;
  return located(found, at);
}

/** What `collection[?key]` holds. */
export function indexedOptional(
  operand: Value,
  key: Result,
  closed: boolean,
  node: PlanNode,
  at: number,
): Result | undefined {
  last.cost = 0;
  const collection = closed && operand instanceof Optional ? fieldless : operand;
  const k = node.kind === 'constant' ? key : refuseKey(key, node);
  if (k instanceof Failure) return k;
  const found = optionalIndex(collection, k);
  if (!(found instanceof Optional)) return located(found, at);
  if (found.value !== undefined) last.cost = 1;
  return found.value;
}

/**
 * What cel-go charges for a call. A failed argument counts as of size 1; a cost function that cannot make sense of the
 * arguments, which the call has refused then, counts 1.
 */
export function callCost(cost: CallCost, args: readonly Result[], result: Result): number {
  const values = args.map((arg) => (arg instanceof Failure ? 0 : arg));
  try {
    const units = cost(values, result instanceof Unknown ? 0 : result);
    return Number.isFinite(units) ? units : 1;
  } catch {
    return 1;
  }
}

/** What a function yielded, located, and counted where it is a list. */
export function yielded(result: Result, at: number): Result {
  if (typeof result !== 'object') return result;
  if (Array.isArray(result)) grow(result.length);
  return located(result, at);
}

/** The failure among two arguments, else what the function yields. */
export function call2(invoke: Implementation, a: Result, b: Result, at: number): Result {
  if (a instanceof Failure) return a;
  return b instanceof Failure ? b : yielded(invoke(a, b), at);
}

/** `a == b` in full. */
export function equality(a: Result, b: Result, at: number): Result {
  last.cost = shorterCost(a, b);
  if (a instanceof Failure) return a;
  return b instanceof Failure ? b : located(equals(a, b), at);
}

/** `a != b` in full. */
export function inequality(a: Result, b: Result): Result {
  last.cost = shorterCost(a, b);
  if (a instanceof Failure) return a;
  return b instanceof Failure ? b : !equal(a, b);
}

function shorterCost(a: Result, b: Result): number {
  const x = a instanceof Failure ? 1 : costSize(a);
  return Math.ceil(Math.min(x, b instanceof Failure ? 1 : costSize(b)) * 0.1);
}

/** The cost of comparing two texts, the size of one of which is known and not 0. */
export function comparing(text: string, other: number): number {
  const units = text.length;
  if (units <= 10) return units > 0 ? 1 : 0;
  return Math.ceil(Math.min(length(text), other) * 0.1);
}

/** The cost of comparing two texts. */
export function comparingTexts(a: string, b: string): number {
  const [shorter, longer] = a.length < b.length ? [a, b] : [b, a];
  if (shorter.length <= 10) return shorter.length > 0 ? 1 : 0;
  return comparing(shorter, length(longer));
}

/** `a + b` of two lists. */
export function joined(a: readonly Value[], b: readonly Value[]): readonly Value[] {
  grow(a.length + b.length);
  return concatenate(a, b);
}

/** `size(x)` of what is no list. */
export function sizeOf(value: Result, at: number): Result {
  return value instanceof Failure ? value : located(size(value), at);
}

/** `element in collection`. */
export function contains(collection: Value, element: Value, at: number): Result {
  if (typeof element === 'string') {
    if (Array.isArray(collection)) return collection.includes(element);
    if (plain(collection)) return Object.hasOwn(collection as object, element);
  }
  return located(containsValue(element, collection), at);
}

/** An optional, or none where there is no value; a failure stays. */
export function wrap(value: Result | undefined): Result {
  if (value === undefined) return Optional.none;
  return value instanceof Failure ? value : new Optional(value);
}

/** What an optional holds; a value that is none holds itself. */
export function unwrap(value: Result): Result | undefined {
  return value instanceof Optional ? value.value : value;
}

/** The error of `optMap` on a value that is no optional. */
export function noOptional(value: Value, at: number): Result {
  return located(noSuchOverload('hasValue', [value]), at);
}

/** What a conditional, `optMap` or a macro's variable makes of an optional: see `settled`. */
export function settledList(list: readonly Value[]): Value {
  return list.map((element) => settledResult(element) as Value);
}

/** A struct of fields that are present. */
export function struct(typeName: string, fields: readonly (readonly [string, Value])[]): Struct {
  return new Struct(typeName, new Map(fields));
}

/** The error of an entry with `?` whose value is no optional. */
export function noOptionalEntry(key: Value, value: Value, at: number): CelError {
  return new CelError(
    `cannot initialize optional entry '${named(key)}' from non-optional value ${named(value)}`,
    at,
  );
}

/** The error of a list element with `?` that is no optional. */
export function noOptionalElement(value: Value, at: number): CelError {
  return new CelError(`cannot initialize optional list element from non-optional value ${named(value)}`, at);
}

/** The entries of a map literal without those of a key. */
export function without(
  pairs: readonly (readonly [Value, Value])[],
  key: Value,
): (readonly [Value, Value])[] {
  return pairs.filter(([other]) => other !== key);
}

/** The list by its keys; an error where they have no order. */
export function sorted(list: Value, keys: readonly Value[], at: number): Result {
  const result = sortByKeys(list, keys);
  return result instanceof CelError ? new CelError(result.message, at) : result;
}

/** What sorting by these keys is charged. */
export function sortingCost(keys: readonly Value[]): number {
  return sortByCost([[], keys], null);
}

/** Collects the entries of a new map. */
export function mapBuilder(at: number): MapBuilder {
  return new MapBuilder(at);
}

/** What a macro's variables run over when that is no list: the keys of a map, else a failure. */
export function elements(value: Result, at: number): readonly Value[] | AnyFailure {
  return plain(value) ? Object.keys(value as object) : elementsOf(value, at);
}

/** What two variables run over when that is no list. */
export function entries(value: Result, at: number): readonly (readonly [Value, Value])[] | AnyFailure {
  return entriesOf(value, at);
}

/** The first failure that an argument is. */
export function firstFailure(a: Result, b: Result): Result {
  return a instanceof Failure ? a : b;
}

/** What stands behind the first list of a sum that is no sum of lists. */
export const nothing: readonly Value[] = [];

/** The one optional without a value. */
export const { none } = Optional;

export {
  CelError,
  containsValue,
  costLimit,
  costSize,
  Double,
  Duration,
  Failure,
  grow,
  length,
  located,
  mapFrom,
  mergeFailures,
  notBool,
  Opaque,
  Optional,
  reading,
  settledResult,
  spend,
  Struct,
  Timestamp,
  TypeValue,
  Uint,
  Unknown,
  Variables,
};
