import { CLIP, FOLDED_BLOCK, KEEP, LITERAL_BLOCK, STRIP } from '../grammar.ts';
import type { ScalarEvent } from '../grammar.ts';
import { GIVE_UP, contentLine, isBreak, lineEnd, place } from './reading.ts';
import type { Reading } from './reading.ts';
import { decoded } from './scalar.ts';

/**
 * The text of the block scalar whose `|` or `>` is at `at`, below a collection at column `parent`. Leaves the reading
 * at the content behind it. Refused are blocks without any content line, at the root, or of doubtful indentation.
 */
export function blockScalar(r: Reading, at: number, parent: number): string {
  const { text, end } = r;
  const header = readHeader(r, at);
  if (parent < 0) throw GIVE_UP;
  const start = header.end + 1;
  let indent = header.digit === 0 ? -1 : parent + header.digit;
  let deepestBlank = 0;
  let valueEnd = start;
  let line = start;
  while (line < end) {
    let i = line;
    while (i < end && text.charCodeAt(i) === 32) i++;
    const c = i < end ? text.charCodeAt(i) : NaN;
    if (c === 10 || c === 13) {
      if (indent === -1) deepestBlank = Math.max(deepestBlank, i - line);
    } else if (c === c) {
      const column = i - line;
      if (indent === -1) {
        // The first line decides; a tab there is for others to judge.
        if (column <= parent || column < deepestBlank || c === 9) throw GIVE_UP;
        indent = column;
      }
      if (column < indent) break;
    } else if (i > line) throw GIVE_UP;
    valueEnd = Math.min(lineEnd(text, i, end) + 1, end);
    line = valueEnd;
  }
  if (indent === -1) throw GIVE_UP;
  contentLine(r, valueEnd - 1);
  let last = valueEnd;
  while (last > start && isBreak(text.charCodeAt(last - 1))) last--;
  place(r, at, Math.max(last, at + 1), valueEnd);
  if (r.isLocating) return '';
  return decoded(text, start, valueEnd, header.style, header.chomping, indent);
}

interface Header {
  readonly style: ScalarEvent['style'];
  readonly chomping: ScalarEvent['chomping'];
  /** Indentation as written; 0 where the first line shows it. */
  readonly digit: number;
  /** Offset of the header's line feed. */
  readonly end: number;
}

function readHeader(r: Reading, at: number): Header {
  const { text, end } = r;
  const style = text.charCodeAt(at) === 124 ? LITERAL_BLOCK : FOLDED_BLOCK;
  let chomping: ScalarEvent['chomping'] = CLIP;
  let digit = 0;
  let i = at + 1;
  for (; i < end; i++) {
    const c = text.charCodeAt(i);
    if ((c === 45 || c === 43) && chomping === CLIP) chomping = c === 43 ? KEEP : STRIP;
    else if (c >= 49 && c <= 57 && digit === 0) digit = c - 48;
    else break;
  }
  const behind = i;
  while (text.charCodeAt(i) === 32) i++;
  if (text.charCodeAt(i) === 35 && i > behind) i = lineEnd(text, i, end);
  if (text.charCodeAt(i) === 13) i++;
  if (i >= end || text.charCodeAt(i) !== 10) throw GIVE_UP;
  return { style, chomping, digit, end: i };
}
