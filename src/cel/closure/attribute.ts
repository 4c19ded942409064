import { isOptionalChain, keepsOptionalsClosed } from '../plan/chain.ts';
import type { IndexNode, PlanNode, SelectNode, VariableNode } from '../plan/node.ts';
import { hasField, optionalField, selectField, valueFields } from '../select.ts';
import { index, optionalIndex } from '../standard/operators.ts';
import { settled } from '../standard/optional.ts';
import { CelError, Double, Failure, Optional, type Result, Uint, Unknown, type Value } from '../value.ts';
import { goType } from '../plan/range.ts';
import { type Layout, Variables } from '../variables.ts';
import { spend } from '../limit.ts';
import type { Compile } from './closure.ts';
import { type Compiled, type Evaluate, type EvaluatePresent, located } from './frame.ts';
import { type Load, loadOf, type Loose } from './property.ts';

const objectPrototype = Object.prototype;
const getPrototypeOf = Object.getPrototypeOf;

/** A variable: what the frame holds, or an error where the activation has no such name. */
export function compileVariable({ slot, name, at, local, type, charge, due }: VariableNode): Compiled {
  const missing = new CelError(`no such attribute(s): ${name}`, at);
  const settles = local && type.kind === 'opaque';
  if (due !== undefined) {
    const run: Evaluate = (frame) => {
      const units = frame[due] as number;
      if (units !== 0) {
        spend(units);
        frame[due] = 0;
      }
      return settles ? settledResult(frame[slot]!) : frame[slot]!;
    };
    return { run, fixed: charge };
  }
  if (settles) return { run: (frame) => settledResult(frame[slot]!), fixed: charge };
  const run: Evaluate = (frame) => {
    const value = frame[slot];
    return value === undefined ? missing : value;
  };
  return { run, fixed: charge };
}

/** See `settled`. */
export function settledResult(value: Result): Result {
  return value instanceof Optional ? settled(value) : value;
}

/** A selection or `has`; each step that is reached costs 1, in an optional chain each that finds something. */
export function compileSelect(node: SelectNode, compile: Compile): Compiled {
  if (node.optional || isOptionalChain(node.operand)) {
    return node.test ? presenceIn(node, compile) : wrapped(compilePresent(node, compile));
  }
  if (node.test) return presence(node, compile);
  const chain = chainOf(node);
  if (chain !== undefined) return { run: directChain(chain), fixed: chain.root.charge + chain.steps.length };
  const { run, fixed } = compileOperand(node.operand, compile);
  return { run: oneStep(run, node.field, node.at), fixed: fixed + node.charge + 1 };
}

/** The operand of a further step, where an optional may have to count as a value without fields. */
function compileOperand(node: PlanNode, compile: Compile): Compiled {
  const operand = compile(node);
  if (!keepsOptionalsClosed(node)) return operand;
  const { run: evaluate, fixed } = operand;
  const run: Evaluate = (frame) => {
    const value = evaluate(frame);
    return value instanceof Optional ? fieldless : value;
  };
  return { run, fixed };
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
  if (operand.kind !== 'variable' || operand.type.kind === 'opaque' || operand.due !== undefined) {
    return undefined;
  }
  return { root: operand, steps };
}

/**
 * A chain as one loop of property loads, which is nearly all that policies do. A load that finds nothing, for whatever
 * reason, goes on in the exact way.
 */
function directChain({ root, steps }: Chain): Evaluate {
  const loads = steps.map(({ field }) => loadOf(field));
  const { slot } = root;
  const [first, second, third, fourth] = loads as [Load, Load, Load, Load];
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
  if (loads.length === 3) {
    return (frame) => {
      const value = third(second(first(frame[slot])));
      return value === undefined ? exactly(frame[slot], root, steps, 0) : value;
    };
  }
  if (loads.length === 4) {
    return (frame) => {
      const value = fourth(third(second(first(frame[slot]))));
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
    result = next === undefined ? countedStep(i === 0 ? closed(result) : result, steps[i]!) : next;
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
  if (value === undefined) {
    spend(from - steps.length);
    return new CelError(`no such attribute(s): ${name}`, at);
  }
  let result = value;
  for (let i = from; i < steps.length; i++) result = countedStep(result, steps[i]!);
  return result;
}

/**
 * A step that was counted as one that costs 1: on a failure there is none, and a step into an optional that finds nothing
 * costs nothing.
 */
function countedStep(operand: Result, { field, at }: Step): Result {
  if (operand instanceof Failure) {
    spend(-1);
    return operand;
  }
  const found = selectField(operand, field, at);
  if (operand instanceof Optional && isNothing(found)) spend(-1);
  return found;
}

/** Whether a step into an optional found nothing to charge. */
function isNothing(found: Result | undefined): boolean {
  const held = found instanceof Optional ? found.value : found;
  return held === undefined || held instanceof CelError;
}

/** A selection from any operand; on plain objects, nearly all there is, it is one property load. */
function oneStep(operand: Evaluate, field: string, at: number): Evaluate {
  const step = { field, at };
  if (field in objectPrototype) return (frame) => countedStep(operand(frame), step);
  const missing = new CelError(`no such key: ${field}`, at);
  return (frame) => {
    const object = operand(frame);
    if (typeof object === 'object' && object !== null && getPrototypeOf(object) === objectPrototype) {
      const value = (object as Record<string, Value>)[field];
      return value === undefined ? missing : value;
    }
    return countedStep(object, step);
  };
}

function presence({ operand: node, field, at, charge }: SelectNode, compile: Compile): Compiled {
  const { run: operand, fixed } = compileOperand(node, compile);
  return { run: presenceOf(node, operand, field, at), fixed: fixed + charge + 1 };
}

function presenceOf(node: PlanNode, operand: Evaluate, field: string, at: number): Evaluate {
  if (ambiguousNames.has(field)) return (frame) => countedPresence(operand(frame), field, at);
  const load = loadOf(field);
  if (node.kind === 'variable' && node.local && node.type.kind !== 'opaque' && node.due === undefined) {
    const { slot } = node;
    return (frame) => presentIn(frame[slot]!, load, field, at);
  }
  return (frame) => presentIn(operand(frame), load, field, at);
}

function presentIn(object: Result, load: Load, field: string, at: number): Result {
  const value = load(object);
  if (value !== undefined) return value instanceof Unknown ? value : true;
  return isPlain(object) ? false : countedPresence(object, field, at);
}

/** As `countedStep`. */
function countedPresence(operand: Result, field: string, at: number): Result {
  if (operand instanceof Failure) {
    spend(-1);
    return operand;
  }
  const found = hasField(operand, field, at);
  if (operand instanceof Optional && found !== true) spend(-1);
  return found;
}

function presenceIn({ operand, field, at, charge }: SelectNode, compile: Compile): Compiled {
  const { run: present, fixed } = compilePresentOperand(operand, compile);
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

/** `collection[key]` and `collection[?key]`. */
export function compileIndex(node: IndexNode, compile: Compile): Compiled {
  if (node.optional || isOptionalChain(node.operand)) return wrapped(compilePresent(node, compile));
  const { run: operand, fixed } = compileOperand(node.operand, compile);
  const { key, at } = node;
  const upToHere = fixed + node.charge;
  if (key.kind === 'constant' && typeof key.value === 'string' && !(key.value in objectPrototype)) {
    return { run: oneStep(operand, key.value, at), fixed: upToHere + 1 };
  }
  const keyNode = compileKey(key, compile);
  const keyOf = keyNode.run;
  const rest = keyNode.fixed + 1;
  const run: Evaluate = (frame) => {
    const collection = operand(frame);
    if (collection instanceof Failure || collection === Optional.none) {
      spend(-rest);
      return collection;
    }
    const k = keyOf(frame);
    if (typeof k === 'number' && Array.isArray(collection)) {
      const element = collection[k];
      if (element !== undefined) return element;
    }
    const found = k instanceof Failure ? k : located(index(collection as Value, k as Value), at);
    if (collection instanceof Optional && (k instanceof Failure || isNothing(found))) spend(-1);
    return found;
  };
  return { run, fixed: upToHere + rest };
}

/** An index's key; lists, maps and null can be none, which only an evaluation tells. */
function compileKey(node: PlanNode, compile: Compile): Compiled {
  const key = compile(node);
  if (node.kind === 'constant') return key;
  const { run: evaluate, fixed } = key;
  return { run: (frame) => refuseKey(evaluate(frame), node), fixed };
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
export function compilePresent(node: PlanNode, compile: Compile): Compiled<EvaluatePresent> {
  if (!isOptionalChain(node)) return unwrapped(compile(node));
  if (node.kind === 'index' && fieldName(node) === undefined) {
    return presentElement(compilePresentOperand(node.operand, compile), node, compile);
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
  const { run: base, fixed } = isOptionalChain(operand)
    ? compilePresent(operand, compile)
    : compileOperand(operand, compile);
  return { run: presentFields(base, fields), fixed: fixed + charge + fields.length };
}

/** What the operand of a further step holds. */
function compilePresentOperand(node: PlanNode, compile: Compile): Compiled<EvaluatePresent> {
  return keepsOptionalsClosed(node) ? compileOperand(node, compile) : compilePresent(node, compile);
}

/** The field a step asks for; an index by a constant string is the same as a selection. */
function fieldName(node: SelectNode | IndexNode): string | undefined {
  if (node.kind === 'select') return node.field;
  const { key } = node;
  return key.kind === 'constant' && typeof key.value === 'string' ? key.value : undefined;
}

/** A chain of fields that may each be absent: property loads, as in a plain chain. All steps have been counted. */
function presentFields(base: EvaluatePresent, steps: readonly Step[]): EvaluatePresent {
  const direct = steps.every(({ field }) => !ambiguousNames.has(field));
  if (!direct) return (frame) => presentExactly(base(frame), steps, 0);
  const loads = steps.map(({ field }) => loadOf(field));
  const [first, second] = loads as [Load, Load];
  if (loads.length === 1) {
    return (frame) => {
      const value = base(frame);
      const found: Loose = first(value);
      return found === undefined ? absent(value, steps, 0) : found;
    };
  }
  if (loads.length === 2) {
    return (frame) => {
      const value = base(frame);
      const found: Loose = first(value);
      if (found === undefined) return absent(value, steps, 0);
      const last: Loose = second(found);
      return last === undefined ? absent(found, steps, 1) : last;
    };
  }
  return (frame) => {
    let value = base(frame) as Loose;
    for (let i = 0; i < loads.length; i++) {
      const next: Loose = loads[i]!(value);
      if (next === undefined) return absent(value, steps, i);
      value = next;
    }
    return value;
  };
}

/** What a step yields whose property load found nothing. */
function absent(value: Result | undefined, steps: readonly Step[], from: number): Result | undefined {
  if (value !== undefined && !isPlain(value)) return presentExactly(value, steps, from);
  spend(from - steps.length);
  return undefined;
}

function presentExactly(value: Result | undefined, steps: readonly Step[], from: number): Result | undefined {
  let result = value;
  for (let i = from; i < steps.length; i++) {
    if (result === undefined || result instanceof Failure) {
      spend(i - steps.length);
      return result;
    }
    const found: Result = optionalField(result, steps[i]!.field, steps[i]!.at);
    result = found instanceof Optional ? found.value : found;
    if (isNothing(result)) spend(-1);
  }
  return result;
}

function presentElement(
  { run: operand, fixed }: Compiled<EvaluatePresent>,
  { key, at, charge }: IndexNode,
  compile: Compile,
): Compiled<EvaluatePresent> {
  const keyNode = compileKey(key, compile);
  const keyOf = keyNode.run;
  const rest = keyNode.fixed;
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
    return found instanceof Optional ? found.value : located(found, at);
  };
  return { run, fixed: fixed + charge + rest };
}

function unwrapped({ run: evaluate, fixed }: Compiled): Compiled<EvaluatePresent> {
  const run: EvaluatePresent = (frame) => {
    const value = evaluate(frame);
    return value instanceof Optional ? value.value : value;
  };
  return { run, fixed };
}

function wrapped({ run: present, fixed }: Compiled<EvaluatePresent>): Compiled {
  const run: Evaluate = (frame) => {
    const value = present(frame);
    if (value === undefined) return Optional.none;
    return value instanceof Failure ? value : new Optional(value);
  };
  return { run, fixed };
}
