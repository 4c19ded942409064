import { CLIP, DOUBLE_QUOTED, SCALAR } from '../grammar.ts';
import type { ScalarEvent } from '../grammar.ts';
import { readsOtherwise, readsOtherwiseReason, resolvePlain } from '../scalar.ts';
import type { Scalar } from '../scalar.ts';
import { scalarText } from '../scalar-text.ts';
import { GIVE_UP, isSpace } from './reading.ts';
import type { Reading } from './reading.ts';
import { valueAt } from './words.ts';

/** What may stand behind a backslash and is decoded without further questions. */
const SIMPLE_ESCAPES = '0abtnvfre"\\ N_LP';

/**
 * End of the plain text that begins at `from`, in a block: at a comment, a line's end or the `:` of a key; the white
 * space before it is not part of it. Tabs and texts that cannot be plain are refused.
 */
export function plainEnd(r: Reading, from: number): number {
  const { text, end } = r;
  checkPlainStart(text, from);
  let last = from;
  for (let i = from; i < end; i++) {
    const c = text.charCodeAt(i);
    if (c > 58) last = i;
    else if (c === 58) {
      if (isSpace(text.charCodeAt(i + 1))) break;
      last = i;
    } else if (c === 32) {
      if (text.charCodeAt(i + 1) === 35) break;
    } else if (c === 10 || c === 13) break;
    else if (c === 9) throw GIVE_UP;
    else last = i;
  }
  return last + 1;
}

/** As {@link plainEnd}, inside a flow collection, where commas and brackets end a text too. */
export function flowPlainEnd(r: Reading, from: number): number {
  const { text, end } = r;
  checkPlainStart(text, from);
  if (text.charCodeAt(from) === 45 && isFlowEnd(text.charCodeAt(from + 1))) throw GIVE_UP;
  let last = from - 1;
  for (let i = from; i < end; i++) {
    const c = text.charCodeAt(i);
    if (c === 32) {
      if (text.charCodeAt(i + 1) === 35) break;
    } else if (c === 58) {
      const after = text.charCodeAt(i + 1);
      if (isSpace(after) || isFlowEnd(after)) break;
      last = i;
    } else if (c === 10 || c === 13 || isFlowEnd(c)) break;
    else if (c === 9) throw GIVE_UP;
    else last = i;
  }
  return last + 1;
}

function isFlowEnd(c: number): boolean {
  return c === 44 || c === 93 || c === 125 || c === 91 || c === 123;
}

/** Refuses what announces something else than a plain text, or leaves doubt. */
function checkPlainStart(text: string, at: number): void {
  const c = text.charCodeAt(at);
  if (c >= 97 && c <= 122) return;
  switch (c) {
    case 33: // !
    case 34: // "
    case 35: // #
    case 37: // %
    case 38: // &
    case 39: // '
    case 42: // *
    case 44: // ,
    case 58: // :
    case 62: // >
    case 63: // ?
    case 64: // @
    case 91: // [
    case 93: // ]
    case 96: // `
    case 123: // {
    case 124: // |
    case 125: // }
      throw GIVE_UP;
    case 45: // -
      if (isSpace(text.charCodeAt(at + 1))) throw GIVE_UP;
      break;
    default:
  }
}

/** What the plain text `[start, end)` means, null where nobody asks; warns where others read it otherwise. */
export function plainValue(r: Reading, start: number, end: number): Scalar {
  if (r.isLocating) return null;
  const text = valueAt(r.text, start, end);
  const value = resolvePlain(text);
  if (value === text || value === null) return value;
  if (typeof value === 'number' && !Number.isFinite(value)) throw GIVE_UP;
  if (readsOtherwise(text, value))
    r.warn({ start, end, severity: 'warning', reason: readsOtherwiseReason(text, value) });
  return value;
}

/** Offset of the quote that ends the text behind the quote at `at`, on the same line. */
export function quoteEnd(r: Reading, at: number): number {
  const { text, end } = r;
  const quote = text.charCodeAt(at);
  for (let i = at + 1; i < end; i++) {
    const c = text.charCodeAt(i);
    if (c > 39 && c !== 92) continue;
    if (c === quote) {
      if (c === 34 || text.charCodeAt(i + 1) !== 39) return i;
      i++;
    } else if (c === 92 && quote === 34) i += r.isLocating ? 1 : escapeLength(text, i) - 1;
    else if (c === 10 || c === 13 || c === 9) break;
  }
  throw GIVE_UP;
}

function escapeLength(text: string, at: number): number {
  const letter = text.charAt(at + 1);
  if (letter !== '' && SIMPLE_ESCAPES.includes(letter)) return 2;
  const digits = letter === 'x' ? 2 : letter === 'u' ? 4 : letter === 'U' ? 8 : 0;
  if (digits === 0 || !/^[0-9a-fA-F]+$/.test(text.slice(at + 2, at + 2 + digits))) throw GIVE_UP;
  return 2 + digits;
}

/** The value between the quote before `start` and the quote at `end`; empty where nobody asks for it. */
export function quotedValue(r: Reading, start: number, end: number): string {
  return r.isLocating ? '' : quoted(r, start, end);
}

/** The text between the quote before `start` and the quote at `end`. */
export function quoted(r: Reading, start: number, end: number): string {
  const { text } = r;
  if (text.charCodeAt(start - 1) === 39) {
    const value = valueAt(text, start, end);
    return value.includes("'") ? value.replaceAll("''", "'") : value;
  }
  const value = valueAt(text, start, end);
  return value.includes('\\') ? decoded(text, start, end, DOUBLE_QUOTED, CLIP, -1) : value;
}

/** Decoded text of a scalar whose form has been looked at; see {@link scalarText}. */
export function decoded(
  text: string,
  valueStart: number,
  valueEnd: number,
  style: ScalarEvent['style'],
  chomping: ScalarEvent['chomping'],
  indent: number,
): string {
  return scalarText(text, { ...UNADORNED, valueStart, valueEnd, style, chomping, indent });
}

const UNADORNED = {
  type: SCALAR,
  anchorStart: -1,
  anchorEnd: -1,
  tagStart: -1,
  tagEnd: -1,
  fast: false,
} as const;
