import { DOUBLE_QUOTED, LITERAL_BLOCK, PLAIN, SINGLE_QUOTED, scalarText } from './grammar.ts';
import type { ScalarEvent } from './grammar.ts';

/** A decoded scalar and where each of its characters is written. */
export interface ScalarSource {
  /** The text as the reader sees it, before `yes` or `1` gets a meaning. */
  readonly value: string;
  /** True for `'...'` and `"..."`, false for plain and block scalars. */
  readonly isQuoted: boolean;
  /**
   * Offset in the whole source of the character at `offset` in `value`. A folded space maps to the line break
   * it came from, an escaped character to its backslash, the end of the value to the end of the text.
   */
  offsetOf(offset: number): number;
}

/** Runs of characters that are copied one to one, or stand for something else; parallel and ascending. */
interface Runs {
  value: string;
  readonly valueStarts: number[];
  readonly sourceStarts: number[];
}

/** Maps the scalar of `event` in `text`; `base` is added to every offset. `header` is where a block's `|` stands. */
export function scalarSource(text: string, event: ScalarEvent, header: number, base: number): ScalarSource {
  const runs = runsOf(text, event);
  const value = scalarText(text, event, true);
  const end = event.valueStart === -1 ? header : event.valueEnd;
  return {
    value,
    isQuoted: event.style === SINGLE_QUOTED || event.style === DOUBLE_QUOTED,
    offsetOf(offset) {
      if (runs.valueStarts.length === 0) return base + end;
      let low = 0;
      let high = runs.valueStarts.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (runs.valueStarts[middle]! <= offset) low = middle;
        else high = middle - 1;
      }
      const into = Math.max(offset - runs.valueStarts[low]!, 0);
      const limit = runs.sourceStarts[low + 1] ?? end;
      return base + Math.min(runs.sourceStarts[low]! + into, Math.max(limit, runs.sourceStarts[low]!));
    },
  };
}

/** Decodes a scalar run by run; the concatenation is what {@link scalarText} answers, which a property test says too. */
export function runsOf(text: string, event: ScalarEvent): Runs {
  const runs: Runs = { value: '', valueStarts: [], sourceStarts: [] };
  if (event.valueStart === -1) return runs;
  if (event.fast) add(runs, text.slice(event.valueStart, event.valueEnd), event.valueStart);
  else if (event.style >= LITERAL_BLOCK) addBlock(runs, text, event);
  else addFlow(runs, text, event);
  return runs;
}

function add(runs: Runs, value: string, source: number): void {
  if (value === '') return;
  runs.valueStarts.push(runs.value.length);
  runs.sourceStarts.push(source);
  runs.value += value;
}

/** Plain and quoted: lines are folded, quotes doubled, escapes decoded. */
function addFlow(runs: Runs, text: string, event: ScalarEvent): void {
  const { style, valueEnd } = event;
  let at = event.valueStart;
  let from = at;
  let keep = at; // end of the run without trailing white space, should a line break follow
  while (at < valueEnd) {
    const c = text.charCodeAt(at);
    if (isBreak(c)) {
      add(runs, text.slice(from, keep), from);
      const fold = skipBreaks(text, at, valueEnd);
      add(runs, fold.breaks === 1 ? ' ' : '\n'.repeat(fold.breaks - 1), at);
      at = from = keep = fold.end;
    } else if (style === SINGLE_QUOTED && c === 39) {
      add(runs, text.slice(from, at), from);
      add(runs, "'", at);
      at = from = keep = at + 2;
    } else if (style === DOUBLE_QUOTED && c === 92) {
      add(runs, text.slice(from, at), from);
      at = from = keep = addEscape(runs, text, at, valueEnd);
    } else {
      at++;
      if (c !== 32 && c !== 9) keep = at;
    }
  }
  add(runs, text.slice(from, style === PLAIN ? keep : valueEnd), from);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  '/': '/',
  '\\': '\\',
  N: '\u0085',
  _: '\u00a0',
  L: '\u2028',
  P: '\u2029',
};

function addEscape(runs: Runs, text: string, at: number, end: number): number {
  const letter = text.charAt(at + 1);
  if (isBreak(letter.charCodeAt(0))) return skipBreaks(text, at + 1, end).end;
  const simple = ESCAPES[letter];
  if (simple !== undefined) {
    add(runs, simple, at);
    return at + 2;
  }
  const length = letter === 'x' ? 2 : letter === 'u' ? 4 : 8;
  const code = Number.parseInt(text.slice(at + 2, at + 2 + length), 16);
  add(runs, code > 0x10ffff ? '\ufffd' : String.fromCodePoint(code), at);
  return at + 2 + length;
}

function skipBreaks(text: string, at: number, end: number): { end: number; breaks: number } {
  let breaks = 0;
  let i = at;
  for (; i < end; i++) {
    const c = text.charCodeAt(i);
    if (isBreak(c)) {
      if (!(c === 10 && i > at && text.charCodeAt(i - 1) === 13)) breaks++;
    } else if (c !== 32 && c !== 9) break;
  }
  return { end: i, breaks };
}

/** Literal and folded blocks, line by line; the value decides how many breaks there are between two lines. */
function addBlock(runs: Runs, text: string, event: ScalarEvent): void {
  const value = scalarText(text, event, true);
  const indent = Math.max(event.indent, 0);
  let line = event.valueStart;
  let done = 0;
  while (line < event.valueEnd) {
    const end = breakAt(text, line, event.valueEnd);
    let start = line;
    while (start < line + indent && start < end && text.charCodeAt(start) === 32) start++;
    if (event.indent >= 0 && start < end) {
      // What folding put before this line's text (breaks or one space) maps to the break before the line.
      const content = text.slice(start, end);
      const found = value.indexOf(content, done);
      if (found !== -1) {
        add(runs, value.slice(done, found), Math.max(line - 1, event.valueStart));
        add(runs, content, start);
        done = found + content.length;
      }
    }
    line = text.charCodeAt(end) === 13 && text.charCodeAt(end + 1) === 10 ? end + 2 : end + 1;
  }
  add(runs, value.slice(done), Math.max(event.valueEnd - 1, event.valueStart));
}

function breakAt(text: string, from: number, limit: number): number {
  let i = from;
  while (i < limit && !isBreak(text.charCodeAt(i))) i++;
  return i;
}

function isBreak(c: number): boolean {
  return c === 10 || c === 13 || c === 0x85 || c === 0x2028 || c === 0x2029;
}
