import { spend } from '../limit.ts';
import { goType } from '../plan/range.ts';
import type { PlanNode } from '../plan/node.ts';
import { hasField, selectField, valueFields } from '../select.ts';
import { settled } from '../standard/optional.ts';
import { CelError, Double, Failure, Optional, type Result, Uint, type Value } from '../value.ts';

const objectPrototype = Object.prototype;
const getPrototypeOf = Object.getPrototypeOf;

/** One selection of a chain. */
export interface Step {
  readonly field: string;
  /** Where its errors are reported. */
  readonly at: number;
}

/**
 * Names that a property load could find on something other than a plain object: what built-in prototypes have, and the
 * fields of the classes that carry values. Selections of these names look closely at their operand.
 */
export const ambiguousNames: ReadonlySet<string> = new Set(
  [
    Object.prototype,
    Array.prototype,
    String.prototype,
    Number.prototype,
    BigInt.prototype,
    Boolean.prototype,
    Map.prototype,
    Uint8Array.prototype,
    getPrototypeOf(Uint8Array.prototype) as object,
  ]
    .flatMap((prototype) => Object.getOwnPropertyNames(prototype))
    .concat(valueFields),
);

/** Whether a value is an object literal, in which what a property load does not find is not there. */
export function isPlain(value: unknown): boolean {
  return typeof value === 'object' && value !== null && getPrototypeOf(value) === objectPrototype;
}

/** Stands for an optional that a chain does not look into. */
export const fieldless = true;

/** A policy's variable may be an optional, which a chain from `variables` does not look into; see `keepsOptionalsClosed`. */
export function closed(value: Result): Result {
  return value instanceof Optional ? fieldless : value;
}

/** See `settled`. */
export function settledResult(value: Result): Result {
  return value instanceof Optional ? settled(value) : value;
}

/**
 * A step that was counted as one that costs 1: on a failure there is none, and a step into an optional that finds nothing
 * costs nothing.
 */
export function countedStep(operand: Result, { field, at }: Step): Result {
  if (operand instanceof Failure) {
    spend(-1);
    return operand;
  }
  const found = selectField(operand, field, at);
  if (operand instanceof Optional && isNothing(found)) spend(-1);
  return found;
}

/** `has`, counted in the same way. */
export function countedPresence(operand: Result, { field, at }: Step): Result {
  if (operand instanceof Failure) {
    spend(-1);
    return operand;
  }
  const found = hasField(operand, field, at);
  if (operand instanceof Optional && found !== true) spend(-1);
  return found;
}

/** Whether a step into an optional found nothing to charge. */
export function isNothing(found: Result | undefined): boolean {
  const held = found instanceof Optional ? found.value : found;
  return held === undefined || held instanceof CelError;
}

/**
 * The error of a key that can be none, else the key. cel-go names the Go type, which is that of the decoded object where
 * the key is a plain variable or selection. Source: cel-go `interpreter/attributes.go`, `newQualifier`.
 */
export function refuseKey(value: Result, { kind, at }: PlanNode): Result {
  if (
    typeof value !== 'object' ||
    value instanceof Failure ||
    value instanceof Double ||
    value instanceof Uint
  )
    return value;
  const native = kind === 'variable' || kind === 'select' || kind === 'index' ? nativeType(value) : undefined;
  return new CelError(`invalid qualifier type: ${native ?? goType(value)}`, at);
}

function nativeType(value: Value): string | undefined {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return '[]interface {}';
  return getPrototypeOf(value) === objectPrototype ? 'map[string]interface {}' : undefined;
}
