import type { PlanNode, SelectNode } from '../plan/node.ts';

/**
 * Whether a term fails with what is not known where `tested`, a `has(a.b)`, does: because the first thing it evaluates is
 * `a.b`, and it does not absorb failures. In `has(a.b) && a.b.c == 1` the second term then speaks for both, and the first
 * need not look whether `a.b` is known, which takes longer than all the rest.
 */
export function showsUnknown(term: PlanNode, tested: SelectNode): boolean {
  switch (term.kind) {
    case 'select':
      if (term.optional) return false;
      return (!term.test && isSelectionOf(term, tested)) || showsUnknown(term.operand, tested);
    case 'index':
      return !term.optional && showsUnknown(term.operand, tested);
    case 'call':
      return term.args.length > 0 && showsUnknown(term.args[0]!, tested);
    case 'membership':
      return showsUnknown(term.element, tested);
    case 'conditional':
      return showsUnknown(term.condition, tested);
    case 'macro':
      return !term.name.startsWith('opt') && showsUnknown(term.range, tested);
    default:
      return false;
  }
}

function isSelectionOf(node: SelectNode, { operand, field }: SelectNode): boolean {
  return node.field === field && isSame(node.operand, operand);
}

/** Whether two chains of plain selections are the same, so that they have the same value. */
function isSame(a: PlanNode, b: PlanNode): boolean {
  if (a.kind === 'variable') return b.kind === 'variable' && a.slot === b.slot;
  if (a.kind !== 'select' || b.kind !== 'select' || a.test || b.test || a.optional || b.optional) return false;
  return isSelectionOf(a, b);
}
