import { equal, equals } from '../equal.ts';
import { spend } from '../limit.ts';
import { callCost } from '../plan/call-cost.ts';
import type { CallNode, PlanNode } from '../plan/node.ts';
import { costSize, readingCost } from '../standard/size.ts';
import { Failure, type Result, type Value } from '../value.ts';
import type { Compile } from './closure.ts';
import { type Compiled, type Evaluate, located } from './frame.ts';

/** `a == b`, or `a != b` where that is what is `wanted`; charged by the smaller of the two, nearly always 1. */
export function compileEquality(node: CallNode, compile: Compile, wanted: boolean): Compiled {
  const [a, b] = node.args as [PlanNode, PlanNode];
  const exactly = (x: Value, y: Value): Result => (wanted ? located(equals(x, y), node.at) : !equal(x, y));
  if (b.kind === 'constant') {
    const { value: constant } = b;
    return toConstant(node, compile(a), constant, wanted, (value) => exactly(value, constant));
  }
  if (a.kind === 'constant') {
    const { value: constant } = a;
    return toConstant(node, compile(b), constant, wanted, (value) => exactly(constant, value));
  }
  return ofAny(node, compile(a), compile(b), wanted, exactly);
}

function ofAny(
  node: CallNode,
  left: Compiled,
  right: Compiled,
  wanted: boolean,
  exactly: (a: Value, b: Value) => Result,
): Compiled {
  const [runLeft, runRight] = [left.run, right.run];
  const run: Evaluate = (frame) => {
    const a = runLeft(frame);
    const b = runRight(frame);
    if (typeof a === 'string' && typeof b === 'string') {
      spend(Math.min(readingCost(a), readingCost(b)));
      return (a === b) === wanted;
    }
    const failure = a instanceof Failure ? a : b instanceof Failure ? b : undefined;
    const result = failure ?? exactly(a as Value, b as Value);
    spend(callCost(node, [a, b], result));
    return result;
  };
  return { run, fixed: left.fixed + right.fixed };
}

/** Texts, bools, null and two numbers are told apart at a glance; `exactly` compares the rest. */
function toConstant(
  node: CallNode,
  operand: Compiled,
  constant: Value,
  wanted: boolean,
  exactly: (value: Value) => Result,
): Compiled {
  const unwanted = !wanted;
  const simple = typeof constant === 'string' || typeof constant === 'boolean' || constant === null;
  const evaluate = operand.run;
  const textLength = typeof constant === 'string' ? constant.length : -1;
  const size = costSize(constant);
  const usual = size === 0 ? 0 : 1;
  /** Takes back or adds what the size of a value makes of the usual cost. */
  const adjust = (value: Result): void => spend(callCost(node, [value, constant], false) - usual);
  const run: Evaluate = (frame) => {
    const value = evaluate(frame);
    if (typeof value === 'string') {
      const { length } = value;
      if (length === 0 || (size > 10 && length > 10)) adjust(value);
      // Comparing the lengths first spares most comparisons of texts.
      if (length === textLength && value === constant) return wanted;
      return simple ? unwanted : exactly(value);
    }
    if (typeof value !== 'object' || value === null) {
      if (value === constant) return wanted;
      if (simple || (typeof value === 'number' && typeof constant === 'number')) return unwanted;
      return exactly(value);
    }
    // A failure counts as of size 1.
    if (value instanceof Failure) return value;
    adjust(value);
    return exactly(value);
  };
  return { run, fixed: operand.fixed + usual };
}
