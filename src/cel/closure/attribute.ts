import { spend } from '../limit.ts';
import { isOptionalChain, keepsOptionalsClosed } from '../plan/chain.ts';
import type { IndexNode, PlanNode, SelectNode, VariableNode } from '../plan/node.ts';
import { index } from '../standard/operators.ts';
import { CelError, Failure, Optional, type Result, Unknown, type Value, type ValueMap } from '../value.ts';
import { compileChain } from './chain.ts';
import type { Compile } from './closure.ts';
import { type Compiled, type Evaluate, located } from './frame.ts';
import { compileKey, compileOptional, compileOptionalPresence } from './optional-chain.ts';
import { type Load, loadOf } from './property.ts';
import {
  ambiguousNames,
  closed,
  countedPresence,
  countedStep,
  isNothing,
  isPlain,
  settledResult,
  type Step,
} from './step.ts';

export { fieldless, refuseKey, settledResult } from './step.ts';

const objectPrototype = Object.prototype;
const getPrototypeOf = Object.getPrototypeOf;

/** A variable: what the frame holds, or an error where the activation has no such name. */
export function compileVariable(node: VariableNode): Compiled {
  const { slot, name, at, local, type, charge, due } = node;
  const settles = local && type.kind === 'opaque';
  if (due !== undefined) return { run: firstReading(slot, due, settles), fixed: charge };
  if (settles) return { run: (frame) => settledResult(frame[slot]!), fixed: charge };
  const missing = new CelError(`no such attribute(s): ${name}`, at);
  const run: Evaluate = (frame) => {
    const value = frame[slot];
    return value === undefined ? missing : value;
  };
  return { run, fixed: charge };
}

/** A variable of `optMap`, which costs more when it is read for the first time; see `due` of the node. */
function firstReading(slot: number, due: number, settles: boolean): Evaluate {
  return (frame) => {
    const units = frame[due] as number;
    if (units !== 0) {
      spend(units);
      frame[due] = 0;
    }
    return settles ? settledResult(frame[slot]!) : frame[slot]!;
  };
}

/** A selection or `has`; each step that is reached costs 1, in an optional chain each that finds something. */
export function compileSelect(node: SelectNode, compile: Compile): Compiled {
  if (node.optional || isOptionalChain(node.operand)) {
    return node.test ? compileOptionalPresence(node, compile) : compileOptional(node, compile);
  }
  if (!node.test) return compileChain(node) ?? compileStep(node, node.field, compile);
  const { run, fixed } = compile(node.operand);
  return { run: presence(node, run), fixed: fixed + node.charge + 1 };
}

/** A selection from any operand; on plain objects, nearly all there is, it is one property load. */
function compileStep(node: SelectNode | IndexNode, field: string, compile: Compile): Compiled {
  const { run: operand, fixed } = compile(node.operand);
  const step = { field, at: node.at };
  const closes = keepsOptionalsClosed(node.operand);
  const exactly = (object: Result): Result => countedStep(closes ? closed(object) : object, step);
  const upToHere = fixed + node.charge + 1;
  if (field in objectPrototype) return { run: (frame) => exactly(operand(frame)), fixed: upToHere };
  const missing = new CelError(`no such key: ${field}`, node.at);
  const run: Evaluate = (frame) => {
    const object = operand(frame);
    if (typeof object === 'object' && object !== null && getPrototypeOf(object) === objectPrototype) {
      const value = (object as Record<string, Value>)[field];
      return value === undefined ? missing : value;
    }
    return exactly(object);
  };
  return { run, fixed: upToHere };
}

function presence({ operand: node, field, at }: SelectNode, operand: Evaluate): Evaluate {
  const step = { field, at };
  const closes = keepsOptionalsClosed(node);
  if (ambiguousNames.has(field)) {
    return (frame) => {
      const object = operand(frame);
      return countedPresence(closes ? closed(object) : object, step);
    };
  }
  const load = loadOf(field);
  if (node.kind === 'variable' && node.local && node.type.kind !== 'opaque' && node.due === undefined) {
    const { slot } = node;
    return (frame) => presentIn(frame[slot]!, load, step, closes);
  }
  return (frame) => presentIn(operand(frame), load, step, closes);
}

function presentIn(object: Result, load: Load, step: Step, closes: boolean): Result {
  const value = load(object);
  if (value !== undefined) return value instanceof Unknown ? value : true;
  return isPlain(object) ? false : countedPresence(closes ? closed(object) : object, step);
}

/** `collection[key]` and `collection[?key]`. */
export function compileIndex(node: IndexNode, compile: Compile): Compiled {
  if (node.optional || isOptionalChain(node.operand)) return compileOptional(node, compile);
  const { key } = node;
  if (key.kind === 'constant' && typeof key.value === 'string' && !(key.value in objectPrototype)) {
    return compileStep(node, key.value, compile);
  }
  return compileElement(node, key, compile);
}

function compileElement(node: IndexNode, key: PlanNode, compile: Compile): Compiled {
  const { at } = node;
  const { run: operand, fixed } = compile(node.operand);
  const closes = keepsOptionalsClosed(node.operand);
  const compiledKey = compileKey(key, compile);
  const keyOf = compiledKey.run;
  /** The step itself has been counted. */
  const rest = compiledKey.fixed + 1;
  const run: Evaluate = (frame) => {
    const value = operand(frame);
    const collection = closes ? closed(value) : value;
    if (collection instanceof Failure || collection === Optional.none) {
      spend(-rest);
      return collection;
    }
    const k = keyOf(frame);
    if (typeof k === 'number' && Array.isArray(collection)) {
      const element = collection[k];
      if (element !== undefined) return element;
    } else if (typeof k === 'string' && isPlain(collection) && Object.hasOwn(collection as object, k)) {
      return (collection as ValueMap)[k]!;
    }
    const found = k instanceof Failure ? k : located(index(collection as Value, k as Value), at);
    if (collection instanceof Optional && (k instanceof Failure || isNothing(found))) spend(-1);
    return found;
  };
  return { run, fixed: fixed + node.charge + rest };
}
