import type { ExplainedNode } from '../../cel/explain/explain.ts';
import { CelError, Unknown } from '../../cel/value.ts';
import type { Path } from '../../model/object.ts';
import type { CompiledExpression } from '../policy.ts';
import type { Probe } from './scenario.ts';
import type { Span } from './trap.ts';

/** Where an evaluation fails and what CEL says about it. */
export interface FailingPlace {
  readonly path: Path;
  readonly span: Span;
  readonly error: string;
  /** What was read and is not there, from its variable on: `['object', 'spec', 'x']`; undefined where that is not known. */
  readonly reads: Path | undefined;
}

const inVariable = /^composited variable "([^"]*)" fails to evaluate: /;

/**
 * The innermost part of an expression, or of a variable it reads, that is an error. Also one that an unknown operand of
 * `&&` or `||` may absorb: where the operand turns out otherwise, the whole is that error.
 */
export function failingPlace(
  probe: Probe,
  expression: CompiledExpression,
  seen: readonly string[] = [],
): FailingPlace | undefined {
  const { tree } = probe.explain(expression);
  const node = innermostError(tree);
  if (node === undefined || (node.result as CelError).message === '') return undefined;
  const { message } = node.result as CelError;
  const name = inVariable.exec(message)?.[1];
  const variable = name === undefined ? undefined : probe.policy.variables.get(name);
  if (variable !== undefined && !seen.includes(name!)) {
    const within = failingPlace(probe, variable, [...seen, name!]);
    if (within !== undefined) return within;
  }
  const error = message.replace(inVariable, '');
  return { path: expression.path, span: { start: node.start, end: node.end }, error, reads: node.paths[0] };
}

function innermostError(node: ExplainedNode): ExplainedNode | undefined {
  const { result, children } = node;
  if (!(result instanceof CelError) && !(result instanceof Unknown)) return undefined;
  for (const child of children) {
    const within = innermostError(child);
    if (within !== undefined) return within;
  }
  return result instanceof CelError ? node : undefined;
}
