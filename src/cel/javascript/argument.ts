import type { CallNode, PlanNode } from '../plan/node.ts';
import type { Generator } from './generator.ts';
import type { Operand } from './operand.ts';
import { callCost, length } from './runtime.ts';

/** The operands of a call that evaluates both whatever happens; either may be a failure. */
export function both(generator: Generator, [a, b]: readonly PlanNode[]): [Operand, Operand] {
  const first = generator.caught(a!);
  return [first, generator.caught(b!)];
}

/**
 * The operands of a call of two of which one is a constant: where evaluating the other one fails, so does the call, for
 * `failing` units, which are charged in any case. Its value may still be a failure.
 */
export function besideConstant(
  generator: Generator,
  [a, b]: readonly PlanNode[],
  failing: number,
): [Operand, Operand] {
  generator.emit.charge(failing);
  const first = generator.atom(a!);
  return [first, generator.atom(b!)];
}

/** Whether exactly one of two operands is a constant. */
export function hasOneConstant([a, b]: readonly PlanNode[]): boolean {
  return (a!.kind === 'constant') !== (b!.kind === 'constant');
}

/** What a call of two costs whose operand beside a constant fails: a failure counts as of size 1. */
export function failingCost({ args, cost }: CallNode): number {
  const values = args.map((arg) => (arg.kind === 'constant' ? arg.value : 0));
  return cost === undefined ? 1 : callCost(cost, values, 0);
}

/**
 * The arguments. cel-go evaluates all of them whatever fails and then charges the call, but where it goes step by step,
 * and stops uncharged at a failure of any but the last.
 */
export function operands(generator: Generator, node: CallNode): Operand[] {
  const { emit } = generator;
  const { args, stepwise, cost } = node;
  const charge = cost === undefined ? 1 : 0;
  const last = args.length - 1;
  if (args.length === 0) emit.charge(charge);
  let caught = false;
  return args.map((arg, i) => {
    if (i === (stepwise ? last : 0)) emit.charge(charge);
    if (stepwise && i < last) return generator.certain(arg);
    if (i === last && !caught && cost === undefined) return generator.certain(arg);
    const operand = generator.caught(arg);
    caught ||= operand.failure;
    return operand;
  });
}

/** What a call costs, in full, as code. */
export function costCode(
  generator: Generator,
  { cost }: CallNode,
  args: readonly string[],
  result: string,
): string {
  return `callCost(${generator.emit.constant(cost)},[${args.join(',')}],${result})`;
}

/** The number of code points in a text, as code. */
export function lengthOf({ code, constant }: Operand): string {
  return typeof constant?.value === 'string' ? String(length(constant.value)) : `length(${code})`;
}
