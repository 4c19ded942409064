import type { PlanNode, SelectNode } from '../plan/node.ts';
import { isSameSelection } from '../plan/same-chain.ts';

/**
 * Whether a term fails with what is not known where `tested`, a `has(a.b)`, does: because the first thing it evaluates is
 * `a.b`, and it does not absorb failures. In `has(a.b) && a.b.c == 1` the second term then speaks for both, and the first
 * need not look whether `a.b` is known, which takes longer than all the rest.
 */
export function showsUnknown(term: PlanNode, tested: SelectNode): boolean {
  switch (term.kind) {
    case 'select':
      if (term.optional) return false;
      return (!term.test && isSameSelection(term, tested)) || showsUnknown(term.operand, tested);
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
