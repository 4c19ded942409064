import { CelError } from './value.ts';

/** What one evaluation may cost before the API server stops it. Source: apiserver `pkg/apis/cel/config.go`. */
export const costLimit = 1_000_000;

/** Elements of lists, and characters / 10, that the functions of one evaluation may yield; protects our memory. */
const sizeLimit = 2_000_000;

/**
 * Thrown to end an evaluation as a whole: no operator absorbs it. `Program` catches it, nobody else sees it.
 * Source: cel-go `interpreter/runtimecost.go`, which panics.
 */
export class CostLimitExceeded extends Error {
  override readonly name = 'CostLimitExceeded';
}

/** Made once, as the trace of a runaway expression helps nobody. */
const exceeded = new CostLimitExceeded('operation cancelled: actual cost limit exceeded');

/**
 * What the evaluation at hand has certainly cost, and what its functions have yielded; evaluations do not interleave.
 * Outside of one nothing counts.
 */
let spent = -Infinity;
let grown = -Infinity;

/**
 * Counts units that the API server charges for certain. The count is cheap and stays below the exact cost, which only
 * `explain` knows; an evaluation that exceeds the limit here exceeds it there.
 */
export function spend(units: number): void {
  spent += units;
  if (spent > costLimit) throw exceeded;
}

/** Whether the evaluation at hand has done so much that its exact cost may be beyond the limit. */
export function mayExceed(): boolean {
  return spent > costLimit / 20;
}

/** Counts the elements of a list that a function is about to yield, or has yielded. */
export function grow(elements: number): void {
  grown += elements;
  if (grown > sizeLimit) throw exceeded;
}

/** Refuses a text longer than any that the API server pays for: it charges a tenth for each byte that is written. */
export function refuseLongText(length: number): void {
  if (length > 10 * costLimit) throw exceeded;
}

/** Ends an evaluation whose exact cost is beyond the limit. */
export function stop(): never {
  throw exceeded;
}

/** The counts of evaluations that wait for a variable; numbers on a stack cost an evaluation nothing to speak of. */
const waiting: number[] = [];

/**
 * Starts the count of an evaluation, which `endCount` ends: a variable read on the way has a count of its own, as on the
 * API server (apiserver `pkg/admission/plugin/cel/composition.go`), and its error is then an ordinary one for the caller.
 */
export function startCount(): void {
  waiting.push(spent, grown);
  spent = 0;
  grown = 0;
}

/** Ends the count of an evaluation, however it ended. */
export function endCount(): void {
  grown = waiting.pop()!;
  spent = waiting.pop()!;
}

/** The error of an evaluation that was ended; anything else that was thrown is thrown again. */
export function limitError(problem: unknown): CelError {
  if (!isExceeded(problem)) throw problem;
  return new CelError(exceeded.message);
}

/** Runs an evaluation with a count of its own. */
export function limited<T>(run: () => T, whenExceeded: (error: CelError) => T): T {
  startCount();
  try {
    return run();
  } catch (problem) {
    return whenExceeded(limitError(problem));
  } finally {
    endCount();
  }
}

/** A text beyond what JavaScript can hold is far beyond the limit too. */
function isExceeded(problem: unknown): boolean {
  return (
    problem === exceeded || (problem instanceof RangeError && problem.message === 'Invalid string length')
  );
}
