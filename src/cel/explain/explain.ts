import type { Plan } from '../plan/node.ts';
import type { Activation } from '../program.ts';
import type { Result } from '../value.ts';
import { Explainer } from './explainer.ts';
import { longestPaths, type Path } from './path.ts';
import { reasons, type Traced } from './traced.ts';

export type { Path, Segment } from './path.ts';

/** One node of the expression with what it evaluated to; a macro's body comes once for every element. */
export interface ExplainedNode {
  /** Offsets into the expression, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  readonly result: Result;
  /** The places in the inputs that the result comes from. */
  readonly paths: readonly Path[];
  readonly children: readonly ExplainedNode[];
}

/** Why an expression has the result it has. */
export interface Explanation extends Origin {
  readonly tree: ExplainedNode;
}

/** A result with where it comes from. */
export interface Origin {
  readonly result: Result;
  /**
   * The places in the inputs that decided: every failing element of `all`, every hit of `exists`, the longest field that
   * was asked for where one is missing. Proper prefixes of another path are left out.
   */
  readonly paths: readonly Path[];
  /** Exactly what cel-go's runtime tracker charges for this evaluation, without that of `variables`. */
  readonly cost: number;
  /** The result's origin in full, for the expressions that use it as a variable. */
  readonly traced: Traced;
}

/**
 * Evaluates a plan slowly, remembering everything: the value of every node, where values come from, and what cel-go
 * would charge. The result is that of the fast back ends, up to the limit on the exact cost, which ends the evaluation.
 * Never throws.
 */
export function explain(plan: Plan, activation: Activation): Explanation {
  const explainer = new Explainer(plan, activation, 'tree');
  const origin = originOf(explainer);
  return { ...origin, tree: explainer.tree! };
}

/** The same without the values of the nodes on the way. */
export function traceOrigin(plan: Plan, activation: Activation): Origin {
  return originOf(new Explainer(plan, activation, 'origin'));
}

/** Exactly what cel-go charges, also where that ended the evaluation; see `Origin`. */
export function traceCost(plan: Plan, activation: Activation): number {
  const explainer = new Explainer(plan, activation, 'cost');
  explainer.run();
  return explainer.cost;
}

function originOf(explainer: Explainer): Origin {
  const traced = explainer.run();
  return { result: traced.value, paths: longestPaths(reasons(traced)), cost: explainer.cost, traced };
}
