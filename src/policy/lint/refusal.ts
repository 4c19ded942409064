import { operands } from '../../cel/check/walk.ts';
import { kubernetesEnvironment } from '../../cel/kubernetes/environment.ts';
import type { Expr } from '../../cel/syntax/ast.ts';
import { parse } from '../../cel/syntax/parse.ts';
import type { JsonObject } from '../../model/object.ts';
import { valueAt } from '../../model/path.ts';
import type { PolicyProblem } from '../problem.ts';
import type { LintFinding } from './lint.ts';
import type { Span, TrapDescription } from './trap.ts';

/** What the API server would not store, in its words. Found by the compiler, not by a look for traps. */
export const refused: TrapDescription = {
  id: 'refused',
  title: 'the API server refuses this object',
  severity: 'critical',
  why: 'Nothing of an object that is refused reaches the cluster: what the policy should prevent is not prevented.',
  fix: 'Write what the message asks for; a name that needs a later Kubernetes has to be said with what this one knows.',
};

/** The findings for what the compiler says against a policy or binding; its warnings are left to the caller. */
export function refusals(object: JsonObject, problems: readonly PolicyProblem[]): LintFinding[] {
  return problems
    .filter(({ severity }) => severity === 'error')
    .map(({ path, offset, reason }) => {
      const text = valueAt(object, path);
      const span = offset === undefined || typeof text !== 'string' ? undefined : spanAround(text, offset);
      return { trap: refused.id, severity: refused.severity, path, span, message: reason };
    });
}

/**
 * What to underline for an error at an offset: the innermost expression that CEL reports there, such as both operands of
 * the operator that the offset names; in text that does not parse the word that stands there.
 */
export function spanAround(text: string, offset: number): Span {
  const parsed = parse(text, kubernetesEnvironment('1.37', { mode: 'stored' }).parseOptions);
  const node = 'expr' in parsed ? reportedAt(parsed.expr, offset) : undefined;
  if (node !== undefined) return { start: node.start, end: node.end };
  const word = /^(?:[\w.]+|.)/s.exec(text.slice(offset))?.[0] ?? '';
  const start = Math.min(offset, Math.max(0, text.length - 1));
  return { start, end: start + Math.max(1, word.trimEnd().length) };
}

function reportedAt(node: Expr, offset: number): Expr | undefined {
  for (const operand of operands(node)) {
    const within = reportedAt(operand, offset);
    if (within !== undefined) return within;
  }
  return node.at === offset ? node : undefined;
}
