import type { Environment } from '../environment.ts';
import type { Issue } from '../issue.ts';
import type { Expr } from '../syntax/ast.ts';
import { issueText } from '../syntax/issue-text.ts';
import { parse } from '../syntax/parse.ts';
import type { Type } from '../type.ts';
import { check, type CheckIssue } from './check.ts';
import { sameType } from './substitution.ts';
import { planningProblem, validate } from './validate.ts';

/** What is wrong with an expression, and at which step that shows. */
export interface Refusal {
  /** `compilation`: syntax, types, literals; `planning`: constants; `result`: the type is not one of the expected. */
  readonly step: 'compilation' | 'planning' | 'result';
  readonly issues: readonly Issue[];
  /** The API server's text: `compilation failed: ERROR: <input>:1:2: ...`, `must evaluate to bool but got dyn`. */
  readonly message: string;
  /** Explanations such as `isIP needs Kubernetes >= 1.30`, which the API server does not give. */
  readonly hints: readonly string[];
}

/**
 * Parses and checks an expression the way kube-apiserver compiles it.
 *
 * `expect` lists the types the result may have exactly; without it any type will do.
 * Source: kube-apiserver `pkg/admission/plugin/cel/compile.go`, CompileCELExpression.
 */
export function analyze(
  text: string,
  environment: Environment,
  expect: readonly Type[] = [],
): { expr: Expr; type: Type } | Refusal {
  const parsed = parse(text, environment.parseOptions);
  if ('issues' in parsed) return compilation(parsed.issues, text, environment, parsed.truncated);
  const { expr } = parsed;
  const { type, issues, truncated } = check(expr, environment);
  if (issues.length > 0) return compilation(issues, text, environment, truncated);
  const literal = validate(expr, environment);
  if (literal.length > 0) return compilation(literal, text, environment);
  if (expect.length > 0 && !expect.some((expected) => sameType(expected, type))) {
    const message = `must evaluate to ${oneOf(expect)} but got ${typeText(type)}`;
    return { step: 'result', issues: [{ message, offset: -1 }], message, hints: [] };
  }
  const problem = planningProblem(expr, environment);
  if (problem === undefined) return { expr, type };
  const message = `program instantiation failed: ${problem}`;
  return { step: 'planning', issues: [{ message, offset: -1 }], message, hints: [] };
}

function compilation(
  issues: readonly CheckIssue[],
  text: string,
  environment: Environment,
  truncated = 0,
): Refusal {
  const undeclared = new Set(issues.flatMap((issue) => issue.undeclared ?? []));
  const hints = Array.from(undeclared, (name) => environment.hints?.function(name));
  return {
    step: 'compilation',
    issues,
    message: `compilation failed: ${issueText(issues, text, truncated)}`,
    hints: hints.filter((hint) => hint !== undefined),
  };
}

const oneOf = (types: readonly Type[]): string =>
  types.length === 1 ? typeText(types[0]!) : `one of [${types.map(typeText).join(' ')}]`;

/** Prints a type as cel-go's `Type.String` does: as `formatType`, but `google.protobuf.Timestamp`, `null_type`. */
export function typeText(type: Type): string {
  switch (type.kind) {
    case 'scalar':
      return type.name;
    case 'list':
      return `list(${typeText(type.element)})`;
    case 'map':
      return `map(${typeText(type.key)}, ${typeText(type.value)})`;
    case 'type':
      return type.of === undefined ? 'type' : `type(${typeText(type.of)})`;
    case 'opaque':
      return type.parameters.length === 0
        ? type.name
        : `${type.name}(${type.parameters.map(typeText).join(', ')})`;
    case 'struct':
    case 'parameter':
      return type.name;
    case 'dyn':
      return 'dyn';
    case 'error':
      return '!error!';
  }
}
