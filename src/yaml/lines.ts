/** A place as editors and SARIF count it: from 1, columns in UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * Maps offsets of one text to lines and columns. Lines end at LF, CRLF or a lone CR; a byte order mark at the start has
 * no column. The table of lines is made at the first question.
 */
export class LineIndex {
  readonly text: string;
  private starts: Uint32Array | undefined;

  constructor(text: string) {
    this.text = text;
  }

  /** Line and column of a UTF-16 offset; offsets outside the text are moved to its ends. */
  position(offset: number): Position {
    const starts = this.lineStarts();
    const at = Math.min(Math.max(offset, starts[0]!), this.text.length);
    const index = lastAtMost(starts, at);
    return { line: index + 1, column: at - starts[index]! + 1 };
  }

  /** Text of a line (counted from 1) without its end; empty where there is no such line. */
  line(line: number): string {
    const starts = this.lineStarts();
    const start = starts[line - 1];
    if (start === undefined) return '';
    const end = starts[line] ?? this.text.length;
    return this.text.slice(start, end).replace(/[\r\n]+$/, '');
  }

  /** Number of lines; a text that ends with a line break has an empty last line. */
  get count(): number {
    return this.lineStarts().length;
  }

  private lineStarts(): Uint32Array {
    this.starts ??= findStarts(this.text);
    return this.starts;
  }
}

/** Counted first: a growing list of the lines of a huge file would take several times the memory. */
function findStarts(text: string): Uint32Array {
  let count = 0;
  eachStart(text, () => count++);
  const starts = new Uint32Array(count);
  let index = 0;
  eachStart(text, (start) => (starts[index++] = start));
  return starts;
}

function eachStart(text: string, visit: (start: number) => void): void {
  visit(text.charCodeAt(0) === 0xfeff ? 1 : 0);
  if (!text.includes('\r')) {
    for (let i = text.indexOf('\n'); i !== -1; i = text.indexOf('\n', i + 1)) visit(i + 1);
    return;
  }
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 10 || (c === 13 && text.charCodeAt(i + 1) !== 10)) visit(i + 1);
  }
}

function lastAtMost(starts: Uint32Array, offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
