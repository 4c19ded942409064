import type { Value } from '../build.ts';
import { type Document, readDocumentAt } from '../document.ts';
import { type Event, MAPPING, readGrammar, SEQUENCE } from '../grammar.ts';
import { isJson } from '../json.ts';
import { Layout } from '../layout.ts';
import { LineIndex } from '../lines.ts';
import type { Path } from '../locate.ts';
import { Refusal, type Span } from '../problem.ts';
import { type Change, changedValue, type ChangeTree, treeOf, valueOf } from './change.ts';
import { addItems, addKeys } from './add.ts';
import { Draft } from './draft.ts';
import { Places } from './places.ts';
import { removeItems, removeKeys } from './remove.ts';
import { replaceNode, toEmpty } from './replace.ts';
import { applySplices, type Splice, together } from './splice.ts';

/** A change that cannot be written without touching something else, and why. */
export interface RefusedChange {
  readonly path: Path;
  readonly reason: string;
  /** What stands in the way, in the whole source. */
  readonly at: Span;
}

/** What changes a document as asked, and which of the changes are refused. */
export interface Edited {
  /** In the whole source; empty where nothing has to change. */
  readonly splices: readonly Splice[];
  readonly refused: readonly RefusedChange[];
}

/**
 * Writes changes into a document by splices that touch nothing else: comments, quotes, order, indentation, line ends and
 * anchors stay. What would change more is refused: what stands behind an alias or comes through a merge, and what an
 * alias elsewhere repeats. The result is read again, and nothing is changed at all unless its value is the expected one.
 */
export function edit(document: Document, changes: readonly Change[]): Edited {
  if (document.value === undefined) return refuseAll(changes, document, 'the document cannot be read');
  let events: readonly Event[];
  try {
    ({ events } = readGrammar(document.text, document.maxDepth));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return refuseAll(changes, document, 'only JSON.parse can read this document');
  }
  const tree = treeOf(changes);
  const draft = new Draft(
    new Places(document.text, new Layout(document.text, events, isJson(document.text))),
  );
  fromRoot(draft, tree);
  const splices = together(document.text, draft.splices).map(({ start, end, text }) => ({
    start: start + document.start,
    end: end + document.start,
    text,
  }));
  const wanted = changedValue(document.value, without(tree, draft.refused));
  const problem = check(document, splices, wanted);
  if (problem !== undefined) return refuseAll(changes, document, problem);
  return { splices, refused: draft.refused.map((one) => ({ ...one, at: moved(one.at, document.start) })) };
}

/** What is wrong with the result, if anything: it has to be the same document with the wanted value. */
function check(
  document: Document,
  splices: readonly Splice[],
  wanted: Value | undefined,
): string | undefined {
  const { lines, start, end, index, maxDepth } = document;
  let text: string;
  try {
    text = applySplices(lines.text, splices);
  } catch (error) {
    return (error as Error).message;
  }
  const grown = text.length - lines.text.length;
  const again = readDocumentAt({ index, start, end: end + grown, lines: new LineIndex(text), maxDepth });
  if (again.value === undefined) return `the result could not be read: ${again.problems[0]?.reason ?? ''}`;
  return isSame(again.value, wanted)
    ? undefined
    : 'the text cannot be changed without changing something else';
}

function isSame(a: Value, b: Value | undefined): boolean {
  if (a === null || typeof a !== 'object' || b === null || typeof b !== 'object') return Object.is(a, b);
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, i) => isSame(item, b[i]))
    );
  }
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isSame(a[key]!, b[key]))
  );
}

function refuseAll(changes: readonly Change[], { start }: Document, reason: string): Edited {
  return { splices: [], refused: changes.map(({ path }) => ({ path, reason, at: { start, end: start } })) };
}

function without(tree: ChangeTree, refused: readonly RefusedChange[]): ChangeTree {
  const gone = new Set(refused.map(({ path }) => JSON.stringify(path)));
  const copy = ({ path, change, below }: ChangeTree): ChangeTree => ({
    path,
    ...(change === undefined ? {} : { change }),
    below: new Map(
      [...below]
        .filter(([, next]) => !gone.has(JSON.stringify(next.path)))
        .map(([step, next]) => [step, copy(next)]),
    ),
  });
  return copy(tree);
}

const moved = ({ start, end }: Span, by: number): Span => ({ start: start + by, end: end + by });

function fromRoot(draft: Draft, tree: ChangeTree): void {
  const { root } = draft.places.layout;
  if (root === undefined || tree.change !== undefined) {
    draft.refuse(tree, 'a whole document is not replaced', 0);
    return;
  }
  changeNode(draft, root, tree);
}

function changeNode(draft: Draft, node: number, tree: ChangeTree): void {
  const event = draft.places.event(node);
  const shared = draft.shared(node);
  if (shared !== undefined) return draft.refuse(tree, shared, node);
  if (event.type === MAPPING) return changeMapping(draft, node, tree);
  if (event.type === SEQUENCE) return changeSequence(draft, node, tree);
  const value = valueOf(tree);
  if (value !== undefined) replaceNode(draft, node, value, tree);
}

function changeMapping(draft: Draft, node: number, tree: ChangeTree): void {
  const { places } = draft;
  const entries = places.layout.entries(node);
  const added: [string, Value][] = [];
  const removed: number[] = [];
  for (const [step, below] of tree.below) {
    const key = String(step);
    const entry = entries.get(key);
    if (entry === undefined || entry.merge !== undefined) {
      if (entry !== undefined && below.change?.op !== 'set') {
        draft.refuse(below, `it comes through a merge: ${places.shown(entry.merge!)}`, entry.merge!);
        continue;
      }
      const value = valueOf(below);
      if (value !== undefined) added.push([key, value]);
    } else if (below.change === undefined) changeNode(draft, entry.value, below);
    else if (below.change.op === 'set') replaceNode(draft, entry.value, below.change.value, below);
    else removed.push(entry.key);
  }
  const own = places.keys(node);
  if (removed.length > 0 && removed.length === own.length) {
    if (added.length === 0) return toEmpty(draft, node, '{}', tree);
    return replaceNode(draft, node, Object.fromEntries(added), tree);
  }
  if (removed.length > 0) removeKeys(draft, node, own, removed, tree);
  if (added.length > 0) addKeys(draft, node, own, removed, added, tree);
}

function changeSequence(draft: Draft, node: number, tree: ChangeTree): void {
  const { places } = draft;
  const items = places.layout.items(node);
  const added: Value[] = [];
  const removed: number[] = [];
  for (const [step, below] of [...tree.below].sort(([a], [b]) => Number(a) - Number(b))) {
    if (typeof step !== 'number') draft.refuse(below, 'a list has no such key', node);
    else if (step >= items.length) added.push(...[valueOf(below)].filter((value) => value !== undefined));
    else if (below.change === undefined) changeNode(draft, items[step]!, below);
    else if (below.change.op === 'set') replaceNode(draft, items[step]!, below.change.value, below);
    else removed.push(items[step]!);
  }
  if (removed.length > 0 && removed.length === items.length) {
    if (added.length === 0) return toEmpty(draft, node, '[]', tree);
    return replaceNode(draft, node, added, tree);
  }
  if (removed.length > 0) removeItems(draft, node, items, removed, tree);
  if (added.length > 0) addItems(draft, node, items, removed, added, tree);
}
