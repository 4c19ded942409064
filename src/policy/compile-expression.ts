import { analyze, type Refusal } from '../cel/check/analyze.ts';
import { check } from '../cel/check/check.ts';
import { type Environment, Program } from '../cel/index.ts';
import { buildPlan } from '../cel/plan/build.ts';
import { parse } from '../cel/syntax/parse.ts';
import type { Type } from '../cel/type.ts';
import type { Path } from '../model/object.ts';
import { formatPath } from '../model/path.ts';
import type { CompiledExpression } from './policy.ts';
import type { ProblemList } from './problem.ts';

/** An expression compiled without knowing which policy it stands in, so that equal ones are compiled once. */
export type Compilation = { readonly program: Program } | { readonly refusal: Refusal };

/** Compiles an expression whose result must have exactly one of the expected types; none stands for any. */
export function compileText(text: string, environment: Environment, expect: readonly Type[]): Compilation {
  const analyzed = analyze(text, environment, expect);
  if ('step' in analyzed) return { refusal: analyzed };
  const planned = buildPlan(analyzed.expr, environment);
  if ('plan' in planned) return { program: new Program(text, analyzed.type, planned.plan) };
  const message = `program instantiation failed: ${planned.issues[0]?.message ?? ''}`;
  return { refusal: { step: 'planning', issues: planned.issues, message, hints: [] } };
}

/** Compiles an expression that is known to be right, without asking whether it is; one that is not is analysed. */
export function compileTrusted(text: string, environment: Environment, expect: readonly Type[]): Compilation {
  const parsed = parse(text, environment.parseOptions);
  if ('issues' in parsed) return compileText(text, environment, expect);
  const { type, issues } = check(parsed.expr, environment);
  const planned = issues.length > 0 ? undefined : buildPlan(parsed.expr, environment);
  if (planned === undefined || 'issues' in planned) return compileText(text, environment, expect);
  return { program: new Program(text, type, planned.plan) };
}

/**
 * Puts a compiled expression at its place in a policy; what is wrong with it becomes problems there, one for each issue,
 * each at its own character.
 */
export function placeExpression(
  text: string,
  path: Path,
  compilation: Compilation,
  problems: ProblemList,
): CompiledExpression {
  if ('program' in compilation) return { text, path, program: compilation.program, error: '' };
  const { issues, message, hints } = compilation.refusal;
  const hint = hints.length === 0 ? '' : ` (${hints.join('; ')})`;
  for (const issue of issues) {
    const offset = issue.offset < 0 ? undefined : issue.offset;
    problems.error(path, `${formatPath(path)}: ${issue.message}${hint}`, offset);
  }
  return { text, path, program: undefined, error: message };
}
