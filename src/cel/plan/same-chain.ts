import type { PlanNode, SelectNode } from './node.ts';

/** Whether a node selects the field that another one selects or tests for, of the same. */
export function isSameSelection(node: SelectNode, { operand, field }: SelectNode): boolean {
  return node.field === field && isSameChain(node.operand, operand);
}

/** Whether two nodes are the same chain of plain selections from a variable, so that they have the same value. */
export function isSameChain(a: PlanNode, b: PlanNode): boolean {
  if (a.kind === 'variable') return b.kind === 'variable' && a.slot === b.slot;
  if (a.kind !== 'select' || b.kind !== 'select' || a.test || b.test || a.optional || b.optional)
    return false;
  return isSameSelection(a, b);
}
