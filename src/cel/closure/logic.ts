import { isStep } from '../plan/chain.ts';
import type { ConditionalNode, LogicalNode, PlanNode } from '../plan/node.ts';
import { settledResult } from './attribute.ts';
import type { Compile } from './closure.ts';
import { type Evaluate, mergeFailures, notBool } from './frame.ts';

/** `&&` and `||`: the side that decides absorbs what the other could not tell. */
export function compileLogical({ operator, left, right, at }: LogicalNode, compile: Compile): Evaluate {
  const [a, b] = [compile(left), compile(right)];
  return operator === '&&' ? deciding(a, b, false, at) : deciding(a, b, true, at);
}

function deciding(left: Evaluate, right: Evaluate, decisive: boolean, at: number): Evaluate {
  const neutral = !decisive;
  return (frame) => {
    const a = left(frame);
    if (a === decisive) return decisive;
    const b = right(frame);
    if (b === decisive) return decisive;
    if (a === neutral) return b === neutral ? neutral : notBool(b, at);
    const failure = notBool(a, at);
    return b === neutral ? failure : mergeFailures(failure, notBool(b, at));
  };
}

/** `condition ? a : b`. */
export function compileConditional(node: ConditionalNode, compile: Compile): Evaluate {
  const { condition, whenTrue, whenFalse, at } = node;
  const [settlesYes, settlesNo] = [settles(whenTrue), settles(whenFalse)];
  const [test, yes, no] = [compile(condition), compile(whenTrue), compile(whenFalse)];
  return (frame) => {
    const value = test(frame);
    if (typeof value !== 'boolean') return notBool(value, at);
    if (value) return settlesYes ? settledResult(yes(frame)) : yes(frame);
    return settlesNo ? settledResult(no(frame)) : no(frame);
  };
}

/** Whether a branch may yield an optional that settles; one that a chain yields does not, see `settled`. */
export function settles(branch: PlanNode): boolean {
  return (
    (branch.type.kind === 'opaque' || branch.type.kind === 'dyn') &&
    !isStep(branch) &&
    branch.kind !== 'variable'
  );
}
