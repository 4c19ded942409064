import { sortByCost, sortByKeys } from '../extension/lists.ts';
import { grow, spend, spentSoFar } from '../limit.ts';
import { noSuchOverload } from '../plan/dispatch.ts';
import { MapBuilder } from '../plan/map-builder.ts';
import type { MacroNode } from '../plan/node.ts';
import { outerOptionals } from '../plan/outer-due.ts';
import { elementsOf, entriesOf } from '../plan/range.ts';
import { type AnyFailure, CelError, Failure, Optional, type Result, type Value } from '../value.ts';
import { knowsSortKeys } from '../plan/call-cost.ts';
import { isOptionalChain } from '../plan/chain.ts';
import { compilePresent } from './optional-chain.ts';
import { settledResult } from './step.ts';
import type { Compile } from './closure.ts';
import {
  charged,
  type Compiled,
  type Evaluate,
  type Frame,
  located,
  mergeFailures,
  notBool,
} from './frame.ts';

/**
 * A macro as a plain loop; what it yields, absorbs and costs is that of cel-go's comprehension. `explain/macro.ts` has
 * the charges one by one; here they are added up for all rounds.
 */
export function compileMacro(node: MacroNode, compile: Compile): Compiled {
  const body = compile(node.body);
  switch (node.name) {
    case 'optMap':
    case 'optFlatMap':
      return optionalMap(node, charged(body), compile);
    case 'sortBy':
      return sortBy(node, body, compile);
  }
  const { run: range, fixed } = compile(node.range);
  const end = node.name === 'exists_one' ? 2 : 1;
  return { run: overElements({ node, range, end }, body, compile), fixed: fixed + end };
}

/** A macro with its range; `end` is counted already, and not due where there is no range. */
interface Loop {
  readonly node: MacroNode;
  readonly range: Evaluate;
  readonly end: number;
}

function overElements(loop: Loop, body: Compiled, compile: Compile): Evaluate {
  const { node } = loop;
  const filter = node.filter === undefined ? undefined : charged(compile(node.filter));
  switch (node.name) {
    case 'all':
      return quantifier(loop, body, false);
    case 'exists':
      return quantifier(loop, body, true);
    case 'exists_one':
      return existsOne(loop, body);
    case 'filter':
      return bindsOpaque(node) ? settledElements(filtered(loop, body)) : filtered(loop, body);
    case 'transformMap':
      return mappedEntries(loop, filter, body, 3, (map, key, value) => map.insert(key, value));
    case 'transformMapEntry':
      return mappedEntries(loop, filter, body, 2, (map, _, value) => map.insertAll(value));
    default:
      return filter === undefined ? mapped(loop, body) : mappedWhere(loop, filter, body);
  }
}

/** What the macro runs over: elements, or pairs where it has two variables. */
function elementsIn(value: Result, { node, end }: Loop): readonly unknown[] | AnyFailure {
  const { slots, at } = node;
  const single = slots.length === 1;
  if (single && Array.isArray(value)) return value;
  const elements = single ? elementsOf(value, at) : entriesOf(value, at);
  if (elements instanceof Failure) spend(-end);
  return elements;
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
 * `all` stops at false, `exists` at true; failures before that are absorbed, else they are the result. Each round reads
 * and tests the accumulator before the body and reads it after; a decision is tested once more if elements are left.
 */
function quantifier(loop: Loop, { run: body, fixed }: Compiled, decisive: boolean): Evaluate {
  const { node, range } = loop;
  const { at, slots } = node;
  const neutral = !decisive;
  const condition = decisive ? 3 : 2;
  const each = condition + 1 + fixed;
  const [slot] = slots as [number];
  const single = slots.length === 1;
  return (frame) => {
    const elements = elementsIn(range(frame), loop);
    if (elements instanceof Failure) return elements;
    let failure: AnyFailure | undefined;
    const { length } = elements;
    for (let i = 0; i < length; i++) {
      if (single) frame[slot] = elements[i] as Value;
      else bind(frame, slots, elements[i]);
      const verdict = body(frame);
      if (verdict === decisive) {
        spend(each * (i + 1) + (i + 1 < length ? condition : 0));
        return decisive;
      }
      if (verdict !== neutral) failure = mergeFailures(failure, notBool(verdict, at));
    }
    spend(each * length);
    return failure ?? neutral;
  };
}

/** The last failure counts, as cel-go's accumulator is replaced by each. */
function existsOne(loop: Loop, { run: body, fixed }: Compiled): Evaluate {
  const { node, range } = loop;
  const { at, slots } = node;
  return (frame) => {
    const elements = elementsIn(range(frame), loop);
    if (elements instanceof Failure) return elements;
    grow(elements.length);
    let failure: AnyFailure | undefined;
    let count = 0;
    for (let i = 0; i < elements.length; i++) {
      bind(frame, slots, elements[i]);
      const value = body(frame);
      if (value === true) count++;
      else if (value !== false) failure = notBool(value, at);
    }
    spend(fixed * elements.length + 2 * count);
    return failure ?? count === 1;
  };
}

function filtered(loop: Loop, { run: body, fixed }: Compiled): Evaluate {
  const { node, range } = loop;
  const { at, slots } = node;
  return (frame) => {
    const elements = elementsIn(range(frame), loop);
    if (elements instanceof Failure) return elements;
    grow(elements.length);
    let failure: AnyFailure | undefined;
    const list: Value[] = [];
    for (let i = 0; i < elements.length; i++) {
      bind(frame, slots, elements[i]);
      const value = body(frame);
      if (value === true) list.push(elements[i] as Value);
      else if (value !== false) failure = notBool(value, at);
    }
    spend(fixed * elements.length + 13 * list.length);
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

/** What computing one element of a list costs beside its body. */
function elementCost({ body }: MacroNode): number {
  return body.kind === 'constant' ? 2 : 12;
}

/** A failure is the result, but the API server computes the other elements all the same. */
function mapped(loop: Loop, { run: body, fixed }: Compiled): Evaluate {
  const { node, range } = loop;
  const { slots } = node;
  const each = elementCost(node) + fixed;
  return (frame) => {
    const elements = elementsIn(range(frame), loop);
    if (elements instanceof Failure) return elements;
    let failure: AnyFailure | undefined;
    const list: Value[] = [];
    for (let i = 0; i < elements.length; i++) {
      bind(frame, slots, elements[i]);
      const value = body(frame);
      if (value instanceof Failure) failure ??= value;
      else list.push(value);
    }
    spend(each * elements.length);
    return failure ?? list;
  };
}

/** A failing filter replaces an earlier failure, a failing transformation does not, as in cel-go's accumulator. */
function mappedWhere(loop: Loop, filter: Evaluate, { run: body, fixed }: Compiled): Evaluate {
  const { node, range } = loop;
  const { at, slots } = node;
  const each = elementCost(node) + fixed;
  return (frame) => {
    const elements = elementsIn(range(frame), loop);
    if (elements instanceof Failure) return elements;
    grow(elements.length);
    let failure: AnyFailure | undefined;
    let computed = 0;
    const list: Value[] = [];
    for (let i = 0; i < elements.length; i++) {
      bind(frame, slots, elements[i]);
      const kept = filter(frame);
      if (kept === false) continue;
      if (kept !== true) {
        failure = notBool(kept, at);
        continue;
      }
      computed++;
      const value = body(frame);
      if (value instanceof Failure) failure ??= value;
      else list.push(value);
    }
    spend(each * computed);
    return failure ?? list;
  };
}

/**
 * `transformMap` and `transformMapEntry`; a key may come up only once. After a failure `transformMap` tests it in each
 * round, at a cost of 1, and computes no more; `transformMapEntry` computes its entries all the same.
 */
function mappedEntries(
  loop: Loop,
  filter: Evaluate | undefined,
  { run: body, fixed }: Compiled,
  each: number,
  insert: (map: MapBuilder, key: Value, value: Value) => CelError | undefined,
): Evaluate {
  const { node, range } = loop;
  const { at, slots } = node;
  const stops = node.name === 'transformMap';
  return (frame) => {
    const elements = elementsIn(range(frame), loop);
    if (elements instanceof Failure) return elements;
    if (filter !== undefined) grow(elements.length);
    let failure: AnyFailure | undefined;
    const collected = new MapBuilder(at);
    let cost = 0;
    for (let i = 0; i < elements.length; i++) {
      bind(frame, slots, elements[i]);
      const kept = filter === undefined || filter(frame);
      if (kept === false) continue;
      if (kept !== true) {
        failure = notBool(kept, at);
        continue;
      }
      if (stops && failure !== undefined) {
        cost += 1;
        continue;
      }
      cost += each + fixed;
      const value = body(frame);
      failure ??= value instanceof Failure ? value : insert(collected, frame[slots[0]!] as Value, value);
    }
    spend(cost);
    return failure ?? collected.result();
  };
}

/**
 * cel-go evaluates the optional twice, to ask whether it holds a value and, when the variable is first read, for the
 * value: that second cost waits in the slot `due`.
 */
function optionalMap(node: MacroNode, body: Evaluate, compile: Compile): Compiled {
  const slot = node.slots[0]!;
  const due = node.due!;
  const flat = node.name === 'optFlatMap';
  const chain = isOptionalChain(node.range) ? compilePresent(node.range, compile) : undefined;
  const { run: range, fixed } = chain ?? compile(node.range);
  const outer = outerOptionals(node.range).map((variable) => variable.due!);
  const run: Evaluate = (frame) => {
    const pending = sumAt(frame, outer);
    const before = spentSoFar();
    const value = range(frame);
    // An outer variable is read for the first time only once.
    const paid = pending - sumAt(frame, outer);
    const again = spentSoFar() - before + fixed + 1 - paid;
    if (value instanceof Failure) return value;
    if (chain === undefined && value !== undefined && !(value instanceof Optional)) {
      return located(noSuchOverload('hasValue', [value]), node.at);
    }
    const held = chain === undefined ? (value as Optional).value : value;
    if (held === undefined) {
      spend(1);
      return Optional.none;
    }
    frame[slot] = held;
    frame[due] = again;
    const result = body(frame);
    if (!flat) spend(1);
    if (result instanceof Failure) return result;
    return settledResult(flat ? result : new Optional(result));
  };
  return { run, fixed: fixed + 1 };
}

function sumAt(frame: Frame, slots: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < slots.length; i++) sum += frame[slots[i]!] as number;
  return sum;
}

/** `sortBy` maps the list to its keys and sorts by them; a failing key is the result once all have been computed. */
function sortBy(node: MacroNode, { run: body, fixed }: Compiled, compile: Compile): Compiled {
  const list = compile(node.range);
  const evaluate = list.run;
  const slot = node.slots[0]!;
  const each = elementCost(node) + fixed;
  const known = knowsSortKeys(node);
  const run: Evaluate = (frame): Result => {
    const value = evaluate(frame);
    const elements = elementsOf(value, node.at);
    if (elements instanceof Failure) return elements;
    const keys: Value[] = [];
    let failure: AnyFailure | undefined;
    for (const element of elements) {
      frame[slot] = element;
      const key = body(frame);
      if (key instanceof Failure) failure ??= key;
      else keys.push(key);
    }
    spend(each * elements.length + (known && failure === undefined ? sortByCost([[], keys], null) : 1));
    if (failure !== undefined) return failure;
    const sorted = sortByKeys(value as Value, keys);
    return sorted instanceof CelError ? new CelError(sorted.message, node.at) : sorted;
  };
  return { run, fixed: list.fixed + 3 };
}
