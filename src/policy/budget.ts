import { lastCost, lastCostOfVariables } from '../cel/limit.ts';

/**
 * What the evaluations of one policy with one binding and one parameter may cost together: its validations and then its
 * message expressions; its audit annotations have as much again. Source: apiserver `pkg/apis/cel/config.go`.
 */
export const policyBudget = 10_000_000;

/** What the match conditions of a policy may cost together. Source: apiserver `pkg/apis/cel/config.go`. */
export const conditionsBudget = 2_500_000;

/** Source: apiserver `pkg/admission/plugin/cel/activation.go`, `Evaluate`. */
export const outOfBudget =
  'validation failed due to running out of cost budget, no further validation rules will be run';

/** Cost that is left to a group of expressions. */
export class Budget {
  private left: number;

  constructor(units: number) {
    this.left = units;
  }

  /** What is left. */
  get remaining(): number {
    return this.left;
  }

  /** Pays for the evaluation that ended last: first for the variables it was the first to read. False where that is too much. */
  pay(): boolean {
    return this.take(lastCostOfVariables()) && this.take(lastCost());
  }

  /** Pays for something whose cost is known. False where it is too much; what is left may be spent to the last unit. */
  take(units: number): boolean {
    if (units > this.left) return false;
    this.left -= units;
    return true;
  }
}

/** Functions and macros of which one call costs no more than reading its texts, a tenth for each character. */
const readingFunctions = new Set(
  (
    'all exists existsOne exists_one filter map has size startsWith endsWith string int double bool dyn type join ' +
    'lowerAscii upperAscii trim orValue hasValue value or of none ofNonZeroValue optMap optFlatMap'
  ).split(' '),
);

/** One evaluation ends at 1,000,000, and its last call may read 10 million characters. */
const readingBound = 2_000_000;

/**
 * What one evaluation of an expression can cost at most, told from its text alone: good enough to know of nearly all
 * policies that their message expressions can never run out of budget. Infinity where that is not known.
 */
export function costBound(expression: string): number {
  for (const [, name] of expression.matchAll(/(\w+)\s*\(/g)) {
    if (!readingFunctions.has(name!)) return Infinity;
  }
  return readingBound;
}
