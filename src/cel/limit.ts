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
 * What the evaluation at hand has cost so far, what its functions have yielded, and what the variables that it was the
 * first to read have cost; evaluations do not interleave.
 */
let spent = 0;
let grown = 0;
let spentOnVariables = 0;

/** The first and the last of these for the evaluation that ended last. */
let lastSpent = 0;
let lastSpentOnVariables = 0;

/**
 * Counts what the API server charges for a part of the evaluation at hand, which ends where that exceeds the limit. A
 * back end that counted a part before it knew that the part would not be reached takes it back with units below zero.
 */
export function spend(units: number): void {
  spent += units;
  if (spent > costLimit && counting()) throw exceeded;
}

/** What the evaluation at hand has cost so far, as counted; for what is charged once more. */
export function spentSoFar(): number {
  return spent;
}

/** Ends the evaluation before work that is known to be beyond the limit: `units` is what the work would be charged. */
export function refuse(units: number): void {
  if (spent + units <= costLimit || !counting()) return;
  spent += units;
  throw exceeded;
}

/**
 * What the evaluation that ended last has cost, in units of the API server: `program.evaluate(activation); lastCost()`.
 * Beyond `costLimit` where that ended it. Variables that were read on the way are not in it: see `lastCostOfVariables`.
 *
 * Source: cel-go `interpreter/runtimecost.go`.
 */
export function lastCost(): number {
  return lastSpent;
}

/**
 * What those variables cost together that the evaluation that ended last was the first to read, or that one of them was.
 * The API server takes it from a policy's budget before the cost of the expression itself, and forgets all variables
 * between a policy's validations, its message expressions and its audit annotations, so that each of the three pays anew.
 *
 * Source: apiserver `pkg/admission/plugin/cel/composition.go`, `variableAccessor`; `activation.go`, `Evaluate`.
 */
export function lastCostOfVariables(): number {
  return lastSpentOnVariables;
}

/**
 * Counts a variable that the evaluation at hand reads for the first time but whose value was known from elsewhere: the
 * API server evaluates it once for each policy. `units` are its own cost and that of the variables it was the first to
 * read.
 */
export function chargeVariable(units: number): void {
  spentOnVariables += units;
}

/** Counts the elements of a list that a function is about to yield, or has yielded. */
export function grow(elements: number): void {
  grown += elements;
  if (grown > sizeLimit && counting()) throw exceeded;
}

/** Refuses a text longer than any that the API server pays for: it charges a tenth for each byte that is written. */
export function refuseLongText(length: number): void {
  if (length > 10 * costLimit) throw exceeded;
}

/** How many evaluations are at work, and the counts of those that wait for a variable. */
let depth = 0;
const waiting: number[] = [];

/** Outside of an evaluation nothing counts: there the counts may grow, but never end anything. */
function counting(): boolean {
  if (depth > 0) return true;
  spent = 0;
  grown = 0;
  return false;
}

/**
 * Starts the count of an evaluation, which `endCount` ends: a variable read on the way has a count of its own, as on the
 * API server (apiserver `pkg/admission/plugin/cel/composition.go`), and its error is then an ordinary one for the caller.
 */
export function startCount(): void {
  if (depth++ > 0) waiting.push(spent, grown, spentOnVariables);
  spent = 0;
  grown = 0;
  spentOnVariables = 0;
}

/** Ends the count of an evaluation, however it ended; the one that waited for it pays for it as for a variable. */
export function endCount(): void {
  lastSpent = spent;
  lastSpentOnVariables = spentOnVariables;
  if (--depth === 0) return;
  spentOnVariables = waiting.pop()! + lastSpent + lastSpentOnVariables;
  grown = waiting.pop()!;
  spent = waiting.pop()!;
}

/** Replaces the count of the evaluation at hand by one that was made in another way. */
export function recount(measure: () => number): void {
  const before = spentOnVariables;
  spent = measure();
  spentOnVariables = before;
}

/** The error of an evaluation that was ended; anything else that was thrown is thrown again. */
export function limitError(problem: unknown): CelError {
  // Only values that are nested thousands of levels deep use up the stack: Go's is larger, so this is no text of cel-go.
  if (problem instanceof RangeError && /call stack/.test(problem.message)) {
    return new CelError('a value is nested too deeply to be evaluated');
  }
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

/** Runs what is no part of the evaluation at hand, with a count of its own that nobody pays for; says what it cost. */
export function aside(run: () => void): number {
  const before = spentOnVariables;
  limited(run, () => {});
  spentOnVariables = before;
  return lastSpent;
}

/** Runs what no evaluation pays for under the limits of one; undefined where it exceeds them. */
export function unpaid<T>(run: () => T): T | undefined {
  const before = [spent, grown, spentOnVariables] as const;
  depth++;
  spent = 0;
  grown = 0;
  try {
    return run();
  } catch (problem) {
    limitError(problem);
    return undefined;
  } finally {
    depth--;
    [spent, grown, spentOnVariables] = before;
  }
}

/** A text beyond what JavaScript can hold is far beyond the limit too. */
function isExceeded(problem: unknown): boolean {
  return (
    problem === exceeded || (problem instanceof RangeError && problem.message === 'Invalid string length')
  );
}
