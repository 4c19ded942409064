/**
 * YAML 1.2 wants the lines of a flow collection or a quoted scalar to be indented deeper than their parent; libyaml,
 * hence Kubernetes, does not care, and a `]` below its key is common in manifests. Where the grammar refuses such a
 * line we give it a copy of the text in which the line is indented, and count the added spaces out of every offset.
 */
const PAD = ' '.repeat(256);

/** Text with spaces added at the given line starts (ascending), and the way back to offsets of the original. */
export interface Indented {
  readonly text: string;
  /** Offset in the original text; `-1` stays. */
  original(offset: number): number;
}

/** Adds {@link PAD} before each offset of `starts` (ascending, distinct). */
export function indentLines(text: string, starts: readonly number[]): Indented {
  let padded = '';
  let from = 0;
  for (const start of starts) {
    padded += text.slice(from, start) + PAD;
    from = start;
  }
  padded += text.slice(from);
  return {
    text: padded,
    original(offset) {
      // The n-th pad occupies [starts[n] + n * PAD.length, ...): find how many begin before the offset.
      let low = 0;
      let high = starts.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (starts[middle]! + middle * PAD.length < offset) low = middle + 1;
        else high = middle;
      }
      if (low === 0) return offset;
      return Math.max(offset - low * PAD.length, starts[low - 1]!);
    },
  };
}

/** Start of the line that holds `offset`. */
export function lineStart(text: string, offset: number): number {
  let start = offset;
  while (start > 0 && text.charCodeAt(start - 1) !== 10 && text.charCodeAt(start - 1) !== 13) start--;
  return start;
}

/**
 * Starts of the line of `offset` and of all further lines of the flow collection that `offset` stands in, as far as
 * brackets, quotes and comments tell. `offset` must not be inside a quoted scalar.
 */
export function flowLines(text: string, offset: number): number[] {
  const starts = [lineStart(text, offset)];
  let depth = 0;
  for (let i = offset; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 34 || c === 39) {
      if (!opensQuote(text, i)) continue;
      i = closingQuote(text, i, starts);
    } else if (c === 35 && isBlank(text.charCodeAt(i - 1))) {
      while (i + 1 < text.length && !isBreak(text.charCodeAt(i + 1))) i++;
    } else if (c === 91 || c === 123) depth++;
    else if (c === 93 || c === 125) {
      if (--depth < 0) break;
    } else if (isBreak(c) && !(c === 13 && text.charCodeAt(i + 1) === 10)) starts.push(i + 1);
  }
  return starts;
}

/** A quote inside a plain scalar is an ordinary character. */
function opensQuote(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  return isBlank(before) || before === 44 || before === 58 || before === 91 || before === 123;
}

function closingQuote(text: string, at: number, starts: number[]): number {
  const quote = text.charCodeAt(at);
  let i = at + 1;
  for (; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 92 && quote === 34) i++;
    else if (c === quote) {
      if (quote === 34 || text.charCodeAt(i + 1) !== 39) break;
      i++;
    } else if (isBreak(c) && !(c === 13 && text.charCodeAt(i + 1) === 10)) starts.push(i + 1);
  }
  return i;
}

function isBreak(c: number): boolean {
  return c === 10 || c === 13;
}

function isBlank(c: number): boolean {
  return c === 32 || c === 9 || isBreak(c);
}
