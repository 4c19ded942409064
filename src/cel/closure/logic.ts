import { spend } from '../limit.ts';
import { isStep } from '../plan/chain.ts';
import type { ConditionalNode, LogicalNode, PlanNode } from '../plan/node.ts';
import type { AnyFailure } from '../value.ts';
import { settledResult } from './step.ts';
import type { Compile } from './closure.ts';
import { type Compiled, type Evaluate, mergeFailures, notBool } from './frame.ts';

/** One operand of a chain of `&&` or of `||`; `at` is where it is refused if it is no bool. */
interface Term extends Compiled {
  readonly at: number;
}

/**
 * `&&` and `||`: the side that decides absorbs what the others could not tell. Operators of one sort that are operands of
 * each other make one chain, as they also do in cel-go.
 */
export function compileLogical(node: LogicalNode, compile: Compile): Compiled {
  const terms: Term[] = [];
  collect(node, node, terms, compile);
  const decisive = node.operator === '||';
  const run =
    terms.length === 2
      ? ofTwo(terms as [Term, Term], decisive)
      : terms.length === 3
        ? ofThree(terms as [Term, Term, Term], decisive)
        : ofMany(terms, decisive);
  return { run, fixed: terms[0]!.fixed };
}

function collect(operand: PlanNode, parent: LogicalNode, terms: Term[], compile: Compile): void {
  if (operand.kind === 'logical' && operand.operator === parent.operator) {
    collect(operand.left, operand, terms, compile);
    collect(operand.right, operand, terms, compile);
  } else terms.push({ ...compile(operand), at: parent.at });
}

function ofTwo([first, second]: readonly [Term, Term], decisive: boolean): Evaluate {
  const neutral = !decisive;
  const [left, right] = [first.run, second.run];
  const [at, atSecond, fixed] = [first.at, second.at, second.fixed];
  return (frame) => {
    const a = left(frame);
    if (a === decisive) return decisive;
    const b = right(frame);
    if (fixed > 0) spend(fixed);
    if (b === decisive) return decisive;
    if (a === neutral) return b === neutral ? neutral : notBool(b, atSecond);
    const failure = notBool(a, at);
    return b === neutral ? failure : mergeFailures(failure, notBool(b, atSecond));
  };
}

function ofThree([first, second, third]: readonly [Term, Term, Term], decisive: boolean): Evaluate {
  const neutral = !decisive;
  const [runFirst, runSecond, runThird] = [first.run, second.run, third.run];
  const [fixed, both] = [second.fixed, second.fixed + third.fixed];
  return (frame) => {
    const a = runFirst(frame);
    if (a === decisive) return decisive;
    const b = runSecond(frame);
    if (b === decisive) {
      spend(fixed);
      return decisive;
    }
    const c = runThird(frame);
    spend(both);
    if (c === decisive) return decisive;
    if (a === neutral && b === neutral && c === neutral) return neutral;
    let failure: AnyFailure | undefined;
    if (a !== neutral) failure = mergeFailures(failure, notBool(a, first.at));
    if (b !== neutral) failure = mergeFailures(failure, notBool(b, second.at));
    if (c !== neutral) failure = mergeFailures(failure, notBool(c, third.at));
    return failure!;
  };
}

function ofMany(terms: readonly Term[], decisive: boolean): Evaluate {
  const neutral = !decisive;
  return (frame) => {
    let failure: AnyFailure | undefined;
    let cost = 0;
    for (let i = 0; i < terms.length; i++) {
      const { run, fixed, at } = terms[i]!;
      const value = run(frame);
      if (i > 0) cost += fixed;
      if (value === decisive) {
        spend(cost);
        return decisive;
      }
      if (value !== neutral) failure = mergeFailures(failure, notBool(value, at));
    }
    spend(cost);
    return failure ?? neutral;
  };
}

/** `condition ? a : b`. */
export function compileConditional(node: ConditionalNode, compile: Compile): Compiled {
  const { condition, whenTrue, whenFalse, at } = node;
  const [settlesYes, settlesNo] = [settles(whenTrue), settles(whenFalse)];
  const { run: test, fixed } = compile(condition);
  const { run: yes, fixed: fixedYes } = compile(whenTrue);
  const { run: no, fixed: fixedNo } = compile(whenFalse);
  const run: Evaluate = (frame) => {
    const value = test(frame);
    if (typeof value !== 'boolean') return notBool(value, at);
    const result = value ? yes(frame) : no(frame);
    spend(value ? fixedYes : fixedNo);
    return (value ? settlesYes : settlesNo) ? settledResult(result) : result;
  };
  return { run, fixed };
}

/** Whether a branch may yield an optional that settles; one that a chain yields does not, see `settled`. */
export function settles(branch: PlanNode): boolean {
  return (
    (branch.type.kind === 'opaque' || branch.type.kind === 'dyn') &&
    !isStep(branch) &&
    branch.kind !== 'variable'
  );
}
