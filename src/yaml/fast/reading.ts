import { MAX_WARNINGS } from '../build.ts';
import type { Problem } from '../problem.ts';
import { LARGE } from './compaction.ts';
import type { Wanted } from './wanted.ts';

/** Thrown where the fast reader meets what it does not know with certainty; never leaves this folder. */
export const GIVE_UP = Symbol('not for the fast reader');
/** Thrown at the second of two equal keys while places of keys are not kept; never leaves this folder. */
export const DUPLICATE_KEY = Symbol('duplicate key');

/**
 * Where the fast reader is in one document, and what it has found. Between nodes it stands at the first character of a
 * line that is neither blank nor a comment, or at the end.
 */
export class Reading {
  /** The whole source; the document is `[start, end)` of it, and offsets count in the source. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly maxDepth: number;
  /** True where the places of keys are kept, because some mapping is known to have one twice. */
  readonly keepsKeys: boolean;
  /** Offset of the character to be read next. */
  at: number;
  /** Its column from 0; -1 at the end of the document. */
  column = -1;
  depth = 0;
  readonly warnings: Problem[] = [];
  /** Text range of the node that was read last, quotes, brackets and block header included. */
  from = 0;
  to = 0;
  /** Offset behind everything that was read last; `to` without the line breaks at the end of a block scalar. */
  cursor = 0;
  /** True where places are looked for and values thrown away. */
  readonly isLocating: boolean;
  /** True where the value takes so much memory that its objects are made smaller. */
  readonly isLarge: boolean;
  /** What is to be located in the node being read; undefined where nothing is. */
  wanted: Wanted | undefined;

  constructor(
    text: string,
    start: number,
    end: number,
    maxDepth: number,
    keepsKeys: boolean,
    wanted?: Wanted,
  ) {
    this.text = text;
    this.start = start;
    this.end = end;
    this.maxDepth = maxDepth;
    this.keepsKeys = keepsKeys;
    this.at = start;
    this.isLocating = wanted !== undefined;
    this.isLarge = end - start > LARGE && !this.isLocating;
    this.wanted = wanted;
  }

  warn(problem: Problem): void {
    if (this.warnings.length < MAX_WARNINGS) this.warnings.push(problem);
  }
}

/** Notes the place of the node just read. */
export function place(r: Reading, from: number, to: number, cursor: number): void {
  r.from = from;
  r.to = to;
  r.cursor = cursor;
}

/** Notes the place of a value that is not written: behind the `:` or `-` that announces it. */
export function placeEmpty(r: Reading): void {
  const { text, cursor } = r;
  let at = cursor;
  while (text.charCodeAt(at) === 32) at++;
  const c = text.charCodeAt(at);
  const empty = c === 58 || c === 45 ? at + 1 : cursor;
  place(r, empty, empty, empty);
}

/** Notes the place of a block collection whose last node has just been read. */
export function placeBlock(r: Reading, from: number): void {
  let end = r.cursor;
  while (end > from && isBreak(r.text.charCodeAt(end - 1))) end--;
  place(r, from, end, end);
}

/** Counts a collection that opens; at the limit the other reader has to say whether it is one too many. */
export function deepen(r: Reading): void {
  if (++r.depth >= r.maxDepth) throw GIVE_UP;
}

/**
 * Goes to the next content behind `from`, which stands behind a node: the line may hold a comment still, nothing else.
 */
export function nextLine(r: Reading, from: number): void {
  const { text, end } = r;
  let i = from;
  while (i < end && text.charCodeAt(i) === 32) i++;
  if (i < end) {
    const c = text.charCodeAt(i);
    if (c === 35 && i > from) i = lineEnd(text, i, end);
    else if (c === 13) i++;
    else if (c !== 10) throw GIVE_UP;
  }
  contentLine(r, i);
}

/** Goes to the first content on the lines behind the line feed at `at`; see {@link nextLine}. */
export function contentLine(r: Reading, at: number): void {
  const { text, end } = r;
  let i = at;
  while (i < end) {
    const line = ++i;
    while (i < end && text.charCodeAt(i) === 32) i++;
    if (i >= end) break;
    const c = text.charCodeAt(i);
    if (c === 10) continue;
    if (c === 13) i++;
    else if (c === 35) i = lineEnd(text, i, end);
    else {
      // A tab, or a point that may end the document.
      if (c === 9 || (c === 46 && i === line)) throw GIVE_UP;
      r.at = i;
      r.column = i - line;
      return;
    }
  }
  r.at = end;
  r.column = -1;
}

/** Offset of the line feed that ends the line of `from`, or of the document's end. */
export function lineEnd(text: string, from: number, end: number): number {
  const at = text.indexOf('\n', from);
  return at === -1 || at > end ? end : at;
}

/** True for what ends a word: a space, a line's end; NaN stands for the text's. */
export function isSpace(c: number): boolean {
  return c === 32 || c === 10 || c === 13 || c !== c;
}

/** True for what ends a line. */
export function isBreak(c: number): boolean {
  return c === 10 || c === 13;
}
