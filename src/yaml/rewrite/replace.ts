import type { Value } from '../build.ts';
import { ALIAS, LITERAL_BLOCK, SCALAR } from '../grammar.ts';
import type { ChangeTree } from './change.ts';
import type { Draft } from './draft.ts';
import { block, inFlow, inQuotesOf, isCollection, scalar } from './render.ts';

/** Writes a value in the place of a node. */
export function replaceNode(draft: Draft, node: number, value: Value, tree: ChangeTree): void {
  const { places } = draft;
  const event = places.event(node);
  const { start, end } = places.span(node);
  if (event.type === ALIAS) {
    // The alias itself is written here; what it stands for stays.
    if (!isCollection(value))
      draft.put(start, end, draft.style.json ? inFlow(value, draft.style) : scalar(value));
    else draft.refuse(tree, draft.shared(node)!, node);
    return;
  }
  const shared = draft.shared(node);
  if (shared !== undefined) return draft.refuse(tree, shared, node);
  if (event.type !== SCALAR && !places.isFlow(node) && end > start) {
    return replaceBlock(draft, node, value, tree);
  }
  if (places.isInsideFlow(node) || draft.style.json) {
    const style = event.type === SCALAR ? event.style : 0;
    draft.put(
      start,
      end,
      draft.style.json || isCollection(value) ? inFlow(value, draft.style) : inQuotesOf(style, value, true),
    );
    return;
  }
  if (event.type === SCALAR && event.style >= LITERAL_BLOCK) {
    const first = places.lineEnd(start);
    // The header's own comment stays with it only if there is none to lose.
    if (places.text.slice(start, first).includes('#'))
      return draft.refuse(tree, 'a comment stands in the text', node);
  }
  if (!isCollection(value)) {
    const style = event.type === SCALAR && start < end ? event.style : 0;
    // Behind a key or dash without a value there may be a blank already.
    const at = start === end && places.text[start] === ' ' ? start + 1 : start;
    draft.put(
      at,
      Math.max(at, end),
      (at === end && places.needsSpace(at) ? ' ' : '') + inQuotesOf(style, value, false),
    );
    return;
  }
  blockInPlaceOf(draft, start, end, value, node);
}

/** Drafts a collection in block style in the place `[start, end)` of what `node` is now, on lines of its own where it needs them. */
export function blockInPlaceOf(draft: Draft, start: number, end: number, value: Value, node: number): void {
  const { places } = draft;
  const column = places.parentColumn(node);
  if (places.isItem(node)) {
    draft.put(start, end, (places.needsSpace(start) ? ' ' : '') + block(value, column + 2, draft.style));
    return;
  }
  const lineEnd = places.lineEnd(end);
  const depth = Array.isArray(value) ? draft.style.listStep : draft.style.step;
  const indent = column + depth;
  let from = start;
  while (from > 0 && places.text[from - 1] === ' ') from--;
  draft.put(from, end, '');
  draft.put(lineEnd, lineEnd, draft.style.newline + ' '.repeat(indent) + block(value, indent, draft.style));
}

function replaceBlock(draft: Draft, node: number, value: Value, tree: ChangeTree): void {
  const { places } = draft;
  const { start, end } = places.span(node);
  if (/(?:^|\s)#/.test(places.text.slice(start, end))) {
    return draft.refuse(tree, 'comments stand in what would be replaced', node);
  }
  const column = places.column(start);
  if (isCollection(value)) {
    // A list may stand at the column of its key, a mapping may not.
    const least = places.isItem(node) ? column : places.parentColumn(node) + (Array.isArray(value) ? 0 : 1);
    const wider = column >= least ? column : places.parentColumn(node) + draft.style.step;
    draft.put(start, end, ' '.repeat(wider - column) + block(value, wider, draft.style));
    return;
  }
  if (places.isItem(node)) {
    draft.put(start, end, scalar(value));
    return;
  }
  const key = places.lastWritten(start);
  if (/#/.test(places.text.slice(key, start))) {
    return draft.refuse(tree, 'a comment stands behind the key', node);
  }
  draft.put(key, end, ` ${scalar(value)}`);
}

/** Writes `{}` or `[]` for a collection that has nothing left. */
export function toEmpty(draft: Draft, node: number, empty: string, tree: ChangeTree): void {
  const { places } = draft;
  const { start, end } = places.span(node);
  if (places.isFlow(node)) {
    draft.put(start, end, empty);
    return;
  }
  const from = places.isItem(node) || places.parent(node) === undefined ? start : places.lastWritten(start);
  if (/(?:^|\s)#/.test(places.text.slice(from, end))) {
    return draft.refuse(tree, 'comments stand in what would be removed', node);
  }
  draft.put(from, end, from === start ? empty : ` ${empty}`);
}
