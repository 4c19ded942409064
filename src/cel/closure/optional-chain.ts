import { spend } from '../limit.ts';
import { isOptionalChain, keepsOptionalsClosed } from '../plan/chain.ts';
import type { IndexNode, PlanNode, SelectNode } from '../plan/node.ts';
import { hasField, optionalField } from '../select.ts';
import { optionalIndex } from '../standard/operators.ts';
import { CelError, Failure, Optional, type Result, type Value } from '../value.ts';
import type { Compile } from './closure.ts';
import { type Compiled, type Evaluate, type EvaluatePresent, located } from './frame.ts';
import { type Load, loadOf, type Loose } from './property.ts';
import { ambiguousNames, closed, isNothing, isPlain, refuseKey, type Step } from './step.ts';

/** An optional chain, `object.?spec.replicas`, as a value. */
export function compileOptional(node: SelectNode | IndexNode, compile: Compile): Compiled {
  const { run: present, fixed } = compilePresent(node, compile);
  const run: Evaluate = (frame) => {
    const value = present(frame);
    if (value === undefined) return Optional.none;
    return value instanceof Failure ? value : new Optional(value);
  };
  return { run, fixed };
}

/** `has` at the end of an optional chain. */
export function compileOptionalPresence(node: SelectNode, compile: Compile): Compiled {
  const { operand, field, at, charge } = node;
  const { run: present, fixed } = compileHolder(operand, compile);
  const run: Evaluate = (frame) => {
    const object = present(frame);
    if (object === undefined) return false;
    if (object instanceof Failure) return object;
    const found = hasField(object, field, at);
    if (found === true) spend(1);
    return found;
  };
  return { run, fixed: fixed + charge };
}

/** Evaluates an expression whose value is optional to what it holds, or undefined. */
export function compilePresent(node: PlanNode, compile: Compile): Compiled<EvaluatePresent> {
  if (!isOptionalChain(node)) return unwrapped(compile(node));
  if (node.kind === 'index' && fieldName(node) === undefined) {
    return presentElement(compileHolder(node.operand, compile), node, compile);
  }
  const fields: Step[] = [];
  let operand: PlanNode = node;
  let charge = 0;
  while (isOptionalChain(operand)) {
    const step = operand as SelectNode | IndexNode;
    const field = fieldName(step);
    if (field === undefined) break;
    fields.unshift({ field, at: step.at });
    charge += step.charge;
    operand = step.operand;
  }
  const { run: base, fixed } = isOptionalChain(operand) ? compilePresent(operand, compile) : compile(operand);
  const run = presentFields(base, fields, keepsOptionalsClosed(operand));
  return { run, fixed: fixed + charge + fields.length };
}

/** What the operand of a further step holds. */
function compileHolder(node: PlanNode, compile: Compile): Compiled<EvaluatePresent> {
  if (!keepsOptionalsClosed(node)) return compilePresent(node, compile);
  const { run, fixed } = compile(node);
  return { run: (frame) => closed(run(frame)), fixed };
}

function unwrapped({ run: evaluate, fixed }: Compiled): Compiled<EvaluatePresent> {
  const run: EvaluatePresent = (frame) => {
    const value = evaluate(frame);
    return value instanceof Optional ? value.value : value;
  };
  return { run, fixed };
}

/** The field a step asks for; an index by a constant string is the same as a selection. */
function fieldName(node: SelectNode | IndexNode): string | undefined {
  if (node.kind === 'select') return node.field;
  const { key } = node;
  return key.kind === 'constant' && typeof key.value === 'string' ? key.value : undefined;
}

/** A chain of fields that may each be absent: property loads, as in a plain chain. All steps have been counted. */
function presentFields(base: EvaluatePresent, steps: readonly Step[], closes: boolean): EvaluatePresent {
  if (!steps.every(({ field }) => !ambiguousNames.has(field))) {
    return (frame) => presentExactly(base(frame), steps, 0, closes);
  }
  const loads = steps.map(({ field }) => loadOf(field));
  const [first, second] = loads as [Load, Load];
  if (loads.length === 1) {
    return (frame) => {
      const value = base(frame);
      const found: Loose = first(value);
      return found === undefined ? absent(value, steps, 0, closes) : found;
    };
  }
  if (loads.length === 2) {
    return (frame) => {
      const value = base(frame);
      const found: Loose = first(value);
      if (found === undefined) return absent(value, steps, 0, closes);
      const last: Loose = second(found);
      return last === undefined ? absent(found, steps, 1, closes) : last;
    };
  }
  return (frame) => {
    let value = base(frame) as Loose;
    for (let i = 0; i < loads.length; i++) {
      const next: Loose = loads[i]!(value);
      if (next === undefined) return absent(value, steps, i, closes);
      value = next;
    }
    return value;
  };
}

/** What a step yields whose property load found nothing. */
function absent(
  value: Result | undefined,
  steps: readonly Step[],
  from: number,
  closes: boolean,
): Result | undefined {
  if (value !== undefined && !isPlain(value)) return presentExactly(value, steps, from, closes);
  spend(from - steps.length);
  return undefined;
}

function presentExactly(
  value: Result | undefined,
  steps: readonly Step[],
  from: number,
  closes: boolean,
): Result | undefined {
  let result = closes && from === 0 && value !== undefined ? closed(value) : value;
  for (let i = from; i < steps.length; i++) {
    if (result === undefined || result instanceof Failure) {
      spend(i - steps.length);
      return result;
    }
    const found: Result = optionalField(result, steps[i]!.field, steps[i]!.at);
    result = found instanceof Optional ? found.value : found;
    if (isNothing(found)) spend(-1);
  }
  return result;
}

function presentElement(
  { run: operand, fixed }: Compiled<EvaluatePresent>,
  { key, at, charge }: IndexNode,
  compile: Compile,
): Compiled<EvaluatePresent> {
  const { run: keyOf, fixed: rest } = compileKey(key, compile);
  const run: EvaluatePresent = (frame) => {
    const collection = operand(frame);
    if (collection === undefined || collection instanceof Failure) {
      if (rest > 0) spend(-rest);
      return collection;
    }
    const k = keyOf(frame);
    if (k instanceof Failure) return k;
    const found = optionalIndex(collection as Value, k as Value);
    if (!isNothing(found)) spend(1);
    return found instanceof Optional ? found.value : located(found as CelError, at);
  };
  return { run, fixed: fixed + charge + rest };
}

/** An index's key; lists, maps and null can be none, which only an evaluation tells. */
export function compileKey(node: PlanNode, compile: Compile): Compiled {
  const key = compile(node);
  if (node.kind === 'constant') return key;
  const { run: evaluate, fixed } = key;
  return { run: (frame) => refuseKey(evaluate(frame), node), fixed };
}
