import type { Location } from '../../model/finding.ts';
import { coverLine } from '../credentials.ts';
import { endsAnother } from '../frame.ts';

/** A line of a file as it is shown; `from` and `to` bound the span that is meant, in characters of `text`. */
export interface ExcerptLine {
  readonly number: number;
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** Lines before and after a span, for orientation. */
const before = 2;
const after = 1;
/** Lines of a span that are shown, and the characters of a line. */
const mostLines = 6;
const mostCharacters = 240;

/** Where the lines of a file start, worked out once for all excerpts of it. */
export class SourceLines {
  private readonly text: string;
  private readonly starts: number[] = [0];

  constructor(text: string) {
    this.text = text;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.starts.push(at + 1);
  }

  /** Line `number`, from 1, without its line break; undefined past the end. */
  line(number: number): string | undefined {
    const start = this.starts[number - 1];
    if (start === undefined) return undefined;
    const end = this.starts[number];
    return this.text.slice(start, end === undefined ? undefined : end - 1).replace(/\r$/, '');
  }
}

/**
 * The lines of a location with those around it. Long lines are cut around the span, and what looks like a credential is
 * covered. Empty where the location is not in
 * the text any more.
 */
export function excerpt(source: SourceLines, location: Location): ExcerptLine[] {
  const first = source.line(location.line);
  if (first === undefined || location.column > first.length + 1) return [];
  const last = Math.min(Math.max(location.endLine, location.line), location.line + mostLines - 1);
  const lines: ExcerptLine[] = [];
  for (let number = firstShown(source, location.line, first); number <= last + after; number++) {
    const text = source.line(number);
    const isSpan = number >= location.line && number <= last;
    if (text === undefined || (!isSpan && isMarker(text))) break;
    if (!isSpan && text.trim() === '') continue;
    const line = isSpan ? spanned(text, number, location) : { number, text, from: 0, to: 0 };
    const [from, to] = isSpan ? [line.from, line.to] : [0, text.length];
    lines.push({
      number,
      ...coverLine(text, from, to, source.line(number - 1)),
      ...(isSpan ? {} : { from: 0, to: 0 }),
    });
  }
  return dedented(lines).map(cut);
}

/** The first line for orientation: what belongs to another document or item tells nothing, and may be secret. */
function firstShown(source: SourceLines, line: number, text: string): number {
  let first = line;
  for (let number = line - 1; number >= Math.max(1, line - before); number--) {
    const above = source.line(number)!;
    if (isMarker(above) || endsAnother(above, text)) break;
    first = number;
  }
  return first;
}

const isMarker = (text: string): boolean => /^(?:---|\.\.\.)(?:\s|$)/.test(text);

/** Without the blanks that all lines begin with: how deep the lines are nested says the path, and a narrow page has room. */
function dedented(lines: readonly ExcerptLine[]): ExcerptLine[] {
  const indents = lines.filter(({ text }) => text.trim() !== '').map(({ text }) => text.search(/[^ ]/));
  const by = Math.min(...indents, ...lines.filter(({ from, to }) => to > from).map(({ from }) => from));
  if (!Number.isFinite(by)) return [...lines];
  return lines.map(({ from, number, text, to }) => ({
    number,
    text: text.slice(by),
    from: Math.max(0, from - by),
    to: Math.max(0, to - by),
  }));
}

function spanned(text: string, number: number, { column, endColumn, endLine, line }: Location): ExcerptLine {
  const indent = text.length - text.trimStart().length;
  const from = number === line ? column - 1 : indent;
  const end = text.trimEnd().length;
  const to = number === endLine ? Math.min(endColumn - 1, end) : end;
  return { number, text, from: Math.min(from, text.length), to: Math.max(to, Math.min(from + 1, end)) };
}

function cut({ from, number, text, to }: ExcerptLine): ExcerptLine {
  if (text.length <= mostCharacters) return { number, text, from, to };
  const start = from < mostCharacters / 2 ? 0 : from - 40;
  const end = Math.min(text.length, start + mostCharacters);
  const head = start > 0 ? '…' : '';
  const shift = head.length - start;
  const shown = `${head}${text.slice(start, end)}${end < text.length ? '…' : ''}`;
  return { number, text: shown, from: from + shift, to: Math.min(to, end) + shift };
}
