import type { PlanNode } from './node.ts';

/** The parts of a node in the order in which they are evaluated. */
export function partsOf(node: PlanNode): readonly PlanNode[] {
  switch (node.kind) {
    case 'constant':
    case 'variable':
      return [];
    case 'select':
      return [node.operand];
    case 'index':
      return [node.operand, node.key];
    case 'call':
      return node.args;
    case 'logical':
    case 'or-else':
      return [node.left, node.right];
    case 'conditional':
      return [node.condition, node.whenTrue, node.whenFalse];
    case 'membership':
      return [node.element];
    case 'list':
      return node.elements.map(({ value }) => value);
    case 'map':
      return node.entries.flatMap(({ key, value }) => [key, value]);
    case 'struct':
      return node.fields.map(({ value }) => value);
    case 'macro':
      return node.filter === undefined ? [node.range, node.body] : [node.range, node.filter, node.body];
  }
}
