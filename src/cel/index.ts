import { analyze, type Refusal } from './check/analyze.ts';
import type { Environment } from './environment.ts';
import { buildPlan } from './plan/build.ts';
import { type BackEnd, Program } from './program.ts';
import type { Type } from './type.ts';

export type { Refusal } from './check/analyze.ts';
export { Environment } from './environment.ts';
export type { ExplainedNode, Explanation, Origin, Path, Segment } from './explain/explain.ts';
export type { Issue } from './issue.ts';
export { chargeVariable, costLimit, lastCost, lastCostOfVariables } from './limit.ts';
export { type Activation, type BackEnd, Program } from './program.ts';
export { formatType, type Type } from './type.ts';
export * from './value.ts';
export { type DescribeError, Variables } from './variables.ts';

/** What an expression is compiled for. */
export interface CompileOptions {
  /** The types the result may have; without it any will do. `dyn` fits none of them but `dyn`. */
  readonly expect?: readonly Type[];
  /** What is to evaluate the program; default `automatic`. */
  readonly backEnd?: BackEnd;
}

/**
 * Compiles an expression as kube-apiserver does: parses, checks, validates its literals, compares the type of its
 * result, and plans it. The back end is made when it is first needed.
 *
 * What is wrong comes back as a refusal with the API server's text; nothing is thrown.
 */
export function compile(
  text: string,
  environment: Environment,
  options: CompileOptions = {},
): { program: Program } | Refusal {
  const analyzed = analyze(text, environment, options.expect);
  if ('issues' in analyzed) return analyzed;
  const planned = buildPlan(analyzed.expr, environment);
  if ('plan' in planned) return { program: new Program(text, analyzed.type, planned.plan, options.backEnd) };
  const { issues } = planned;
  return { step: 'planning', issues, message: issues[0]!.message, hints: [] };
}
