import { unpaid } from '../limit.ts';
import type { CallNode, PlanNode } from '../plan/node.ts';
import { CelError, Failure, type Result, Unknown, type Value } from '../value.ts';
import type { Generator } from './generator.ts';
import { held, type Operand } from './operand.ts';
import { callCost, yielded } from './runtime.ts';

/** A call of constants, which is computed once; its cost stays. */
export function folded(generator: Generator, node: CallNode): Operand | undefined {
  const values: Value[] = [];
  for (const arg of node.args) {
    const value = knownValue(arg);
    if (value === undefined) return undefined;
    values.push(value);
  }
  if (values.length === 0) return undefined;
  const result = compute(node, values);
  if (result === undefined || result instanceof Unknown) return undefined;
  generator.emit.charge(totalCost(node));
  if (!(result instanceof CelError)) return generator.constant(result);
  generator.emit.failIf('true', generator.emit.constant(result));
  return held('undefined');
}

/** What a node certainly evaluates to; undefined where that is not known or not worth keeping. */
function knownValue(node: PlanNode): Value | undefined {
  if (node.kind === 'constant') return node.value;
  if (node.kind !== 'call' || node.args.length === 0) return undefined;
  const values: Value[] = [];
  for (const arg of node.args) {
    const value = knownValue(arg);
    if (value === undefined) return undefined;
    values.push(value);
  }
  const result = compute(node, values);
  return result instanceof Failure ? undefined : result;
}

function compute({ invoke, at }: CallNode, values: readonly Value[]): Result | undefined {
  try {
    const result = unpaid(() => invoke(...values));
    // Lists and long texts count against the limits of each evaluation.
    if (result === undefined || Array.isArray(result)) return undefined;
    if (typeof result === 'string' && result.length > 1000) return undefined;
    return yielded(result, at);
  } catch {
    return undefined;
  }
}

/** What a call of constants and such calls costs. */
function totalCost(node: PlanNode): number {
  if (node.kind !== 'call') return 0;
  const values = node.args.map((arg) => knownValue(arg)!);
  const inner = node.args.reduce((sum, arg) => sum + totalCost(arg), 0);
  return inner + (node.cost === undefined ? 1 : callCost(node.cost, values, compute(node, values)!));
}
