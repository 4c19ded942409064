import type { Value } from '../build.ts';
import { compact } from './compaction.ts';
import { keyText, setEntry } from './mapping.ts';
import type { Keys } from './mapping.ts';
import { GIVE_UP, deepen, isBreak, lineEnd, place, placeEmpty } from './reading.ts';
import type { Reading } from './reading.ts';
import { flowPlainEnd, plainValue, quoteEnd, quotedValue } from './scalar.ts';
import { SOME_LIST, SOME_OBJECT, enter, leave } from './wanted.ts';

/**
 * The `[...]` or `{...}` that opens at `r.at`; its further lines have to be indented deeper than column `parent`.
 * Leaves `r.at` behind it. Pairs without braces, keys that are no text on one line, and texts on several are refused.
 */
export function flowCollection(r: Reading, parent: number): Value {
  deepen(r);
  const start = r.at;
  r.at++;
  r.cursor = start;
  const isList = r.text.charCodeAt(start) === 91;
  const value = isList ? sequence(r, parent) : mapping(r, parent);
  r.at++;
  place(r, start, r.at, r.at);
  r.depth--;
  return value;
}

function sequence(r: Reading, parent: number): Value[] {
  const { text, wanted } = r;
  const items = r.isLocating ? SOME_LIST : [];
  let index = 0;
  for (;;) {
    skip(r, parent);
    if (text.charCodeAt(r.at) === 93) return items;
    if (wanted !== undefined) enter(r, wanted, String(index));
    const value = node(r, parent);
    if (wanted !== undefined) leave(r, wanted, value);
    if (!r.isLocating) items.push(value);
    index++;
    if (hasEnded(r, parent, 93)) return items;
  }
}

function mapping(r: Reading, parent: number): Record<string, Value> {
  const { text, wanted } = r;
  const into = r.isLocating ? SOME_OBJECT : {};
  const keys: Keys | undefined = r.keepsKeys ? new Map() : undefined;
  for (;;) {
    skip(r, parent);
    const from = r.at;
    const c = text.charCodeAt(from);
    if (c === 125) return finished(r, into);
    const isQuoted = c === 34 || c === 39;
    const start = isQuoted ? from + 1 : from;
    const end = isQuoted ? quoteEnd(r, from) : flowPlainEnd(r, from);
    const to = isQuoted ? end + 1 : end;
    if (to === from) throw GIVE_UP;
    const key = r.isLocating && wanted === undefined ? '' : keyText(r, start, end, isQuoted);
    r.cursor = to;
    r.at = to;
    while (text.charCodeAt(r.at) === 32) r.at++;
    if (text.charCodeAt(r.at) !== 58) throw GIVE_UP;
    r.at++;
    skip(r, parent);
    const first = text.charCodeAt(r.at);
    let value: Value = null;
    if (wanted !== undefined) enter(r, wanted, key);
    if (first === 44 || first === 125) placeEmpty(r);
    else value = node(r, parent);
    if (wanted !== undefined) leave(r, wanted, value, { start: from, end: to });
    if (!r.isLocating) setEntry(r, into, keys, key, value, start, end);
    if (hasEnded(r, parent, 125)) return finished(r, into);
  }
}

function finished(r: Reading, into: Record<string, Value>): Record<string, Value> {
  return r.isLarge ? compact(into) : into;
}

/** Goes to the bracket `close` or behind a comma; true at the bracket. */
function hasEnded(r: Reading, parent: number, close: number): boolean {
  skip(r, parent);
  const c = r.text.charCodeAt(r.at);
  if (c === close) return true;
  if (c !== 44) throw GIVE_UP;
  r.at++;
  return false;
}

function node(r: Reading, parent: number): Value {
  const { text, at } = r;
  const c = text.charCodeAt(at);
  if (c === 91 || c === 123) return flowCollection(r, parent);
  if (c === 34 || c === 39) {
    const end = quoteEnd(r, at);
    r.at = end + 1;
    place(r, at, end + 1, end + 1);
    return quotedValue(r, at + 1, end);
  }
  const end = flowPlainEnd(r, at);
  if (end === at) throw GIVE_UP;
  r.at = end;
  place(r, at, end, end);
  return plainValue(r, at, end);
}

/**
 * Goes over white space and comments to the next character of the collection. Tabs are for the other reader to judge,
 * unless it has done so.
 */
function skip(r: Reading, parent: number): void {
  const { text, end } = r;
  let i = r.at;
  let line = -1;
  for (;;) {
    while (text.charCodeAt(i) === 32) i++;
    let c = text.charCodeAt(i);
    if (c === 9 && r.isLocating) {
      i++;
      continue;
    }
    if (c === 35 && (text.charCodeAt(i - 1) === 32 || i === line)) {
      i = lineEnd(text, i, end);
      c = text.charCodeAt(i);
    }
    if (!isBreak(c)) break;
    i++;
    if (c === 10) line = i;
  }
  // Where lines are indented less, the grammar needs help; see indentation.ts.
  if (i >= end || text.charCodeAt(i) === 9 || (line !== -1 && i - line <= parent)) throw GIVE_UP;
  r.at = i;
}
