import { spend } from '../limit.ts';
import { type AnyFailure, CelError, Failure, type Result, Unknown } from '../value.ts';

/** The variables of one evaluation by slot: those of the activation first, those of macros as they are entered. */
export type Frame = (Result | undefined)[];

/** An expression ready to run. */
export type Evaluate = (frame: Frame) => Result;

/** A value, or undefined for an optional that holds none; spares the `Optional` around every step of a chain. */
export type EvaluatePresent = (frame: Frame) => Result | undefined;

/**
 * A node as a closure with what it costs.
 *
 * The cost that is the same nearly always is kept out of the closure, so that a whole chain of nodes takes one addition:
 * whoever calls `run` spends `fixed` too, whatever `run` yields. `run` itself spends what comes on top, and takes back,
 * with units below zero, what the API server would not have come to charge.
 */
export interface Compiled<Run = Evaluate> {
  readonly run: Run;
  readonly fixed: number;
}

/** A closure that spends all it costs by itself. */
export function charged({ run, fixed }: Compiled): Evaluate {
  if (fixed === 0) return run;
  return (frame) => {
    const result = run(frame);
    spend(fixed);
    return result;
  };
}

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
