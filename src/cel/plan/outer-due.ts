import type { MacroNode, PlanNode, VariableNode } from './node.ts';

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

function partsOf(node: PlanNode): readonly PlanNode[] {
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
      return partsOfMacro(node);
  }
}

function partsOfMacro({ range, filter, body }: MacroNode): readonly PlanNode[] {
  return filter === undefined ? [range, body] : [range, filter, body];
}
