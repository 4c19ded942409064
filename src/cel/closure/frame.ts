import { type AnyFailure, CelError, Failure, type Result, Unknown } from '../value.ts';

/** The variables of one evaluation by slot: those of the activation first, those of macros as they are entered. */
export type Frame = (Result | undefined)[];

/** An expression ready to run. */
export type Evaluate = (frame: Frame) => Result;

/** A value, or undefined for an optional that holds none; spares the `Optional` around every step of a chain. */
export type EvaluatePresent = (frame: Frame) => Result | undefined;

/** Gives an error from a function, which knows no place, the place of the call. */
export function located(result: Result, at: number): Result {
  return result instanceof CelError && result.offset < 0 ? new CelError(result.message, at) : result;
}

/** The failure of a condition that is no bool. */
export function notBool(value: Result, at: number): AnyFailure {
  return value instanceof Failure ? value : new CelError('no such overload', at);
}

/** What two failures amount to where either could have been absorbed: unknowns add up and outweigh errors. */
export function mergeFailures(first: AnyFailure | undefined, second: AnyFailure): AnyFailure {
  if (first === undefined) return second;
  if (!(first instanceof Unknown)) return second instanceof Unknown ? second : first;
  if (!(second instanceof Unknown)) return first;
  return new Unknown([...new Set([...first.attributes, ...second.attributes])]);
}
