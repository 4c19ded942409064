import { bindsOpaque } from '../closure/macro.ts';
import { grow, spend, spentSoFar } from '../limit.ts';
import { knowsSortKeys } from '../plan/call-cost.ts';
import { MapBuilder } from '../plan/map-builder.ts';
import type { MacroNode } from '../plan/node.ts';
import { outerOptionals } from '../plan/outer-due.ts';
import { elementsOf as valuesOf, entriesOf as pairsOf, mayBeFree } from '../plan/range.ts';
import { sortByCost, sortByKeys } from '../extension/lists.ts';
import { noSuchOverload } from '../plan/dispatch.ts';
import { CelError, Failure, Optional, type Value } from '../value.ts';
import type { Explainer } from './explainer.ts';
import { boolOrFailure, mergeTraced } from './failure.ts';
import type { Path } from './path.ts';
import { elementsOf, entriesOf, reasons, reasonsOfElement, settledTrace, type Traced } from './traced.ts';

/** What one round of a macro binds. */
interface Round {
  readonly bound: readonly Traced[];
  /** The element or entry itself. */
  readonly element: Traced;
}

/**
 * A macro, charged as the comprehension that cel-go makes of it. Rounds that cel-go would skip because the result is
 * clear are run all the same, uncharged, so that every failing element is named.
 */
export function explainMacro(explainer: Explainer, node: MacroNode): Traced {
  switch (node.name) {
    case 'optMap':
    case 'optFlatMap':
      return optionalMap(explainer, node);
    case 'sortBy':
      return sortBy(explainer, node);
  }
  const range = explainer.node(node.range);
  const rounds = roundsOf(node, range);
  if ('value' in rounds) return rounds;
  if (mayBeFree(node)) grow(rounds.length);
  switch (node.name) {
    case 'all':
      return quantifier(explainer, node, range, rounds, false);
    case 'exists':
      return quantifier(explainer, node, range, rounds, true);
    case 'exists_one':
      return existsOne(explainer, node, range, rounds);
    case 'filter':
      return filtered(explainer, node, range, rounds);
    case 'map':
    case 'transformList':
      return mapped(explainer, node, range, rounds);
    case 'transformMap':
    case 'transformMapEntry':
      return mappedEntries(explainer, node, range, rounds);
  }
}

function roundsOf({ slots, at }: MacroNode, range: Traced): readonly Round[] | Traced {
  const values = slots.length === 2 ? pairsOf(range.value, at) : valuesOf(range.value, at);
  if (values instanceof Failure)
    return values === range.value ? range : { value: values, from: reasons(range) };
  if (!Array.isArray(range.value)) {
    return entriesOf(range).map(([key, element]) => ({
      bound: slots.length === 2 ? [key, element] : [key],
      element,
    }));
  }
  return elementsOf(range).map((element, i) => ({
    bound: slots.length === 2 ? [{ value: i, from: reasons(element) }, element] : [element],
    element,
  }));
}

function bind(explainer: Explainer, { slots }: MacroNode, { bound }: Round): void {
  slots.forEach((slot, i) => explainer.locals.set(slot, { ...bound[i]! }));
}

/** Reading the accumulator and testing it before each round: 2 for `all`, 3 for `exists` with its negation. */
function quantifier(
  explainer: Explainer,
  node: MacroNode,
  range: Traced,
  rounds: readonly Round[],
  decisive: boolean,
): Traced {
  const condition = decisive ? 3 : 2;
  const hits: Path[] = [];
  let decided = false;
  let failure: Traced | undefined;
  rounds.forEach((round, i) => {
    bind(explainer, node, round);
    if (decided) {
      explainer.suppose(() => decide(explainer.node(node.body), round));
      return;
    }
    spend(condition + 1);
    const body = explainer.node(node.body);
    decide(body, round);
    if (decided) spend(i + 1 < rounds.length ? condition : 0);
    else if (body.value !== !decisive) {
      const failed = boolOrFailure(body, node.at);
      failure = failure === undefined ? failed : mergeTraced(failure, failed);
    }
  });
  spend(1);
  if (decided) return { value: decisive, from: hits };
  return failure ?? { value: !decisive, from: rangeReasons(range) };

  function decide(body: Traced, { element }: Round): void {
    if (body.value !== decisive) return;
    decided = true;
    const found = reasons(body);
    hits.push(...(found.length > 0 ? found : reasonsOfElement(element)));
  }
}

/** Where a range as a whole comes from. */
function rangeReasons(range: Traced): readonly Path[] {
  if (range.path !== undefined) return [range.path];
  return range.from ?? reasons(range);
}

function existsOne(explainer: Explainer, node: MacroNode, range: Traced, rounds: readonly Round[]): Traced {
  const hits: Traced[] = [];
  let failure: Traced | undefined;
  for (const round of rounds) {
    bind(explainer, node, round);
    const body = explainer.node(node.body);
    if (body.value === true) {
      spend(2);
      hits.push({ ...round.element, why: orElement(reasons(body), round) });
    } else if (body.value !== false) failure = boolOrFailure(body, node.at);
  }
  spend(2);
  if (failure !== undefined) return failure;
  return {
    value: hits.length === 1,
    from: hits.length === 0 ? rangeReasons(range) : hits.flatMap(reasonsOfElement),
  };
}

function orElement(found: readonly Path[], { element }: Round): readonly Path[] {
  return found.length > 0 ? found : reasonsOfElement(element);
}

/** A survivor costs reading it and the accumulator, a list of one, and the concatenation. */
function filtered(explainer: Explainer, node: MacroNode, range: Traced, rounds: readonly Round[]): Traced {
  const kept: Traced[] = [];
  let failure: Traced | undefined;
  for (const round of rounds) {
    bind(explainer, node, round);
    const body = explainer.node(node.body);
    if (body.value === true) {
      spend(13);
      kept.push({ ...settledBinding(node, round.bound[0]!), why: orElement(reasons(body), round) });
    } else if (body.value !== false) failure = boolOrFailure(body, node.at);
  }
  spend(1);
  return (
    failure ?? { value: kept.map(({ value }) => value as Value), elements: kept, from: rangeReasons(range) }
  );
}

/** What reading the macro's variable yields. */
function settledBinding(node: MacroNode, bound: Traced): Traced {
  return bindsOpaque(node) ? settledTrace(bound) : bound;
}

function mapped(explainer: Explainer, node: MacroNode, range: Traced, rounds: readonly Round[]): Traced {
  const parts: Traced[] = [];
  let failure: Traced | undefined;
  const each = node.body.kind === 'constant' ? 2 : 12;
  for (const round of rounds) {
    bind(explainer, node, round);
    const kept = node.filter === undefined ? true : explainer.node(node.filter);
    const test = kept === true || kept.value;
    if (test === false) continue;
    if (test !== true) {
      failure = boolOrFailure(kept as Traced, node.at);
      continue;
    }
    spend(each);
    const body = explainer.node(node.body);
    if (body.value instanceof Failure) failure ??= body;
    else parts.push(withOrigin(body, round));
  }
  spend(1);
  return (
    failure ?? { value: parts.map(({ value }) => value as Value), elements: parts, from: rangeReasons(range) }
  );
}

/** A computed element without an origin stands for the element it was computed for. */
function withOrigin(body: Traced, { element }: Round): Traced {
  if (reasons(body).length > 0)
    return element.why === undefined || body.why !== undefined ? body : { ...body, why: element.why };
  return { ...body, from: reasonsOfElement(element) };
}

function mappedEntries(
  explainer: Explainer,
  node: MacroNode,
  range: Traced,
  rounds: readonly Round[],
): Traced {
  const built = new MapBuilder(node.at);
  const entries = new Map<Value, Traced>();
  const single = node.name === 'transformMap';
  let failure: Traced | undefined;
  for (const round of rounds) {
    bind(explainer, node, round);
    const kept = node.filter === undefined ? true : explainer.node(node.filter);
    const test = kept === true || kept.value;
    if (test === false) continue;
    if (test !== true) {
      failure = boolOrFailure(kept as Traced, node.at);
      continue;
    }
    spend(1);
    // With three arguments cel-go stops at the failed accumulator.
    if (single && failure !== undefined) continue;
    spend(single ? 2 : 1);
    const body = explainer.node(node.body);
    if (failure !== undefined) continue;
    if (body.value instanceof Failure) failure = body;
    else failure = insert(built, entries, single ? (round.bound[0]!.value as Value) : undefined, body);
  }
  spend(1);
  return failure ?? { value: built.result(), entries, from: rangeReasons(range) };
}

function insert(
  built: MapBuilder,
  entries: Map<Value, Traced>,
  key: Value | undefined,
  body: Traced,
): Traced | undefined {
  const value = body.value as Value;
  const problem = key === undefined ? built.insertAll(value) : built.insert(key, value);
  if (problem !== undefined) return { value: problem, from: reasons(body) };
  if (key !== undefined) entries.set(key, body);
  else for (const [k, part] of entriesOf(body)) entries.set(k.value as Value, part);
  return undefined;
}

/**
 * cel-go evaluates the optional twice, to ask whether it holds a value and, when the variable is first read, for the
 * value.
 */
function optionalMap(explainer: Explainer, node: MacroNode): Traced {
  const outer = outerOptionals(node.range).map(({ slot }) => slot);
  const pending = dueAt(explainer, outer);
  const before = spentSoFar();
  const optional = explainer.node(node.range);
  // An outer variable is read for the first time only once.
  const paid = pending - dueAt(explainer, outer);
  const again = spentSoFar() - before + 1 - paid;
  spend(1);
  if (optional.value instanceof Failure) return optional;
  if (!(optional.value instanceof Optional)) {
    return { value: new CelError(noSuchOverload('hasValue', [optional.value as Value]).message, node.at) };
  }
  if (optional.value.value === undefined) {
    spend(1);
    return optional;
  }
  const held = optional.held ?? { ...optional, value: optional.value.value };
  explainer.locals.set(node.slots[0]!, { ...held, due: again });
  const body = explainer.node(node.body);
  if (node.name === 'optFlatMap') return settledTrace(body);
  spend(1);
  if (body.value instanceof Failure) return body;
  const part = reasons(body).length > 0 ? body : { ...body, from: reasons(held) };
  return settledTrace({ value: new Optional(body.value as Value), held: part });
}

function dueAt({ locals }: Explainer, slots: readonly number[]): number {
  return slots.reduce((sum, slot) => sum + (locals.get(slot)?.due ?? 0), 0);
}

/** `sortBy` maps the list to its keys and sorts by them. */
function sortBy(explainer: Explainer, node: MacroNode): Traced {
  const list = explainer.node(node.range);
  spend(2);
  const elements = valuesOf(list.value, node.at);
  if (elements instanceof Failure) {
    spend(1);
    return elements === list.value ? list : { value: elements, from: reasons(list) };
  }
  const isList = Array.isArray(list.value);
  const parts = isList ? elementsOf(list) : elements.map((value): Traced => ({ value }));
  const keys: Value[] = [];
  let failure: Traced | undefined;
  for (const part of parts) {
    explainer.locals.set(node.slots[0]!, { ...part });
    spend(node.body.kind === 'constant' ? 2 : 12);
    const key = explainer.node(node.body);
    if (key.value instanceof Failure) failure ??= key;
    else keys.push(key.value);
  }
  spend(1);
  const known = knowsSortKeys(node);
  spend(known && failure === undefined ? sortByCost([[], keys], null) : 1);
  if (failure !== undefined) return failure;
  const order = sortByKeys(isList ? parts.map((_, i) => i) : (list.value as Value), keys);
  if (order instanceof CelError) return { value: new CelError(order.message, node.at), from: reasons(list) };
  const sorted = (order as readonly number[]).map((i) => parts[i]!);
  return { value: sorted.map(({ value }) => value as Value), elements: sorted, from: rangeReasons(list) };
}
