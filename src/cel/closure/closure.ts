import type { Plan, PlanNode } from '../plan/node.ts';
import { compileIndex, compileSelect, compileVariable } from './attribute.ts';
import { compileCall, compileMembership, compileOrElse } from './call.ts';
import type { Compiled } from './frame.ts';
import { compileList, compileMap, compileStruct } from './literal.ts';
import { compileConditional, compileLogical } from './logic.ts';
import { compileMacro } from './macro.ts';

/** Compiles a node; handed to the makers of closures for their operands. */
export type Compile = (node: PlanNode) => Compiled;

/**
 * Compiles a plan to closures: no code is generated, so it works under any content security policy, and starts fast.
 * Nothing is ever thrown; errors and unknowns are values that the operators absorb or pass on.
 */
export function compileClosure(plan: Plan): Compiled {
  return compile(plan.root);
}

function compile(node: PlanNode): Compiled {
  switch (node.kind) {
    case 'constant': {
      const { value } = node;
      return { run: () => value, fixed: 0 };
    }
    case 'variable':
      return compileVariable(node);
    case 'select':
      return compileSelect(node, compile);
    case 'index':
      return compileIndex(node, compile);
    case 'call':
      return compileCall(node, compile);
    case 'logical':
      return compileLogical(node, compile);
    case 'conditional':
      return compileConditional(node, compile);
    case 'membership':
      return compileMembership(node, compile);
    case 'or-else':
      return compileOrElse(node, compile);
    case 'list':
      return compileList(node, compile);
    case 'map':
      return compileMap(node, compile);
    case 'struct':
      return compileStruct(node, compile);
    case 'macro':
      return compileMacro(node, compile);
  }
}
