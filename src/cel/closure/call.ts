import { equal, equals } from '../equal.ts';
import { isOptionalChain } from '../plan/chain.ts';
import type { CallNode, MembershipNode, OrElseNode, PlanNode } from '../plan/node.ts';
import { compileRegex, Regex } from '../regex/index.ts';
import { contains } from '../standard/operators.ts';
import { CelError, Failure, Optional, type Result, type Value } from '../value.ts';
import { compilePresent } from './attribute.ts';
import type { Compile } from './closure.ts';
import { grow } from '../limit.ts';
import { type Evaluate, located } from './frame.ts';

/** A call of a function or strict operator: arguments first, the first failure among them is the result. */
export function compileCall(node: CallNode, compile: Compile): Evaluate {
  return special(node, compile) ?? strict(node, compile);
}

function strict({ args, invoke, at }: CallNode, compile: Compile): Evaluate {
  const parts = args.map(compile);
  const [first, second] = parts;
  if (parts.length === 0) return () => yielded(invoke(), at);
  if (parts.length === 1) {
    return (frame) => {
      const a = first!(frame);
      return a instanceof Failure ? a : yielded(invoke(a), at);
    };
  }
  if (parts.length === 2) {
    return (frame) => {
      const a = first!(frame);
      if (a instanceof Failure) return a;
      const b = second!(frame);
      return b instanceof Failure ? b : yielded(invoke(a, b), at);
    };
  }
  return (frame) => {
    const values: Value[] = [];
    for (const part of parts) {
      const value = part(frame);
      if (value instanceof Failure) return value;
      values.push(value);
    }
    return yielded(invoke(...values), at);
  };
}

/** What a function yields, located, and counted where it is a list. */
function yielded(result: Result, at: number): Result {
  if (typeof result !== 'object') return result;
  if (Array.isArray(result)) grow(result.length);
  return located(result, at);
}

/** The hot shapes that need no general call. */
function special(node: CallNode, compile: Compile): Evaluate | undefined {
  const [a, b] = node.args;
  switch (node.function) {
    case '!_':
      return negation(compile(a!), node.at);
    case '_==_':
      return equality(node, compile, true);
    case '_!=_':
      return equality(node, compile, false);
    case '_<_':
      return comparison(node, compile, (x, y) => x < y);
    case '_<=_':
      return comparison(node, compile, (x, y) => x <= y);
    case '_>_':
      return comparison(node, compile, (x, y) => x > y);
    case '_>=_':
      return comparison(node, compile, (x, y) => x >= y);
    case 'startsWith':
      return ofStrings(node, compile, (text, part) => text.startsWith(part));
    case 'endsWith':
      return ofStrings(node, compile, (text, part) => text.endsWith(part));
    case 'contains':
      return ofStrings(node, compile, (text, part) => text.includes(part));
    case 'matches':
      return b?.kind === 'constant' && typeof b.value === 'string'
        ? pattern(node, b.value, compile)
        : undefined;
    case 'hasValue':
      return a !== undefined && isOptionalChain(a) ? hasValue(a, compile) : undefined;
    case 'size':
      return size(node, compile);
    default:
      return undefined;
  }
}

function negation(operand: Evaluate, at: number): Evaluate {
  return (frame) => {
    const value = operand(frame);
    if (typeof value === 'boolean') return !value;
    return value instanceof Failure ? value : new CelError('no such overload', at);
  };
}

function equality({ args, at }: CallNode, compile: Compile, wanted: boolean): Evaluate {
  const [a, b] = args as [PlanNode, PlanNode];
  const exactly = (x: Value, y: Value): Result => (wanted ? located(equals(x, y), at) : !equal(x, y));
  if (b.kind === 'constant') {
    const { value: constant } = b;
    return equalsConstant(compile(a), constant, wanted, (value) => exactly(value, constant));
  }
  if (a.kind === 'constant') {
    const { value: constant } = a;
    return equalsConstant(compile(b), constant, wanted, (value) => exactly(constant, value));
  }
  const [left, right] = [compile(a), compile(b)];
  return (frame) => {
    const x = left(frame);
    if (x instanceof Failure) return x;
    const y = right(frame);
    return y instanceof Failure ? y : exactly(x, y);
  };
}

/** Texts, bools, null and two numbers are told apart at a glance; `exactly` compares the rest. */
function equalsConstant(
  operand: Evaluate,
  constant: Value,
  wanted: boolean,
  exactly: (value: Value) => Result,
): Evaluate {
  const unwanted = !wanted;
  const simple = typeof constant === 'string' || typeof constant === 'boolean' || constant === null;
  return (frame) => {
    const value = operand(frame);
    if (typeof value !== 'object' || value === null) {
      if (value === constant) return wanted;
      if (simple || (typeof value === 'number' && typeof constant === 'number')) return unwanted;
    } else if (value instanceof Failure) return value;
    return exactly(value);
  };
}

function comparison(
  { args, invoke, at }: CallNode,
  compile: Compile,
  holds: (a: number, b: number) => boolean,
): Evaluate {
  const [left, right] = [compile(args[0]!), compile(args[1]!)];
  return (frame) => {
    const a = left(frame);
    if (a instanceof Failure) return a;
    const b = right(frame);
    // NaN has no order, which the general comparison reports.
    if (typeof a === 'number' && typeof b === 'number' && a === a && b === b) return holds(a, b);
    return b instanceof Failure ? b : located(invoke(a, b), at);
  };
}

function ofStrings(
  { args, at }: CallNode,
  compile: Compile,
  test: (text: string, part: string) => boolean,
): Evaluate {
  const [left, right] = [compile(args[0]!), compile(args[1]!)];
  return (frame) => {
    const text = left(frame);
    if (text instanceof Failure) return text;
    const part = right(frame);
    if (typeof text === 'string' && typeof part === 'string') return test(text, part);
    return part instanceof Failure ? part : new CelError('no such overload', at);
  };
}

function pattern({ args, at }: CallNode, source: string, compile: Compile): Evaluate {
  const text = compile(args[0]!);
  const regex = compileRegex(source);
  return (frame) => {
    const value = text(frame);
    if (value instanceof Failure) return value;
    if (typeof value !== 'string') return new CelError('no such overload', at);
    return regex instanceof Regex ? regex.test(value) : new CelError(regex.message, at);
  };
}

function hasValue(operand: PlanNode, compile: Compile): Evaluate {
  const present = compilePresent(operand, compile);
  return (frame) => {
    const value = present(frame);
    return value instanceof Failure ? value : value !== undefined;
  };
}

function size({ args, invoke, at }: CallNode, compile: Compile): Evaluate {
  const operand = compile(args[0]!);
  return (frame) => {
    const value = operand(frame);
    if (Array.isArray(value)) return value.length;
    return value instanceof Failure ? value : located(invoke(value), at);
  };
}

/** `element in ['a', 'b']`. */
export function compileMembership({ element, values }: MembershipNode, compile: Compile): Evaluate {
  const operand = compile(element);
  const texts = values.every((value) => typeof value === 'string') ? new Set<unknown>(values) : undefined;
  return (frame) => {
    const value = operand(frame);
    if (value instanceof Failure) return value;
    return texts === undefined ? contains(value, values as Value[]) : texts.has(value);
  };
}

/** `left.or(right)`, `left.orValue(right)`; a left side that is no optional is the result itself, as in cel-go. */
export function compileOrElse({ left, right, unwrap }: OrElseNode, compile: Compile): Evaluate {
  const otherwise = compile(right);
  if (unwrap && left.type.kind === 'opaque') {
    const present = compilePresent(left, compile);
    return (frame) => {
      const value = present(frame);
      return value === undefined ? otherwise(frame) : value;
    };
  }
  const first = compile(left);
  return (frame): Result => {
    const value = first(frame);
    if (!(value instanceof Optional)) return value;
    if (value.value === undefined) return otherwise(frame);
    return unwrap ? value.value : value;
  };
}
