import { isMap, mapEntries } from '../map.ts';
import type { MacroNode, PlanNode } from '../plan/node.ts';
import { partsOf } from '../plan/parts.ts';
import { Optional, type Result, type Value } from '../value.ts';
import { Variables } from '../variables.ts';
import type { ExplainedNode } from './explain.ts';
import type { Path } from './path.ts';

/** An expression and what it came to. */
export interface EvaluatedExpression {
  /** The name of the variable whose value it is; empty for one that stands alone. */
  readonly name: string;
  readonly expression: string;
  /** Its static type, as cel-go prints it. */
  readonly type: string;
  readonly result: Result;
  /** The places in the inputs that decided. */
  readonly paths: readonly Path[];
  /** The API server's cost, without that of variables. */
  readonly cost: number;
  readonly steps: ExpressionStep;
}

/** A sub-expression and what became of it, or one round of a macro. */
export type Step = ExpressionStep | RoundStep;

/** A sub-expression: every one of the text is there, also those that were not needed. */
export interface ExpressionStep {
  readonly kind: PlanNode['kind'];
  /** Offsets into the expression, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  /** Its value, error or unknown; undefined where it was not evaluated. */
  readonly result: Result | undefined;
  /** The places in the inputs that the result comes from. */
  readonly paths: readonly Path[];
  /** A variable of a macro, whose value its round tells. */
  readonly local: boolean;
  readonly steps: readonly Step[];
  /** Elements of a macro's range that it was decided without. */
  readonly roundsLeft: number;
}

/** One round of a macro: what its variables were, and its filter and body with them. */
export interface RoundStep {
  readonly kind: 'round';
  readonly bound: readonly { readonly name: string; readonly value: Value }[];
  readonly steps: readonly ExpressionStep[];
}

/**
 * Lays an explained tree over its plan, so that what was skipped shows as well: the branch of a conditional that was
 * not taken, the right side of `||` after a true, the elements of `all` after a false.
 */
export function stepsOf(node: PlanNode, explained: ExplainedNode | undefined): ExpressionStep {
  const children = explained?.children ?? [];
  const { kind, start, end } = node;
  const base = { kind, start, end, result: explained?.result, paths: explained?.paths ?? [], local: false };
  if (node.kind === 'macro') return { ...base, ...macroSteps(node, children) };
  // `variables` is no value of its own: what is selected from it is.
  const parts = (children[0]?.result as unknown) instanceof Variables ? [] : partsOf(node);
  let at = 0;
  const steps = parts.map((part) => {
    const found = isOf(children[at], part) ? children[at++] : undefined;
    return stepsOf(part, found);
  });
  return { ...base, local: node.kind === 'variable' && node.local, steps, roundsLeft: 0 };
}

const isOf = (explained: ExplainedNode | undefined, { start, end }: PlanNode): boolean =>
  explained !== undefined && explained.start === start && explained.end === end;

function macroSteps(
  node: MacroNode,
  children: readonly ExplainedNode[],
): Pick<ExpressionStep, 'steps' | 'roundsLeft'> {
  const [first, ...rest] = children;
  const range = stepsOf(node.range, isOf(first, node.range) ? first : undefined);
  const elements = elementsOf(node, range.result);
  const rounds: RoundStep[] = [];
  let at = 0;
  while (at < rest.length) {
    const filter = node.filter !== undefined && isOf(rest[at], node.filter) ? rest[at++] : undefined;
    const body = isOf(rest[at], node.body) ? rest[at++] : undefined;
    if (filter === undefined && body === undefined) break;
    const steps = [
      ...(node.filter === undefined ? [] : [stepsOf(node.filter, filter)]),
      stepsOf(node.body, body),
    ];
    const values = elements[rounds.length] ?? [];
    const bound = values.map((value, i) => ({ name: node.variables[i]!, value }));
    rounds.push({ kind: 'round', bound, steps });
  }
  return { steps: [range, ...rounds], roundsLeft: Math.max(0, elements.length - rounds.length) };
}

/** What a macro's variables are bound to, round by round. */
function elementsOf(
  { name, variables }: MacroNode,
  range: Result | undefined,
): readonly (readonly Value[])[] {
  if (name === 'optMap' || name === 'optFlatMap') {
    return range instanceof Optional && range.value !== undefined ? [[range.value]] : [];
  }
  const two = variables.length > 1;
  if (Array.isArray(range)) {
    return (range as readonly Value[]).map((element, i) => (two ? [i, element] : [element]));
  }
  if (!isMap(range as Value)) return [];
  return mapEntries(range as Value).map(([key, value]) => (two ? [key, value] : [key]));
}
