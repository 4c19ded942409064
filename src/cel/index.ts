import { check } from './check/check.ts';
import type { Environment } from './environment.ts';
import type { Issue } from './issue.ts';
import { buildPlan } from './plan/build.ts';
import { Program } from './program.ts';
import { parse } from './syntax/parse.ts';
import { type Type, typeText } from './type.ts';

export { Environment } from './environment.ts';
export type { ExplainedNode, Explanation, Path, Segment } from './explain/explain.ts';
export type { Issue } from './issue.ts';
export { type Activation, Program } from './program.ts';
export { type Type, formatType } from './type.ts';
export * from './value.ts';
export { Variables } from './variables.ts';

export interface CompileOptions {
  /** The types the result may have; without it any will do. `dyn` fits none of them. */
  readonly expect?: readonly Type[];
}

/**
 * Compiles an expression: parses, checks, and plans it.
 *
 * Issues are in order of position and carry cel-go's texts. An expression whose type is not expected is refused as the
 * API server does: `must evaluate to bool`.
 */
export function compile(
  text: string,
  environment: Environment,
  options: CompileOptions = {},
): { program: Program } | { issues: readonly Issue[] } {
  const parsed = parse(text, environment.parseOptions);
  if ('issues' in parsed) return parsed;
  const { type, issues } = check(parsed.expr, environment);
  if (issues.length > 0) return { issues };
  const unexpected = expectation(type, options.expect);
  if (unexpected !== undefined) return { issues: [{ message: unexpected, offset: -1 }] };
  const planned = buildPlan(parsed.expr, environment);
  return 'issues' in planned ? planned : { program: new Program(text, type, planned.plan) };
}

function expectation(type: Type, expected: readonly Type[] | undefined): string | undefined {
  if (expected === undefined) return undefined;
  const actual = typeText(type);
  const wanted = expected.map(typeText);
  if (wanted.includes(actual)) return undefined;
  const texts = wanted.length === 1 ? wanted[0] : `one of [${wanted.join(' ')}]`;
  return `must evaluate to ${texts} but got ${actual}`;
}
