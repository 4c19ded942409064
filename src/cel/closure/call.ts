import { grow, spend } from '../limit.ts';
import { callCost } from '../plan/call-cost.ts';
import { isOptionalChain } from '../plan/chain.ts';
import type { CallNode, MembershipNode, OrElseNode, PlanNode } from '../plan/node.ts';
import { compileRegex, Regex } from '../regex/index.ts';
import { concatenate } from '../standard/concatenation.ts';
import { contains } from '../standard/operators.ts';
import { readingCost, textSize } from '../standard/size.ts';
import { CelError, Failure, Optional, type Result, type Value } from '../value.ts';
import { compilePresent } from './optional-chain.ts';
import type { Compile } from './closure.ts';
import { compileEquality } from './equality.ts';
import { type Compiled, type Evaluate, located } from './frame.ts';

/**
 * A call of a function or strict operator: the first failure among the arguments is the result. Most calls are made of
 * all their arguments in any case, and charged; see `stepwise` of the node for those that are not.
 */
export function compileCall(node: CallNode, compile: Compile): Compiled {
  return special(node, compile) ?? plain(node, compile);
}

function plain(node: CallNode, compile: Compile): Compiled {
  const { args, invoke, at, stepwise, cost } = node;
  const parts = args.map(compile);
  if (stepwise || parts.length > 2) return inSteps(node, parts);
  const [first, second] = parts;
  const fixed = parts.reduce((sum, part) => sum + part.fixed, cost === undefined ? 1 : 0);
  if (second !== undefined) return { run: ofTwo(node, first!.run, second.run), fixed };
  if (first !== undefined) return { run: ofOne(node, first.run), fixed };
  const run: Evaluate = () => {
    const result = yielded(invoke());
    if (cost !== undefined) spend(callCost(node, [], result));
    return located(result, at);
  };
  return { run, fixed };
}

function ofOne(node: CallNode, operand: Evaluate): Evaluate {
  const { invoke, at, cost } = node;
  if (cost === undefined) {
    return (frame) => {
      const a = operand(frame);
      return a instanceof Failure ? a : located(yielded(invoke(a)), at);
    };
  }
  return (frame) => {
    const a = operand(frame);
    const result = a instanceof Failure ? a : yielded(invoke(a));
    spend(callCost(node, [a], result));
    return result === a ? a : located(result, at);
  };
}

function ofTwo(node: CallNode, left: Evaluate, right: Evaluate): Evaluate {
  const { invoke, at, cost } = node;
  return (frame) => {
    const a = left(frame);
    const b = right(frame);
    const failure = a instanceof Failure ? a : b instanceof Failure ? b : undefined;
    const result = failure ?? yielded(invoke(a, b));
    if (cost !== undefined) spend(callCost(node, [a, b], result));
    return failure ?? located(result, at);
  };
}

function inSteps(node: CallNode, parts: readonly Compiled[]): Compiled {
  const { invoke, at, cost, stepwise } = node;
  const own = cost === undefined ? 1 : 0;
  /** What is left to charge from each argument on. */
  const rest = parts.map((_, i) => parts.slice(i + 1).reduce((sum, { fixed }) => sum + fixed, own));
  const last = parts.length - 1;
  const run: Evaluate = (frame) => {
    const values: Value[] = [];
    let failure: Result | undefined;
    for (let i = 0; i <= last; i++) {
      const value = parts[i]!.run(frame);
      values.push(value as Value);
      if (!(value instanceof Failure)) continue;
      failure ??= value;
      if (!stepwise || i === last) continue;
      spend(-rest[i]!);
      return value;
    }
    const result = failure ?? yielded(invoke(...values));
    if (cost !== undefined) spend(callCost(node, values, result));
    return failure ?? located(result, at);
  };
  return { run, fixed: parts.reduce((sum, { fixed }) => sum + fixed, own) };
}

/** What a function yields, counted where it is a list. */
function yielded(result: Result): Result {
  if (Array.isArray(result)) grow(result.length);
  return result;
}

/** The hot shapes that need no general call. */
function special(node: CallNode, compile: Compile): Compiled | undefined {
  const [a, b] = node.args;
  const { cost } = node;
  switch (node.function) {
    case '_+_':
      return cost === undefined ? addition(node, compile) : undefined;
    case '!_':
      return cost === undefined ? negation(compile(a!), node.at) : undefined;
    case '_==_':
      return compileEquality(node, compile, true);
    case '_!=_':
      return compileEquality(node, compile, false);
    case '_<_':
      return comparison(node, compile, (x, y) => x < y);
    case '_<=_':
      return comparison(node, compile, (x, y) => x <= y);
    case '_>_':
      return comparison(node, compile, (x, y) => x > y);
    case '_>=_':
      return comparison(node, compile, (x, y) => x >= y);
    case 'startsWith':
      return ofStrings(node, compile, (text, part) => text.startsWith(part), readingCost);
    case 'endsWith':
      return ofStrings(node, compile, (text, part) => text.endsWith(part), readingCost);
    case 'contains':
      return ofStrings(
        node,
        compile,
        (text, part) => text.includes(part),
        (text, part) => readingCost(text) * readingCost(part),
      );
    case 'matches':
      return b?.kind === 'constant' && typeof b.value === 'string'
        ? pattern(node, b.value, compile)
        : undefined;
    case 'hasValue':
      return a !== undefined && isOptionalChain(a) && cost === undefined ? hasValue(a, compile) : undefined;
    case 'size':
      return cost === undefined ? size(node, compile) : undefined;
    default:
      return undefined;
  }
}

function negation({ run: operand, fixed }: Compiled, at: number): Compiled {
  const run: Evaluate = (frame) => {
    const value = operand(frame);
    if (typeof value === 'boolean') return !value;
    return value instanceof Failure ? value : new CelError('no such overload', at);
  };
  return { run, fixed: fixed + 1 };
}

/** A sum that costs 1; nearly always of two lists, one of them often empty. */
function addition({ args, invoke, at }: CallNode, compile: Compile): Compiled {
  const [left, right] = [compile(args[0]!), compile(args[1]!)];
  const [runLeft, runRight] = [left.run, right.run];
  const run: Evaluate = (frame) => {
    const a = runLeft(frame);
    const b = runRight(frame);
    if (Array.isArray(a) && Array.isArray(b)) {
      grow(a.length + b.length);
      return concatenate(a, b);
    }
    if (a instanceof Failure) return a;
    return b instanceof Failure ? b : located(yielded(invoke(a, b)), at);
  };
  return { run, fixed: left.fixed + right.fixed + 1 };
}

/** An order of two numbers; of texts, which cost by their length, where `cost` says so. */
function comparison(
  node: CallNode,
  compile: Compile,
  holds: (a: number, b: number) => boolean,
): Compiled | undefined {
  const { args, invoke, at, cost } = node;
  if (cost !== undefined || args.length !== 2) return undefined;
  const [left, right] = [compile(args[0]!), compile(args[1]!)];
  const [runLeft, runRight] = [left.run, right.run];
  const run: Evaluate = (frame) => {
    const a = runLeft(frame);
    const b = runRight(frame);
    // NaN has no order, which the general comparison reports.
    if (typeof a === 'number' && typeof b === 'number' && a === a && b === b) return holds(a, b);
    if (a instanceof Failure) return a;
    return b instanceof Failure ? b : located(invoke(a, b), at);
  };
  return { run, fixed: left.fixed + right.fixed + 1 };
}

function ofStrings(
  node: CallNode,
  compile: Compile,
  test: (text: string, part: string) => boolean,
  costOf: (text: string, part: string) => number,
): Compiled | undefined {
  const { args, at, cost, stepwise } = node;
  if (cost === undefined || stepwise || args.length !== 2) return undefined;
  const [left, right] = [compile(args[0]!), compile(args[1]!)];
  const [runLeft, runRight] = [left.run, right.run];
  const run: Evaluate = (frame) => {
    const text = runLeft(frame);
    const part = runRight(frame);
    if (typeof text === 'string' && typeof part === 'string') {
      spend(costOf(text, part));
      return test(text, part);
    }
    const failure = text instanceof Failure ? text : part instanceof Failure ? part : undefined;
    const result = failure ?? new CelError('no such overload', at);
    spend(callCost(node, [text, part], result));
    return result;
  };
  return { run, fixed: left.fixed + right.fixed };
}

function pattern(node: CallNode, source: string, compile: Compile): Compiled {
  const { args, at, cost } = node;
  const text = compile(args[0]!);
  const operand = text.run;
  // Many a pattern of a catalogue is never asked.
  let regex: ReturnType<typeof compileRegex> | undefined;
  const perPart = Math.ceil(textSize(source) * 0.25);
  const run: Evaluate = (frame) => {
    const value = operand(frame);
    if (value instanceof Failure) return value;
    if (typeof value === 'string') {
      spend(cost === undefined ? 1 : Math.ceil((1 + textSize(value)) * 0.1) * perPart);
      regex ??= compileRegex(source);
      return regex instanceof Regex ? regex.test(value) : new CelError(regex.message, at);
    }
    const result = located(node.invoke(value, source), at);
    spend(callCost(node, [value, source], result));
    return result;
  };
  return { run, fixed: text.fixed };
}

function hasValue(operand: PlanNode, compile: Compile): Compiled {
  const { run: present, fixed } = compilePresent(operand, compile);
  const run: Evaluate = (frame) => {
    const value = present(frame);
    return value instanceof Failure ? value : value !== undefined;
  };
  return { run, fixed: fixed + 1 };
}

function size({ args, invoke, at }: CallNode, compile: Compile): Compiled {
  const { run: operand, fixed } = compile(args[0]!);
  const run: Evaluate = (frame) => {
    const value = operand(frame);
    if (Array.isArray(value)) return value.length;
    if (typeof value === 'string') return textSize(value);
    return value instanceof Failure ? value : located(invoke(value), at);
  };
  return { run, fixed: fixed + 1 };
}

/** Up to here comparing with each text is cheaper than a look-up. */
const few = 8;

/** `element in ['a', 'b']`. */
export function compileMembership({ element, values }: MembershipNode, compile: Compile): Compiled {
  const { run: operand, fixed } = compile(element);
  if (values.some((value) => typeof value !== 'string')) {
    const run: Evaluate = (frame) => {
      const value = operand(frame);
      return value instanceof Failure ? value : contains(value, values as Value[]);
    };
    return { run, fixed };
  }
  const texts = values.length > few ? new Set<unknown>(values) : undefined;
  const run: Evaluate = (frame) => {
    const value = operand(frame);
    if (value instanceof Failure) return value;
    return texts === undefined ? values.includes(value as Value) : texts.has(value);
  };
  return { run, fixed };
}

/** `left.or(right)`, `left.orValue(right)`; a left side that is no optional is the result itself, as in cel-go. */
export function compileOrElse({ left, right, unwrap }: OrElseNode, compile: Compile): Compiled {
  const { run: other, fixed: fixedOther } = compile(right);
  if (unwrap && left.type.kind === 'opaque') {
    const { run: present, fixed } = compilePresent(left, compile);
    const run: Evaluate = (frame) => {
      const value = present(frame);
      if (value !== undefined) return value;
      const result = other(frame);
      if (fixedOther > 0) spend(fixedOther);
      return result;
    };
    return { run, fixed };
  }
  const { run: first, fixed } = compile(left);
  const run: Evaluate = (frame) => {
    const value = first(frame);
    if (!(value instanceof Optional)) return value;
    if (value.value !== undefined) return unwrap ? value.value : value;
    const result = other(frame);
    spend(fixedOther);
    return result;
  };
  return { run, fixed };
}
