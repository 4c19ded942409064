import { isOptionalChain } from '../plan/chain.ts';
import type { MacroNode } from '../plan/node.ts';
import { noSuchOverload } from '../plan/dispatch.ts';
import { MapBuilder } from '../plan/map-builder.ts';
import { elementsOf, entriesOf } from '../plan/range.ts';
import { spend } from '../limit.ts';
import { sortByKeys } from '../extension/lists.ts';
import { type AnyFailure, CelError, Failure, Optional, type Result, type Value } from '../value.ts';
import { compilePresent, settledResult } from './attribute.ts';
import type { Compile } from './closure.ts';
import { type Evaluate, type Frame, located, mergeFailures, notBool } from './frame.ts';

/** A macro as a plain loop; what it yields and absorbs is that of cel-go's comprehension. */
export function compileMacro(node: MacroNode, compile: Compile): Evaluate {
  const body = compile(node.body);
  const filter = node.filter === undefined ? undefined : compile(node.filter);
  switch (node.name) {
    case 'optMap':
    case 'optFlatMap':
      return optionalMap(node, body, compile);
    case 'sortBy':
      return sortBy(node, body, compile);
  }
  const range = compileElements(node, compile);
  switch (node.name) {
    case 'all':
      return quantifier(range, body, false, node);
    case 'exists':
      return quantifier(range, body, true, node);
    case 'exists_one':
      return existsOne(range, body, node);
    case 'filter':
      return bindsOpaque(node) ? settledElements(filtered(range, body, node)) : filtered(range, body, node);
    case 'map':
    case 'transformList':
      return filter === undefined ? mapped(range, body, node) : mappedWhere(range, filter, body, node);
    case 'transformMap':
      return mappedEntries(range, filter, body, node, (map, key, value) => map.insert(key, value));
    case 'transformMapEntry':
      return mappedEntries(range, filter, body, node, (map, _, value) => map.insertAll(value));
  }
}

type Elements = (frame: Frame) => readonly unknown[] | AnyFailure;

/** What the macro runs over: elements, or pairs where it has two variables. */
function compileElements({ range, slots, at }: MacroNode, compile: Compile): Elements {
  const evaluate = compile(range);
  if (slots.length === 2) return (frame) => entriesOf(evaluate(frame), at);
  return (frame) => {
    const value = evaluate(frame);
    return Array.isArray(value) ? value : elementsOf(value, at);
  };
}

/** Puts an element into the macro's variable, or a pair into its two. */
function bind(frame: Frame, slots: readonly number[], element: unknown): void {
  if (slots.length === 1) {
    frame[slots[0]!] = element as Value;
    return;
  }
  const [key, value] = element as readonly [Value, Value];
  frame[slots[0]!] = key;
  frame[slots[1]!] = value;
}

/**
 * What the API server charges at least for each round, beside the body: see `explain/macro.ts` for the exact charges. A
 * round of a constant filter may cost nothing; it counts 1 here, so that no number of rounds is free.
 */
function roundCharge({ name, filter, body }: MacroNode): number {
  if (name === 'all') return 3;
  if (name === 'exists') return 4;
  if (filter !== undefined || name === 'exists_one' || name === 'filter') return 1;
  return (name === 'map' || name === 'transformList' || name === 'sortBy') && body.kind !== 'constant'
    ? 12
    : 2;
}

/** `all` stops at false, `exists` at true; failures before that are absorbed, else they are the result. */
function quantifier(range: Elements, body: Evaluate, decisive: boolean, node: MacroNode): Evaluate {
  const { at, slots } = node;
  const neutral = !decisive;
  const charge = roundCharge(node);
  return (frame) => {
    const elements = range(frame);
    if (elements instanceof Failure) return elements;
    let failure: AnyFailure | undefined;
    for (let i = 0; i < elements.length; i++) {
      bind(frame, slots, elements[i]);
      const value = body(frame);
      if (value === decisive) {
        spend(charge * (i + 1));
        return decisive;
      }
      if (value !== neutral) failure = mergeFailures(failure, notBool(value, at));
    }
    spend(charge * elements.length);
    return failure ?? neutral;
  };
}

/** The last failure counts, as cel-go's accumulator is replaced by each. */
function existsOne(range: Elements, body: Evaluate, node: MacroNode): Evaluate {
  const { at, slots } = node;
  const charge = roundCharge(node);
  return (frame) => {
    const elements = range(frame);
    if (elements instanceof Failure) return elements;
    spend(charge * elements.length);
    let failure: AnyFailure | undefined;
    let count = 0;
    for (let i = 0; i < elements.length; i++) {
      bind(frame, slots, elements[i]);
      const value = body(frame);
      if (value === true) count++;
      else if (value !== false) failure = notBool(value, at);
    }
    return failure ?? count === 1;
  };
}

function filtered(range: Elements, body: Evaluate, node: MacroNode): Evaluate {
  const { at, slots } = node;
  const charge = roundCharge(node);
  return (frame) => {
    const elements = range(frame);
    if (elements instanceof Failure) return elements;
    spend(charge * elements.length);
    let failure: AnyFailure | undefined;
    const list: Value[] = [];
    for (let i = 0; i < elements.length; i++) {
      bind(frame, slots, elements[i]);
      const value = body(frame);
      if (value === true) list.push(elements[i] as Value);
      else if (value !== false) failure = notBool(value, at);
    }
    return failure ?? list;
  };
}

/** Whether the elements that the macro runs over may be optionals. */
export function bindsOpaque({ range: { type } }: MacroNode): boolean {
  return type.kind === 'list' && type.element.kind === 'opaque';
}

/** The survivors are what reading the macro's variable yields. */
function settledElements(list: Evaluate): Evaluate {
  return (frame) => {
    const elements = list(frame);
    return Array.isArray(elements)
      ? elements.map((element) => settledResult(element as Value) as Value)
      : elements;
  };
}

function mapped(range: Elements, body: Evaluate, node: MacroNode): Evaluate {
  const { slots } = node;
  const charge = roundCharge(node);
  return (frame) => {
    const elements = range(frame);
    if (elements instanceof Failure) return elements;
    spend(charge * elements.length);
    const list: Value[] = [];
    for (let i = 0; i < elements.length; i++) {
      bind(frame, slots, elements[i]);
      const value = body(frame);
      if (value instanceof Failure) return value;
      list.push(value);
    }
    return list;
  };
}

/** A failing filter replaces an earlier failure, a failing transformation does not, as in cel-go's accumulator. */
function mappedWhere(range: Elements, filter: Evaluate, body: Evaluate, node: MacroNode): Evaluate {
  const { at, slots } = node;
  const charge = roundCharge(node);
  return (frame) => {
    const elements = range(frame);
    if (elements instanceof Failure) return elements;
    spend(charge * elements.length);
    let failure: AnyFailure | undefined;
    const list: Value[] = [];
    for (let i = 0; i < elements.length; i++) {
      bind(frame, slots, elements[i]);
      const kept = filter(frame);
      if (kept === false) continue;
      if (kept !== true) failure = notBool(kept, at);
      else if (failure === undefined) {
        const value = body(frame);
        if (value instanceof Failure) failure = value;
        else list.push(value);
      }
    }
    return failure ?? list;
  };
}

/** `transformMap` and `transformMapEntry`; a key may come up only once. */
function mappedEntries(
  range: Elements,
  filter: Evaluate | undefined,
  body: Evaluate,
  node: MacroNode,
  insert: (map: MapBuilder, key: Value, value: Value) => CelError | undefined,
): Evaluate {
  const { at, slots } = node;
  const charge = roundCharge(node);
  return (frame) => {
    const elements = range(frame);
    if (elements instanceof Failure) return elements;
    spend(charge * elements.length);
    let failure: AnyFailure | undefined;
    const collected = new MapBuilder(at);
    for (let i = 0; i < elements.length; i++) {
      bind(frame, slots, elements[i]);
      const kept = filter === undefined || filter(frame);
      if (kept === false) continue;
      if (kept !== true) failure = notBool(kept, at);
      else if (failure === undefined) {
        const value = body(frame);
        failure = value instanceof Failure ? value : insert(collected, frame[slots[0]!] as Value, value);
      }
    }
    return failure ?? collected.result();
  };
}

function optionalMap(node: MacroNode, body: Evaluate, compile: Compile): Evaluate {
  const slot = node.slots[0]!;
  const flat = node.name === 'optFlatMap';
  const mapped = (frame: Frame, held: Result): Result => {
    frame[slot] = held;
    const result = body(frame);
    if (result instanceof Failure) return result;
    return settledResult(flat ? result : new Optional(result));
  };
  if (isOptionalChain(node.range)) {
    const present = compilePresent(node.range, compile);
    return (frame) => {
      const held = present(frame);
      if (held === undefined) return Optional.none;
      return held instanceof Failure ? held : mapped(frame, held);
    };
  }
  const range = compile(node.range);
  return (frame) => {
    const optional = range(frame);
    if (optional instanceof Failure) return optional;
    if (!(optional instanceof Optional)) return located(noSuchOverload('hasValue', [optional]), node.at);
    return optional.value === undefined ? optional : mapped(frame, optional.value);
  };
}

function sortBy(node: MacroNode, body: Evaluate, compile: Compile): Evaluate {
  const list = compile(node.range);
  const slot = node.slots[0]!;
  const charge = roundCharge(node);
  return (frame): Result => {
    const elements = list(frame);
    if (elements instanceof Failure) return elements;
    if (!Array.isArray(elements)) return elementsOf(elements, node.at) as AnyFailure;
    spend(charge * elements.length);
    const keys: Value[] = [];
    for (const element of elements) {
      frame[slot] = element;
      const key = body(frame);
      if (key instanceof Failure) return key;
      keys.push(key);
    }
    const sorted = sortByKeys(elements, keys);
    return sorted instanceof CelError ? new CelError(sorted.message, node.at) : sorted;
  };
}
