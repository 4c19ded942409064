import { CLIP, DOUBLE_QUOTED, FOLDED_BLOCK, KEEP, LITERAL_BLOCK, PLAIN, SINGLE_QUOTED } from './grammar.ts';
import type { ScalarEvent } from './grammar.ts';
import { Refusal } from './problem.ts';

/**
 * Receives a scalar piece by piece: `piece` is decoded text; it is written from offset `source` on, character for
 * character, or (an escape, a fold) stands for what is written there.
 */
export type Emit = (piece: string, source: number) => void;

/** Pieces gathered before they are joined; keeps the memory of a huge scalar near its size. */
const BATCH = 4096;

/**
 * Decoded text of a scalar, before its meaning is resolved. Throws {@link Refusal} on an escape that libyaml refuses,
 * unless the text is JSON.
 */
export function scalarText(text: string, event: ScalarEvent, json = false): string {
  if (event.valueStart === -1) return '';
  if (event.fast) return text.slice(event.valueStart, event.valueEnd);
  const batches: string[] = [];
  let batch: string[] = [];
  decodeScalar(
    text,
    event,
    (piece) => {
      if (batch.push(piece) < BATCH) return;
      batches.push(batch.join(''));
      batch = [];
    },
    json,
  );
  batches.push(batch.join(''));
  const value = batches.length === 1 ? batches[0]! : batches.join('');
  return json ? value.toWellFormed() : value;
}

/** Decodes a scalar into pieces, in order; see {@link Emit}. */
export function decodeScalar(text: string, event: ScalarEvent, emit: Emit, json = false): void {
  if (event.valueStart === -1) return;
  if (event.fast) emit(text.slice(event.valueStart, event.valueEnd), event.valueStart);
  else if (event.style >= LITERAL_BLOCK) decodeBlock(text, event, emit);
  else decodeFlow(text, event, emit, json);
}

/** Plain and quoted: lines are folded, quotes doubled, escapes decoded. */
function decodeFlow(text: string, event: ScalarEvent, emit: Emit, json: boolean): void {
  const { style, valueEnd } = event;
  let at = event.valueStart;
  let from = at;
  let keep = at; // end of the piece without trailing white space, should a line break follow
  const flush = (end: number): void => {
    if (end > from) emit(text.slice(from, end), from);
  };
  while (at < valueEnd) {
    const c = text.charCodeAt(at);
    if (isBreak(c)) {
      flush(keep);
      const fold = skipBreaks(text, at, valueEnd);
      // A break that is more than the end of a line stays (YAML 1.1, 4.2).
      const kept = c >= 0x2028 ? text.charAt(at) : fold.breaks === 1 ? ' ' : '';
      emit(kept + '\n'.repeat(fold.breaks - 1), at);
      at = from = keep = fold.end;
    } else if (style === SINGLE_QUOTED && c === 39) {
      flush(at);
      emit("'", at);
      at = from = keep = at + 2;
    } else if (style === DOUBLE_QUOTED && c === 92) {
      flush(at);
      at = from = keep = decodeEscape(text, at, valueEnd, emit, json);
    } else {
      at++;
      if (c !== 32 && c !== 9) keep = at;
    }
  }
  flush(style === PLAIN ? keep : valueEnd);
}

const ESCAPES = new Map<string, string>([
  ['0', '\0'],
  ['a', '\x07'],
  ['b', '\b'],
  ['t', '\t'],
  ['\t', '\t'],
  ['n', '\n'],
  ['v', '\v'],
  ['f', '\f'],
  ['r', '\r'],
  ['e', '\x1b'],
  [' ', ' '],
  ['"', '"'],
  ['\\', '\\'],
  ['N', '\u0085'],
  ['_', '\u00a0'],
  ['L', '\u2028'],
  ['P', '\u2029'],
]);

/** Answers the offset behind the escape that begins at `at`. JSON has `\/` and surrogate pairs, YAML 1.1 neither. */
function decodeEscape(text: string, at: number, end: number, emit: Emit, json: boolean): number {
  const letter = text.charAt(at + 1);
  if (isBreak(letter.charCodeAt(0))) return skipBreaks(text, at + 1, end).end;
  const simple = ESCAPES.get(letter);
  if (simple !== undefined) {
    emit(simple, at);
    return at + 2;
  }
  if (letter === '/') {
    if (!json) throw new Refusal(at, at + 2, 'found unknown escape character');
    emit('/', at);
    return at + 2;
  }
  const after = at + 2 + (letter === 'x' ? 2 : letter === 'u' ? 4 : 8);
  const code = Number.parseInt(text.slice(at + 2, after), 16);
  const isSurrogate = code >= 0xd800 && code <= 0xdfff;
  if (code > 0x10ffff || (isSurrogate && !json))
    throw new Refusal(at, after, 'found invalid Unicode character escape code');
  emit(String.fromCodePoint(code), at);
  return after;
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

/** Literal and folded blocks (YAML 1.1, 9.4): indentation off, lines joined, the last breaks kept or dropped. */
function decodeBlock(text: string, event: ScalarEvent, emit: Emit): void {
  const { indent, valueEnd, chomping } = event;
  const isFolded = event.style === FOLDED_BLOCK;
  let line = event.valueStart;
  let lastBreak = line; // where the breaks before the next content are written
  let hasContent = false;
  let blankLines = 0;
  let wasDeeper = false;
  while (line < valueEnd) {
    const end = lineEnd(text, line, valueEnd);
    let start = line;
    while (start < line + indent && start < end && text.charCodeAt(start) === 32) start++;
    if (indent < 0 || start >= end) blankLines++;
    else {
      const first = text.charCodeAt(start);
      const isDeeper = isFolded && (first === 32 || first === 9);
      const folds = isFolded && hasContent && !isDeeper && !wasDeeper;
      if (folds && blankLines === 0) emit(' ', lastBreak);
      else {
        const breaks = blankLines + (hasContent && !folds ? 1 : 0);
        if (breaks > 0) emit('\n'.repeat(breaks), lastBreak);
      }
      emit(text.slice(start, end), start);
      hasContent = true;
      wasDeeper = isDeeper;
      blankLines = 0;
      lastBreak = end;
    }
    line = text.charCodeAt(end) === 13 && text.charCodeAt(end + 1) === 10 ? end + 2 : end + 1;
  }
  let breaks =
    chomping === KEEP ? blankLines + (hasContent ? 1 : 0) : chomping === CLIP && hasContent ? 1 : 0;
  // libyaml adds no break to a last line that ends with the file instead of a line break.
  if (valueEnd === text.length && !isBreak(text.charCodeAt(valueEnd - 1))) breaks--;
  if (breaks > 0) emit('\n'.repeat(breaks), lastBreak);
}

function lineEnd(text: string, from: number, limit: number): number {
  let i = from;
  while (i < limit && !isBreak(text.charCodeAt(i))) i++;
  return i;
}

/** YAML 1.1, hence Kubernetes, ends a line at NEL, LS and PS too. */
function isBreak(c: number): boolean {
  return c === 10 || c === 13 || c === 0x85 || c === 0x2028 || c === 0x2029;
}
