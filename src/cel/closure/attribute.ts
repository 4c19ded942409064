import type { IndexNode, PlanNode, SelectNode, VariableNode } from '../plan/node.ts';
import { hasField, optionalField, selectField } from '../select.ts';
import { index, optionalIndex } from '../standard/operators.ts';
import { settled } from '../standard/optional.ts';
import { CelError, Double, Failure, Optional, type Result, Uint, Unknown, type Value } from '../value.ts';
import { goType } from '../plan/range.ts';
import type { Compile } from './closure.ts';
import { type Evaluate, type EvaluatePresent, located } from './frame.ts';

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

/**
 * A selection. On plain objects, nearly all there is, it is one property load; everything else takes the exact way.
 * Names that objects inherit (`constructor`, `__proto__`) always take the exact way.
 */
export function compileSelect(node: SelectNode, compile: Compile): Evaluate {
  const { field, at } = node;
  if (node.optional || isOptionalChain(node.operand)) {
    return node.test ? presenceIn(node, compile) : wrapped(compilePresent(node, compile));
  }
  const operand = compile(node.operand);
  if (field in objectPrototype) {
    const exact = node.test ? hasField : selectField;
    return (frame) => exact(operand(frame), field, at);
  }
  return node.test ? presence(operand, field, at) : plainSelect(operand, field, at);
}

function plainSelect(operand: Evaluate, field: string, at: number): Evaluate {
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

function presence(operand: Evaluate, field: string, at: number): Evaluate {
  return (frame) => {
    const object = operand(frame);
    if (typeof object === 'object' && object !== null && getPrototypeOf(object) === objectPrototype) {
      const value = (object as Record<string, Result>)[field];
      return value instanceof Unknown ? value : value !== undefined;
    }
    return hasField(object, field, at);
  };
}

function presenceIn({ operand, field, at }: SelectNode, compile: Compile): Evaluate {
  const present = compilePresent(operand, compile);
  return (frame) => {
    const object = present(frame);
    return object !== undefined && hasField(object, field, at);
  };
}

/** `collection[key]` and `collection[?key]`. */
export function compileIndex(node: IndexNode, compile: Compile): Evaluate {
  if (node.optional || isOptionalChain(node.operand)) return wrapped(compilePresent(node, compile));
  const operand = compile(node.operand);
  const { key, at } = node;
  if (key.kind === 'constant' && typeof key.value === 'string' && !(key.value in objectPrototype)) {
    return plainSelect(operand, key.value, at);
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

/** Whether a chain of selections and indexes has become optional at or before this node. */
export function isOptionalChain(node: PlanNode): boolean {
  if ((node.kind !== 'select' && node.kind !== 'index') || (node.kind === 'select' && node.test))
    return false;
  return node.optional || isOptionalChain(node.operand);
}

/** Evaluates an expression whose value is optional to what it holds, or undefined. */
export function compilePresent(node: PlanNode, compile: Compile): EvaluatePresent {
  if (!isOptionalChain(node)) return unwrapped(compile(node));
  const step = node as SelectNode | IndexNode;
  const operand = compilePresent(step.operand, compile);
  return step.kind === 'select'
    ? presentField(operand, step.field, step.at)
    : presentElement(operand, step, compile);
}

function presentField(operand: EvaluatePresent, field: string, at: number): EvaluatePresent {
  const inherited = field in objectPrototype;
  return (frame) => {
    const object = operand(frame);
    if (typeof object !== 'object' || object === null) return undefined;
    if (!inherited && getPrototypeOf(object) === objectPrototype)
      return (object as Record<string, Value>)[field];
    const found = optionalField(object, field, at);
    return found instanceof Optional ? found.value : found;
  };
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
