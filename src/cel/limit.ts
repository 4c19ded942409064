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
 * The counts of the evaluation at hand and of the one that ended last; evaluations do not interleave. Fields of one object,
 * as engines test each use of a module's own variables for being initialised.
 */
const count = {
  /** How many evaluations are at work. */
  depth: 0,
  /** What the evaluation at hand has cost so far. */
  spent: 0,
  /** What its functions have yielded. */
  grown: 0,
  /** What the variables that it was the first to read have cost. */
  spentOnVariables: 0,
  /** The first and the last of these for the evaluation that ended last. */
  lastSpent: 0,
  lastSpentOnVariables: 0,
};

/**
 * Counts what the API server charges for a part of the evaluation at hand, which ends where that exceeds the limit. A
 * back end that counted a part before it knew that the part would not be reached takes it back with units below zero.
 */
export function spend(units: number): void {
  count.spent += units;
  if (count.spent > costLimit && counting()) throw exceeded;
}

/** What the evaluation at hand has cost so far, as counted; for what is charged once more. */
export function spentSoFar(): number {
  return count.spent;
}

/** Ends the evaluation before work that is known to be beyond the limit: `units` is what the work would be charged. */
export function refuse(units: number): void {
  if (count.spent + units <= costLimit || !counting()) return;
  count.spent += units;
  throw exceeded;
}

/**
 * What the evaluation that ended last has cost, in units of the API server: `program.evaluate(activation); lastCost()`.
 * Beyond `costLimit` where that ended it. Variables that were read on the way are not in it: see `lastCostOfVariables`.
 *
 * Source: cel-go `interpreter/runtimecost.go`.
 */
export function lastCost(): number {
  return count.lastSpent;
}

/**
 * What those variables cost together that the evaluation that ended last was the first to read, or that one of them was.
 * The API server takes it from a policy's budget before the cost of the expression itself, and forgets all variables
 * between a policy's validations, its message expressions and its audit annotations, so that each of the three pays anew.
 *
 * Source: apiserver `pkg/admission/plugin/cel/composition.go`, `variableAccessor`; `activation.go`, `Evaluate`.
 */
export function lastCostOfVariables(): number {
  return count.lastSpentOnVariables;
}

/**
 * Counts a variable that the evaluation at hand reads for the first time but whose value was known from elsewhere: the
 * API server evaluates it once for each policy. `units` are its own cost and that of the variables it was the first to
 * read.
 */
export function chargeVariable(units: number): void {
  count.spentOnVariables += units;
}

/** Counts the elements of a list that a function is about to yield, or has yielded. */
export function grow(elements: number): void {
  count.grown += elements;
  if (count.grown > sizeLimit && counting()) throw exceeded;
}

/** Refuses a text longer than any that the API server pays for: it charges a tenth for each byte that is written. */
export function refuseLongText(length: number): void {
  if (length > 10 * costLimit) throw exceeded;
}

/** Outside of an evaluation nothing counts: there the counts may grow, but never end anything. */
function counting(): boolean {
  if (count.depth > 0) return true;
  count.spent = 0;
  count.grown = 0;
  return false;
}

/**
 * Runs an evaluation with a count of its own, as on the API server (apiserver
 * `pkg/admission/plugin/cel/composition.go`): one that waits for it, since it reads a variable, pays for it as for a
 * variable. `whenEnded` makes something of the error where a limit ends it; `context` is whatever that needs beside the
 * input, so that nobody makes a function for each evaluation.
 */
export function metered<Input, Context, Output>(
  run: (input: Input) => Output,
  input: Input,
  whenEnded: (error: CelError, input: Input, context: Context) => Output,
  context: Context,
): Output {
  const { spent, grown, spentOnVariables } = count;
  count.depth++;
  count.spent = 0;
  count.grown = 0;
  count.spentOnVariables = 0;
  try {
    return run(input);
  } catch (problem) {
    return whenEnded(limitError(problem), input, context);
  } finally {
    endCount(spent, grown, spentOnVariables);
  }
}

/** Ends the count of an evaluation, however it ended; the counts are those of the one that waited for it. */
function endCount(spent: number, grown: number, spentOnVariables: number): void {
  count.lastSpent = count.spent;
  count.lastSpentOnVariables = count.spentOnVariables;
  if (--count.depth === 0) return;
  count.spentOnVariables = spentOnVariables + count.lastSpent + count.lastSpentOnVariables;
  count.grown = grown;
  count.spent = spent;
}

/** Forgets what the evaluation at hand has counted, as it is done once more in another way. */
export function countAnew(): void {
  count.spent = 0;
  count.grown = 0;
}

/** Replaces the count of the evaluation at hand by one that was made in another way. */
export function recount(measure: () => number): void {
  const before = count.spentOnVariables;
  count.spent = measure();
  count.spentOnVariables = before;
}

/** What is said where the stack of the machine ends. */
export const tooDeep = 'values or variables are nested too deeply to be evaluated';

/** The error of an evaluation that was ended; anything else that was thrown is thrown again. */
export function limitError(problem: unknown): CelError {
  // Values of thousands of levels use up the stack, and chains of many hundred variables: Go's is larger, so this is no text of cel-go.
  // Nothing here may need much of the stack itself: a regular expression does.
  if (problem instanceof RangeError && problem.message.includes('call stack')) {
    return new CelError(tooDeep);
  }
  if (!isExceeded(problem)) throw problem;
  return new CelError(exceeded.message);
}

/** Runs whatever may be ended with a count of its own. */
export function limited<T>(run: () => T, whenExceeded: (error: CelError) => T): T {
  return metered(call<T>, run, (error, _, recover) => recover(error), whenExceeded);
}

function call<T>(run: () => T): T {
  return run();
}

/** Runs what is no part of the evaluation at hand, with a count of its own that nobody pays for; says what it cost. */
export function aside(run: () => void): number {
  const before = count.spentOnVariables;
  limited(run, () => {});
  count.spentOnVariables = before;
  return count.lastSpent;
}

/** Runs what no evaluation pays for under the limits of one; undefined where it exceeds them. */
export function unpaid<T>(run: () => T): T | undefined {
  const { spent, grown, spentOnVariables } = count;
  count.depth++;
  count.spent = 0;
  count.grown = 0;
  try {
    return run();
  } catch (problem) {
    limitError(problem);
    return undefined;
  } finally {
    count.depth--;
    count.spent = spent;
    count.grown = grown;
    count.spentOnVariables = spentOnVariables;
  }
}

/** A text beyond what JavaScript can hold is far beyond the limit too. */
function isExceeded(problem: unknown): boolean {
  return (
    problem === exceeded || (problem instanceof RangeError && problem.message === 'Invalid string length')
  );
}
