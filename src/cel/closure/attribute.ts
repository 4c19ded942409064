import { isOptionalChain, keepsOptionalsClosed } from '../plan/chain.ts';
import type { IndexNode, PlanNode, SelectNode, VariableNode } from '../plan/node.ts';
import { hasField, optionalField, selectField, valueFields } from '../select.ts';
import { index, optionalIndex } from '../standard/operators.ts';
import { settled } from '../standard/optional.ts';
import { CelError, Double, Failure, Optional, type Result, Uint, Unknown, type Value } from '../value.ts';
import { goType } from '../plan/range.ts';
import { type Layout, Variables } from '../variables.ts';
import type { Compile } from './closure.ts';
import { type Evaluate, type EvaluatePresent, located } from './frame.ts';
import { type Load, loadOf, type Loose } from './property.ts';

const objectPrototype = Object.prototype;
const getPrototypeOf = Object.getPrototypeOf;

/** A variable: what the frame holds, or an error where the activation has no such name. */
export function compileVariable({ slot, name, at, local, type }: VariableNode): Evaluate {
  if (local && type.kind === 'opaque') return (frame) => settledResult(frame[slot]!);
  const missing = new CelError(`no such attribute(s): ${name}`, at);
  return (frame) => {
    const value = frame[slot];
    return value === undefined ? missing : value;
  };
}

/** See `settled`. */
export function settledResult(value: Result): Result {
  return value instanceof Optional ? settled(value) : value;
}

/** A selection or `has`. */
export function compileSelect(node: SelectNode, compile: Compile): Evaluate {
  const { field, at } = node;
  if (node.optional || isOptionalChain(node.operand)) {
    return node.test ? presenceIn(node, compile) : wrapped(compilePresent(node, compile));
  }
  if (node.test) return presence(node, compile);
  const chain = chainOf(node);
  return chain === undefined ? oneStep(compileOperand(node.operand, compile), field, at) : directChain(chain);
}

/** The operand of a further step, where an optional may have to count as a value without fields. */
function compileOperand(node: PlanNode, compile: Compile): Evaluate {
  const operand = compile(node);
  if (!keepsOptionalsClosed(node)) return operand;
  return (frame) => {
    const value = operand(frame);
    return value instanceof Optional ? fieldless : value;
  };
}

/** Stands for an optional that a chain does not look into. */
export const fieldless = true;

/**
 * Names that a property load could find on something other than a plain object: what built-in prototypes have, and the
 * fields of the classes that carry values. Selections of these names look closely at their operand.
 */
const ambiguousNames = new Set(
  [
    Object.prototype,
    Array.prototype,
    String.prototype,
    Number.prototype,
    BigInt.prototype,
    Boolean.prototype,
    Map.prototype,
    Uint8Array.prototype,
    getPrototypeOf(Uint8Array.prototype) as object,
  ]
    .flatMap((prototype) => Object.getOwnPropertyNames(prototype))
    .concat(valueFields),
);

interface Step {
  readonly field: string;
  readonly at: number;
}

/** `variable.a.b.c`, where every step may be a mere property load. */
interface Chain {
  readonly root: VariableNode;
  readonly steps: readonly Step[];
}

function chainOf(node: PlanNode): Chain | undefined {
  const steps: Step[] = [];
  let operand = node;
  while (operand.kind === 'select' && !operand.optional && !operand.test) {
    if (ambiguousNames.has(operand.field)) return undefined;
    steps.unshift({ field: operand.field, at: operand.at });
    operand = operand.operand;
  }
  return operand.kind === 'variable' && operand.type.kind !== 'opaque' ? { root: operand, steps } : undefined;
}

/**
 * A chain as one loop of property loads, which is nearly all that policies do. A load that finds nothing, for whatever
 * reason, goes on in the exact way.
 */
function directChain({ root, steps }: Chain): Evaluate {
  const loads = steps.map(({ field }) => loadOf(field));
  const { slot } = root;
  const [first, second] = loads as [Load, Load];
  if (root.type.kind === 'struct' && !root.local) return fromStruct(root, steps);
  if (loads.length === 1) {
    return (frame) => {
      const value = first(frame[slot]);
      return value === undefined ? exactly(frame[slot], root, steps, 0) : value;
    };
  }
  if (loads.length === 2) {
    return (frame) => {
      const value = second(first(frame[slot]));
      return value === undefined ? exactly(frame[slot], root, steps, 0) : value;
    };
  }
  return (frame) => {
    let value = frame[slot] as Loose;
    for (let i = 0; i < loads.length; i++) {
      const next: Loose = loads[i]!(value);
      if (next === undefined) return exactly(value, root, steps, i);
      value = next;
    }
    return value;
  };
}

function isPlain(value: unknown): boolean {
  return typeof value === 'object' && value !== null && getPrototypeOf(value) === objectPrototype;
}

/** A chain from a variable with declared fields: a policy's `variables`, or an input such as `request`. */
function fromStruct(root: VariableNode, steps: readonly Step[]): Evaluate {
  const { slot } = root;
  const { field, at } = steps[0]!;
  const rest = steps.slice(1);
  const loads = rest.map((step) => loadOf(step.field));
  const missing = new CelError(`no such key: ${field}`, at);
  let layout: Layout | undefined;
  let index = -1;
  return (frame) => {
    const input = frame[slot] as Result | Variables | undefined;
    if (!(input instanceof Variables)) return exactly(input, root, steps, 0);
    if (input.layout !== layout) {
      layout = input.layout;
      index = layout.indexOf(field);
    }
    const value = index < 0 ? missing : input.at(index);
    return rest.length === 0 ? value : along(value, rest, loads);
  };
}

function along(value: Result, steps: readonly Step[], loads: readonly Load[]): Result {
  let result = value as Loose;
  for (let i = 0; i < steps.length; i++) {
    const next: Loose = loads[i]!(result);
    result =
      next === undefined
        ? selectField(i === 0 ? closed(result) : result, steps[i]!.field, steps[i]!.at)
        : next;
  }
  return result;
}

/** A policy's variable may be an optional, which a chain from `variables` does not look into. */
function closed(value: Result): Result {
  return value instanceof Optional ? fieldless : value;
}

function exactly(
  value: Result | undefined,
  { name, at }: VariableNode,
  steps: readonly Step[],
  from: number,
): Result {
  if (value === undefined) return new CelError(`no such attribute(s): ${name}`, at);
  let result = value;
  for (const step of steps.slice(from)) result = selectField(result, step.field, step.at);
  return result;
}

/** A selection from any operand; on plain objects, nearly all there is, it is one property load. */
function oneStep(operand: Evaluate, field: string, at: number): Evaluate {
  if (field in objectPrototype) return (frame) => selectField(operand(frame), field, at);
  const missing = new CelError(`no such key: ${field}`, at);
  return (frame) => {
    const object = operand(frame);
    if (typeof object === 'object' && object !== null && getPrototypeOf(object) === objectPrototype) {
      const value = (object as Record<string, Value>)[field];
      return value === undefined ? missing : value;
    }
    return object instanceof Failure ? object : selectField(object, field, at);
  };
}

function presence({ operand: node, field, at }: SelectNode, compile: Compile): Evaluate {
  const operand = compileOperand(node, compile);
  if (ambiguousNames.has(field)) return (frame) => hasField(operand(frame), field, at);
  const load = loadOf(field);
  if (node.kind === 'variable' && node.local && node.type.kind !== 'opaque') {
    const { slot } = node;
    return (frame) => presentIn(frame[slot]!, load, field, at);
  }
  return (frame) => presentIn(operand(frame), load, field, at);
}

function presentIn(object: Result, load: Load, field: string, at: number): Result {
  const value = load(object);
  if (value !== undefined) return value instanceof Unknown ? value : true;
  return isPlain(object) ? false : hasField(object, field, at);
}

function presenceIn({ operand, field, at }: SelectNode, compile: Compile): Evaluate {
  const present = compilePresentOperand(operand, compile);
  return (frame) => {
    const object = present(frame);
    return object !== undefined && hasField(object, field, at);
  };
}

/** `collection[key]` and `collection[?key]`. */
export function compileIndex(node: IndexNode, compile: Compile): Evaluate {
  if (node.optional || isOptionalChain(node.operand)) return wrapped(compilePresent(node, compile));
  const operand = compileOperand(node.operand, compile);
  const { key, at } = node;
  if (key.kind === 'constant' && typeof key.value === 'string' && !(key.value in objectPrototype)) {
    return oneStep(operand, key.value, at);
  }
  const keyOf = compileKey(key, compile);
  return (frame) => {
    const collection = operand(frame);
    if (collection instanceof Failure || collection === Optional.none) return collection;
    const k = keyOf(frame);
    if (k instanceof Failure) return k;
    if (typeof k === 'number' && Array.isArray(collection)) {
      const element = collection[k];
      if (element !== undefined) return element;
    }
    return located(index(collection as Value, k as Value), at);
  };
}

/** An index's key; lists, maps and null can be none, which only an evaluation tells. */
function compileKey(node: PlanNode, compile: Compile): Evaluate {
  const key = compile(node);
  if (node.kind === 'constant') return key;
  return (frame) => refuseKey(key(frame), node);
}

/**
 * The error of a key that can be none, else the key. cel-go names the Go type, which is that of the decoded object where
 * the key is a plain variable or selection. Source: cel-go `interpreter/attributes.go`, `newQualifier`.
 */
export function refuseKey(value: Result, { kind, at }: PlanNode): Result {
  if (
    typeof value !== 'object' ||
    value instanceof Failure ||
    value instanceof Double ||
    value instanceof Uint
  )
    return value;
  const native = kind === 'variable' || kind === 'select' || kind === 'index' ? nativeType(value) : undefined;
  return new CelError(`invalid qualifier type: ${native ?? goType(value)}`, at);
}

function nativeType(value: Value): string | undefined {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return '[]interface {}';
  return getPrototypeOf(value) === objectPrototype ? 'map[string]interface {}' : undefined;
}

/** Evaluates an expression whose value is optional to what it holds, or undefined. */
export function compilePresent(node: PlanNode, compile: Compile): EvaluatePresent {
  if (!isOptionalChain(node)) return unwrapped(compile(node));
  if (node.kind === 'index' && fieldName(node) === undefined) {
    return presentElement(compilePresentOperand(node.operand, compile), node, compile);
  }
  const fields: { field: string; at: number }[] = [];
  let operand: PlanNode = node;
  while (isOptionalChain(operand)) {
    const step = operand as SelectNode | IndexNode;
    const field = fieldName(step);
    if (field === undefined) break;
    fields.unshift({ field, at: step.at });
    operand = step.operand;
  }
  return presentFields(
    isOptionalChain(operand) ? compilePresent(operand, compile) : compileOperand(operand, compile),
    fields,
  );
}

/** What the operand of a further step holds. */
function compilePresentOperand(node: PlanNode, compile: Compile): EvaluatePresent {
  return keepsOptionalsClosed(node) ? compileOperand(node, compile) : compilePresent(node, compile);
}

/** The field a step asks for; an index by a constant string is the same as a selection. */
function fieldName(node: SelectNode | IndexNode): string | undefined {
  if (node.kind === 'select') return node.field;
  const { key } = node;
  return key.kind === 'constant' && typeof key.value === 'string' ? key.value : undefined;
}

/** A chain of fields that may each be absent: property loads, as in a plain chain. */
function presentFields(base: EvaluatePresent, steps: readonly Step[]): EvaluatePresent {
  const direct = steps.every(({ field }) => !ambiguousNames.has(field));
  if (!direct) return (frame) => presentExactly(base(frame), steps, 0);
  const loads = steps.map(({ field }) => loadOf(field));
  if (loads.length === 1) {
    const [load] = loads as [Load];
    return (frame) => {
      const value = base(frame);
      const found: Loose = load(value);
      if (found !== undefined) return found;
      return value === undefined || isPlain(value) ? undefined : presentExactly(value, steps, 0);
    };
  }
  return (frame) => {
    let value = base(frame) as Loose;
    for (let i = 0; i < loads.length; i++) {
      const next: Loose = loads[i]!(value);
      if (next === undefined) {
        if (value === undefined || isPlain(value)) return undefined;
        return presentExactly(value, steps, i);
      }
      value = next;
    }
    return value;
  };
}

function presentExactly(value: Result | undefined, steps: readonly Step[], from: number): Result | undefined {
  let result = value;
  for (let i = from; i < steps.length && result !== undefined; i++) {
    const found: Result = optionalField(result, steps[i]!.field, steps[i]!.at);
    result = found instanceof Optional ? found.value : found;
  }
  return result;
}

function presentElement(operand: EvaluatePresent, { key, at }: IndexNode, compile: Compile): EvaluatePresent {
  const keyOf = compileKey(key, compile);
  return (frame) => {
    const collection = operand(frame);
    if (collection === undefined || collection instanceof Failure) return collection;
    const k = keyOf(frame);
    if (k instanceof Failure) return k;
    const found = optionalIndex(collection as Value, k as Value);
    return found instanceof Optional ? found.value : located(found, at);
  };
}

function unwrapped(evaluate: Evaluate): EvaluatePresent {
  return (frame) => {
    const value = evaluate(frame);
    return value instanceof Optional ? value.value : value;
  };
}

function wrapped(present: EvaluatePresent): Evaluate {
  return (frame) => {
    const value = present(frame);
    if (value === undefined) return Optional.none;
    return value instanceof Failure ? value : new Optional(value);
  };
}
