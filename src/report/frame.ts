import type { Location } from '../model/finding.ts';
import { coverLine } from './credentials.ts';
import type { Paint } from './paint.ts';
import { printable } from './printable.ts';
import { cut, displayWidth } from './width.ts';

/** A part of a file's text, and the line and column (from 1) it begins at. */
export interface Passage {
  readonly text: string;
  readonly from: { readonly line: number; readonly column: number };
}

/** How a code frame is printed. */
export interface FrameOptions {
  readonly width: number;
  readonly paint: Paint;
  /** Written after the underline. */
  readonly label: string;
  /** What stands in the span is a secret: only its key and its length are shown, and no other line. */
  readonly conceals?: boolean;
}

/** A tab counts as this many columns in a frame: YAML has none in its indentation, so it hardly matters. */
const tab = '    ';

/**
 * The line a location starts on with the line before it, and the span underlined:
 *
 *     30 |           securityContext:
 *     31 |             privileged: true
 *        |             ^^^^^^^^^^^^^^^^ label
 *
 * Long lines are cut around the span, and what looks like a credential is covered. Returns no lines when the location is not in the text any more.
 */
export function codeFrame(text: string, location: Location, options: FrameOptions): string[] {
  return frameOf(text, location, options, 0);
}

/** The text begins behind `linesBefore` lines of its file. */
function frameOf(text: string, location: Location, options: FrameOptions, linesBefore: number): string[] {
  const read = lineAt(text, location.line);
  if (read === undefined || location.column > read.length + 1) return [];
  const conceals = options.conceals === true;
  const column = location.column - 1;
  const end = location.endLine === location.line ? location.endColumn - 1 : read.trimEnd().length;
  const above = location.line > 1 && !conceals ? lineAt(text, location.line - 1) : undefined;
  const line = conceals
    ? { text: concealed(read, column), from: column, to: end }
    : coverLine(read, column, Math.max(end, column + 1), above);
  const before = above === undefined || endsAnother(above, read) ? undefined : above;
  const shownLine = location.line + linesBefore;
  const gutter = String(shownLine).length;
  const room = Math.max(20, options.width - gutter - 3);
  const shown = clip(line.text, line.from, Math.max(line.to, line.from + 1), room);
  const { paint } = options;
  const bar = paint('gray', '|');
  const frame: string[] = [];
  const covered = before === undefined ? '' : coveredAbove(text, location.line - 1, before);
  const context = expand(covered).slice(shown.skipped + column - line.from);
  if (context.trim() !== '') {
    const number = String(shownLine - 1).padStart(gutter);
    frame.push(`${paint('gray', number)} ${bar} ${cut(context, room)}`);
  }
  frame.push(`${paint('gray', String(shownLine))} ${bar} ${shown.text}`);
  const underline = ' '.repeat(shown.column) + paint('red', '^'.repeat(Math.max(1, shown.length)));
  const label = options.label === '' ? '' : ` ${options.label}`;
  frame.push(`${' '.repeat(gutter)} ${bar} ${underline}${label}`);
  return frame;
}

function coveredAbove(text: string, number: number, line: string): string {
  const above = number > 1 ? lineAt(text, number - 1) : undefined;
  return coverLine(line, 0, line.length, above).text;
}

/**
 * Whether `above` belongs to something else than the item of a list that `line` begins: it tells nothing about the item, and
 * in a List may be the content of a Secret.
 */
export function endsAnother(above: string, line: string): boolean {
  const indent = (text: string): number => text.search(/\S/);
  return /^\s*-(?:\s|$)/.test(line) && indent(above) > indent(line);
}

/** The line with everything covered but for the key at an offset and the key that the line begins with. */
function concealed(line: string, from: number): string {
  const begin = /^[\s-]*(?:[\w./-]+:\s*[{[]?)?/.exec(line.slice(0, from))![0];
  const before = begin + line.slice(begin.length, from).replace(/\S/g, '•');
  const key = /^[\s-]*(?:"[^"]*"|'[^']*'|[\w./-]+)\s*:\s*/.exec(line.slice(from))?.[0] ?? '';
  const start = from + key.length;
  return before + line.slice(from, start) + '•'.repeat(line.length - start);
}

/** As {@link codeFrame} where only the text around the location is at hand; the numbers of lines stay those of the file. */
export function passageFrame({ text, from }: Passage, location: Location, options: FrameOptions): string[] {
  const column = (line: number, one: number): number => (line === from.line ? one - from.column + 1 : one);
  const inside: Location = {
    ...location,
    line: location.line - from.line + 1,
    column: column(location.line, location.column),
    endLine: location.endLine - from.line + 1,
    endColumn: column(location.endLine, location.endColumn),
  };
  return inside.line < 1 || inside.column < 1 ? [] : frameOf(text, inside, options, from.line - 1);
}

/** Line `number` (from 1) without its line break, or undefined past the end. */
export function lineAt(text: string, number: number): string | undefined {
  let start = 0;
  for (let line = 1; line < number; line++) {
    const next = text.indexOf('\n', start);
    if (next < 0) return undefined;
    start = next + 1;
  }
  const end = text.indexOf('\n', start);
  return text.slice(start, end < 0 ? undefined : end).replace(/\r$/, '');
}

function expand(text: string): string {
  return printable(text.replaceAll('\t', tab));
}

interface Clipped {
  readonly text: string;
  /** Columns before the span. */
  readonly column: number;
  /** Columns of the span that are visible. */
  readonly length: number;
  /** Characters cut off at the left. */
  readonly skipped: number;
}

function clip(line: string, from: number, to: number, room: number): Clipped {
  const head = expand(line.slice(0, from));
  const span = expand(line.slice(from, to));
  const rest = expand(line.slice(to));
  const headWidth = displayWidth(head);
  const skipped = headWidth + Math.min(displayWidth(span), 20) > room ? Math.max(0, head.length - 12) : 0;
  const visible = skipped === 0 ? head : `…${head.slice(skipped + 1)}`;
  const column = displayWidth(visible);
  const text = cut(visible + span + rest, room);
  return { text, column, length: Math.min(displayWidth(span), room - column), skipped };
}
