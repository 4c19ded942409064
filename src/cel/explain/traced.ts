import { isMap, mapEntries } from '../map.ts';
import { named } from '../type-name.ts';
import { settled } from '../standard/optional.ts';
import { Optional, type Result, type Value } from '../value.ts';
import type { Path, Segment } from './path.ts';

/** A value together with where it comes from. */
export interface Traced {
  readonly value: Result;
  /** Where the value lives in an input, or where it was asked for and is not. */
  readonly path?: Path;
  /** The places a computed value was computed from. */
  readonly from?: readonly Path[];
  /** The elements of a list that was put together: each keeps its own origin. */
  readonly elements?: readonly Traced[];
  /** The entries of a map that was put together. */
  readonly entries?: ReadonlyMap<Value, Traced>;
  /** What an optional holds. */
  readonly held?: Traced;
  /** Why an element survived a filter. */
  readonly why?: readonly Path[];
}

/** The places that stand for a value: its own, else what it was computed from, else those of its parts. */
export function reasons(traced: Traced): readonly Path[] {
  if (traced.path !== undefined) return [traced.path];
  if (traced.from !== undefined) return traced.from;
  if (traced.held !== undefined) return reasons(traced.held);
  if (traced.elements !== undefined) return traced.elements.flatMap(reasonsOfElement);
  if (traced.entries !== undefined) return [...traced.entries.values()].flatMap(reasons);
  return [];
}

/** The places that stand for an element of a list: why it was chosen, else its own. */
export function reasonsOfElement(element: Traced): readonly Path[] {
  return element.why ?? reasons(element);
}

/** A value inside another one. */
export function child(parent: Traced, key: Segment, value: Result): Traced {
  const part = typeof key === 'number' ? parent.elements?.[key] : parent.entries?.get(key);
  if (part !== undefined) return part;
  if (parent.path !== undefined) return { value, path: [...parent.path, key] };
  return parent.from === undefined ? { value } : { value, from: parent.from };
}

/** See `settled`. */
export function settledTrace(traced: Traced): Traced {
  if (!(traced.value instanceof Optional)) return traced;
  const value = settled(traced.value);
  return value === traced.value ? traced : { value, from: reasons(traced) };
}

/** The elements of a list. */
export function elementsOf(list: Traced): readonly Traced[] {
  if (list.elements !== undefined) return list.elements;
  return (list.value as readonly Value[]).map((value, i) => child(list, i, value));
}

/** The entries of a map; a key is traced to its entry. */
export function entriesOf(map: Traced): readonly (readonly [key: Traced, value: Traced])[] {
  if (!isMap(map.value)) return [];
  return mapEntries(map.value).map(([key, value]) => {
    const segment = segmentOf(key);
    const entry = map.entries?.get(key) ?? child(map, segment, value);
    return [{ value: key, from: reasons(entry) }, entry] as const;
  });
}

/** A map key or index as a step of a path. */
export function segmentOf(key: Result): Segment {
  return typeof key === 'string' || typeof key === 'number' ? key : named(key);
}
