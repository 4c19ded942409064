import type { Value } from '../build.ts';
import { blockScalar } from './block-scalar.ts';
import { compact } from './compaction.ts';
import { flowCollection } from './flow.ts';
import { keyText, setEntry } from './mapping.ts';
import type { Keys } from './mapping.ts';
import { GIVE_UP, deepen, isBreak, isSpace, nextLine, place, placeBlock, placeEmpty } from './reading.ts';
import type { Reading } from './reading.ts';
import { plainEnd, plainValue, quoteEnd, quotedValue } from './scalar.ts';
import { SOME_LIST, SOME_OBJECT, enter, leave } from './wanted.ts';

/**
 * The node at `r.at`, which stands in column `column`, below a collection in column `parent` (-1 for the root). Leaves
 * the reading at the content behind it; whether that is indented as it should is for the caller to see.
 */
export function blockNode(r: Reading, column: number, parent: number): Value {
  const { text, at } = r;
  const c = text.charCodeAt(at);
  if (c === 45 && isSpace(text.charCodeAt(at + 1))) return blockSequence(r, column);
  if (c === 34 || c === 39) {
    const end = quoteEnd(r, at);
    return isKey(text, end + 1) ? blockMapping(r, column, end) : quotedNode(r, at, end);
  }
  if (c === 91 || c === 123 || c === 124 || c === 62) {
    // At the root, what follows such a node has rules of its own; to locate things in it they do not matter.
    if (parent === -1 && !r.isLocating) throw GIVE_UP;
    return c === 124 || c === 62 ? blockScalar(r, at, parent) : flowNode(r, parent);
  }
  const end = plainEnd(r, at);
  return isKey(text, end) ? blockMapping(r, column, end) : plainNode(r, at, end);
}

function quotedNode(r: Reading, at: number, end: number): string {
  nextLine(r, end + 1);
  place(r, at, end + 1, end + 1);
  return quotedValue(r, at + 1, end);
}

function plainNode(r: Reading, at: number, end: number): Value {
  nextLine(r, end);
  place(r, at, end, end);
  return plainValue(r, at, end);
}

function flowNode(r: Reading, parent: number): Value {
  const value = flowCollection(r, parent);
  nextLine(r, r.at);
  return value;
}

/** True where a `:` follows the text that ended before `from`, and makes it a key. */
function isKey(text: string, from: number): boolean {
  let i = from;
  while (text.charCodeAt(i) === 32) i++;
  return text.charCodeAt(i) === 58 && isSpace(text.charCodeAt(i + 1));
}

/** The mapping whose first key begins at `r.at` and ends at `firstEnd`, before its closing quote if it has one. */
function blockMapping(r: Reading, column: number, firstEnd: number): Value {
  deepen(r);
  const { text, wanted } = r;
  const from = r.at;
  const into = r.isLocating ? SOME_OBJECT : {};
  const keys: Keys | undefined = r.keepsKeys ? new Map() : undefined;
  let end = firstEnd;
  for (;;) {
    const { at } = r;
    const c = text.charCodeAt(at);
    const isQuoted = c === 34 || c === 39;
    if (end === -1) end = isQuoted ? quoteEnd(r, at) : plainEnd(r, at);
    const start = isQuoted ? at + 1 : at;
    const to = isQuoted ? end + 1 : end;
    const key = r.isLocating && wanted === undefined ? '' : keyText(r, start, end, isQuoted);
    let colon = to;
    while (text.charCodeAt(colon) === 32) colon++;
    if (text.charCodeAt(colon) !== 58) throw GIVE_UP;
    r.cursor = to;
    if (wanted !== undefined) enter(r, wanted, key);
    const value = entryValue(r, colon + 1, column);
    if (wanted !== undefined) leave(r, wanted, value, { start: at, end: to });
    if (!r.isLocating) setEntry(r, into, keys, key, value, start, end);
    if (r.column !== column) break;
    end = -1;
  }
  if (r.column > column) throw GIVE_UP;
  placeBlock(r, from);
  r.depth--;
  return r.isLarge ? compact(into) : into;
}

/** The value behind the colon before `from`, of a mapping in column `column`. */
function entryValue(r: Reading, from: number, column: number): Value {
  const { text, end } = r;
  let at = from;
  while (text.charCodeAt(at) === 32) at++;
  const c = text.charCodeAt(at);
  if (at >= end || isBreak(c) || c === 35) {
    nextLine(r, from);
    if (r.column > column) return blockNode(r, r.column, column);
    const isList = r.column === column && text.charCodeAt(r.at) === 45;
    if (isList && isSpace(text.charCodeAt(r.at + 1))) return blockSequence(r, column);
    placeEmpty(r);
    return null;
  }
  // Only a space behind the colon makes it one; quoted keys of flow collections alone may do without.
  if (at === from) throw GIVE_UP;
  if (c === 34 || c === 39) return quotedNode(r, at, quoteEnd(r, at));
  if (c === 124 || c === 62) return blockScalar(r, at, column);
  if (c === 91 || c === 123) {
    r.at = at;
    return flowNode(r, column);
  }
  return plainNode(r, at, plainEnd(r, at));
}

/** The sequence whose first `-` is at `r.at`. */
function blockSequence(r: Reading, column: number): Value {
  deepen(r);
  const { text, end, wanted } = r;
  const from = r.at;
  const items = r.isLocating ? SOME_LIST : [];
  r.cursor = from;
  for (let index = 0; ; index++) {
    let at = r.at + 1;
    while (text.charCodeAt(at) === 32) at++;
    const c = text.charCodeAt(at);
    let value: Value = null;
    if (wanted !== undefined) enter(r, wanted, String(index));
    if (at < end && !isBreak(c) && c !== 35) {
      const inner = column + at - r.at;
      r.at = at;
      value = blockNode(r, inner, column);
    } else {
      nextLine(r, r.at + 1);
      if (r.column > column) value = blockNode(r, r.column, column);
      else placeEmpty(r);
    }
    if (wanted !== undefined) leave(r, wanted, value);
    if (!r.isLocating) items.push(value);
    if (r.column !== column || text.charCodeAt(r.at) !== 45 || !isSpace(text.charCodeAt(r.at + 1))) break;
  }
  if (r.column > column) throw GIVE_UP;
  placeBlock(r, from);
  r.depth--;
  return items;
}
