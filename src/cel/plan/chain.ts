import type { PlanNode } from './node.ts';

/** Whether a chain of selections and indexes has become optional at or before this node. */
export function isOptionalChain(node: PlanNode): boolean {
  return isStep(node) && (node.optional || isOptionalChain(node.operand));
}

/** Whether a node is a further step of a chain: a selection or an index. */
export function isStep(node: PlanNode): node is PlanNode & { readonly kind: 'select' | 'index' } {
  return (node.kind === 'select' && !node.test) || node.kind === 'index';
}

/**
 * Whether an optional that this operand yields stays closed to a further step: one that was found on the way, as in
 * `{'a': optional.of({'b': 1})}.a.b`, has no fields. Only an optional that a chain starts from is looked into.
 *
 * A chain that starts from a value of any type is taken to be of the second sort.
 * Source: cel-go `interpreter/attributes.go`, `applyQualifiers`.
 */
export function keepsOptionalsClosed(operand: PlanNode): boolean {
  if (!isStep(operand) || isOptionalChain(operand)) return false;
  if (operand.type.kind !== 'opaque' && operand.type.kind !== 'dyn') return false;
  let root: PlanNode = operand;
  while (isStep(root)) root = root.operand;
  return root.type.kind !== 'opaque' && root.type.kind !== 'dyn';
}
