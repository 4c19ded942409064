import type { Document } from './document.ts';
import { findPlaces } from './fast/index.ts';
import { ALIAS, MAPPING, SCALAR, SEQUENCE, readGrammar } from './grammar.ts';
import { isJson } from './json.ts';
import { Layout } from './layout.ts';
import type { Entry } from './layout.ts';
import { Refusal } from './problem.ts';
import type { Span } from './problem.ts';
import { scalarSource } from './source-map.ts';
import type { ScalarSource } from './source-map.ts';

/** Steps from a document's root: keys of objects, indices of lists. */
export type Path = readonly (string | number)[];

/** Where a field stands in the source; all offsets count in the whole source. */
export interface Location {
  /** True where the whole path exists; else everything below speaks of its nearest existing ancestor. */
  readonly found: boolean;
  /** How many leading steps of the path exist. */
  readonly depth: number;
  /**
   * The smallest text worth underlining: `key: value` of a scalar on one line, the key of a collection, the first entry
   * of a list item; for a field that came through an alias the alias, for a merged one the `<<: *alias`.
   */
  readonly span: Span;
  /** The key alone; absent for list items and the root. */
  readonly key?: Span;
  /** The value alone, quotes and brackets included; empty, behind the colon, where nothing is written. */
  readonly value: Span;
  /** Where an aliased or merged field is really written; edits there change every use of the anchor. */
  readonly anchor?: Span;
}

/**
 * Locates many paths with one more reading of the document. The answers stand in the order of the paths.
 * A document that cannot be read has all of them at its start.
 */
export function locate(document: Document, paths: readonly Path[]): Location[] {
  if (paths.length === 0) return [];
  return locateFast(document, paths) ?? locateByEvents(document, paths);
}

/** As {@link locate} for ordinary documents, in little memory however large they are; undefined for the others. */
function locateFast(document: Document, paths: readonly Path[]): Location[] | undefined {
  if (document.value === undefined) return undefined;
  const { start, end, maxDepth, lines } = document;
  const wanted = findPlaces(lines.text, start, end, maxDepth, paths);
  if (wanted === undefined) return undefined;
  return paths.map((path) => {
    const { place, depth } = wanted.nearest(path);
    const { key, value } = place!;
    const span = underlined(lines.text, key, value, place!.kind !== 'scalar');
    return { found: depth === path.length, depth, span, ...(key === undefined ? {} : { key }), value };
  });
}

/** As {@link locate} for any document. Exported for the tests that compare both ways. */
export function locateByEvents(document: Document, paths: readonly Path[]): Location[] {
  const layout = layoutOf(document);
  const root = layout?.root;
  if (layout === undefined || root === undefined) {
    const span = { start: document.start, end: document.start };
    return paths.map((path) => ({ found: path.length === 0, depth: 0, span, value: span }));
  }
  return paths.map((path) => describe(document, layout, walk(layout, root, path), path));
}

/**
 * The decoded text of the string at `path` and the way from its characters back to the source, so that an error inside a
 * CEL expression is reported where it stands in the file. Undefined where no scalar stands there.
 */
export function scalarAt(document: Document, path: Path): ScalarSource | undefined {
  const layout = layoutOf(document);
  const root = layout?.root;
  if (layout === undefined || root === undefined) return undefined;
  const place = walk(layout, root, path);
  if (place.depth !== path.length) return undefined;
  const node = layout.target(place.node);
  const event = layout.events[node]!;
  if (event.type !== SCALAR) return undefined;
  return scalarSource(document.text, event, layout.span(node).start, document.start);
}

function layoutOf(document: Document): Layout | undefined {
  if (document.value === undefined) return undefined;
  try {
    const { events } = readGrammar(document.text, document.maxDepth);
    return new Layout(document.text, events, isJson(document.text));
  } catch (error) {
    // JSON.parse accepts a few texts (control characters) that the grammar refuses: such a document has no places.
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

interface Place {
  readonly depth: number;
  /** The node reached, an alias where the last step is one. */
  readonly node: number;
  readonly entry?: Entry;
  /** The first alias or merge on the way. */
  readonly through?: Span;
}

function walk(layout: Layout, root: number, path: Path): Place {
  let node = root;
  let entry: Entry | undefined;
  let through: Span | undefined;
  let depth = 0;
  for (const step of path) {
    const alias = layout.events[node]!.type === ALIAS ? layout.span(node) : undefined;
    const target = layout.target(node);
    const next = child(layout, target, step);
    if (next === undefined) break;
    through ??= entry !== undefined && alias !== undefined ? union(layout.span(entry.key), alias) : alias;
    through ??= next.entry?.merge === undefined ? undefined : mergeSpan(layout, next.entry.merge);
    ({ node, entry } = next);
    depth++;
  }
  return { depth, node, entry, through };
}

function child(
  layout: Layout,
  node: number,
  step: string | number,
): { node: number; entry?: Entry } | undefined {
  const { type } = layout.events[node]!;
  if (type === MAPPING) {
    const entry = layout.entries(node).get(String(step));
    return entry === undefined ? undefined : { node: entry.value, entry };
  }
  if (type !== SEQUENCE || typeof step !== 'number') return undefined;
  const item = layout.items(node)[step];
  return item === undefined ? undefined : { node: item };
}

/** `<<` and what is merged, when that is an alias. */
function mergeSpan(layout: Layout, merge: number): Span {
  const key = layout.span(merge);
  return layout.events[merge + 1]!.type === ALIAS ? union(key, layout.span(merge + 1)) : key;
}

function describe(document: Document, layout: Layout, place: Place, path: Path): Location {
  const { start } = document;
  const found = place.depth === path.length;
  const key = place.entry === undefined ? undefined : layout.span(place.entry.key);
  const own = underline(document.text, layout, place);
  const isAlias = layout.events[place.node]!.type === ALIAS;
  const anchor =
    place.through !== undefined ? own : isAlias ? layout.span(layout.target(place.node)) : undefined;
  return {
    found,
    depth: place.depth,
    span: moved(place.through ?? own, start),
    ...(key === undefined ? {} : { key: moved(key, start) }),
    value: moved(layout.span(place.node), start),
    ...(anchor === undefined ? {} : { anchor: moved(anchor, start) }),
  };
}

function underline(text: string, layout: Layout, place: Place): Span {
  const key = place.entry === undefined ? undefined : layout.span(place.entry.key);
  const { type } = layout.events[place.node]!;
  return underlined(text, key, layout.span(place.node), type === MAPPING || type === SEQUENCE);
}

/** What of an entry or item is worth underlining; see {@link Location}. */
function underlined(text: string, key: Span | undefined, value: Span, isCollection: boolean): Span {
  if (key === undefined) return isCollection ? firstEntry(text, value) : value;
  const isOneLine = !/[\r\n]/.test(text.slice(key.start, Math.min(value.end, key.start + 1000)));
  return !isCollection && isOneLine && value.end > value.start ? union(key, value) : key;
}

/** The first line of a collection that has no key: `name: web` of a list item. */
function firstEntry(text: string, { start, end }: Span): Span {
  let length = 0;
  while (start + length < end && !'\r\n'.includes(text.charAt(start + length))) length++;
  if (start + length === end) return { start, end };
  const line = text.slice(start, start + length).replace(/\s+(#.*)?$/, '');
  return { start, end: start + line.length };
}

function union(a: Span, b: Span): Span {
  return { start: Math.min(a.start, b.start), end: Math.max(a.end, b.end) };
}

function moved(span: Span, by: number): Span {
  return { start: span.start + by, end: span.end + by };
}
