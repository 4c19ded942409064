import type { Type } from './type.ts';
import type { CelError, Value } from './value.ts';

/**
 * How a function works on values. Arguments (the target first for a method) have already been evaluated and match the
 * overload's signature at run time; they are never errors or unknowns. Problems are returned, not thrown.
 */
export type Implementation = (...args: any[]) => Value | CelError;

/** The exact cost cel-go's runtime tracker charges for one call, given its arguments and result; default 1. */
export type CallCost = (args: readonly Value[], result: Value | CelError) => number;

/** One overload of a function, declared by a readable signature: see `overload`. */
export interface Overload {
  readonly id: string;
  readonly name: string;
  readonly member: boolean;
  readonly args: readonly Type[];
  readonly result: Type;
  readonly implementation: Implementation;
  readonly cost: CallCost | undefined;
}

/** A set of functions, types and constants that an environment switches on together. */
export interface Library {
  readonly name: string;
  readonly overloads: readonly Overload[];
  /** Names that denote types (`kubernetes.Quantity`), usable as values of type `type`. */
  readonly types?: readonly Type[];
}
