import type { PlanNode, VariableNode } from './node.ts';
import { partsOf } from './parts.ts';

/** The variables of enclosing `optMap` and `optFlatMap` macros that an expression reads, each once. */
export function outerOptionals(expression: PlanNode): readonly VariableNode[] {
  const found = new Map<number, VariableNode>();
  const bound = new Set<number>();
  const visit = (node: PlanNode): void => {
    if (node.kind === 'variable' && node.due !== undefined) found.set(node.slot, node);
    if (node.kind === 'macro') for (const slot of node.slots) bound.add(slot);
    for (const part of partsOf(node)) visit(part);
  };
  visit(expression);
  return [...found.values()].filter(({ slot }) => !bound.has(slot));
}
