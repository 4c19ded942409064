import type { TemplateLine } from './template.ts';

/** A line of rendered text. */
export interface RenderedLine {
  readonly text: string;
  readonly indent: number;
}

/** Which line of a template made a rendered line. */
export interface Match {
  /** Index into the template's lines. */
  readonly index: number;
  /** The line reads as that of the template; else it is part of what an action there wrote. */
  readonly isOwn: boolean;
}

/** Lines of both sides multiplied: more than this is not worth the time. */
const maxCells = 4_000_000;

const impossible = -1e9;
/** A rendered line that no line of the template explains. */
const unexplained = -4;
/** Lines of the template that show nowhere, each of them, and an action that may have had nothing to write. */
const gap = -0.05;
const skipped = -0.1;
const silent = -0.02;
/** A line that does not show although its neighbour, under the same conditions, does. */
const torn = -1;
/** Another turn of a loop. */
const again = -0.3;

/**
 * Finds for each rendered line the line of the template it most likely came from: the best way through the template, line
 * by line, back only to the start of a loop, past lines that conditions left out, and staying where an action writes
 * several lines. Undefined where a line is not explained; the whole answer is undefined where it would take too long.
 */
export function align(
  rendered: readonly RenderedLine[],
  template: readonly TemplateLine[],
): readonly (Match | undefined)[] | undefined {
  const rows = rendered.length;
  const columns = template.length;
  if (rows === 0 || columns === 0) return rendered.map(() => undefined);
  if (rows * columns > maxCells) return undefined;
  // From which line of the template each line was reached, and whether the rendered line reads as its own.
  const from = new Int32Array(rows * columns);
  const own = new Uint8Array(rows * columns);
  const loops = loopsOf(template);
  const isTorn = template.map((line, i) => i > 0 && showsWith(template[i - 1]!, line));
  const isTornAfter = template.map((line, i) => i + 1 < columns && showsWith(template[i + 1]!, line));
  let scores = new Float64Array(columns).fill(0);
  let next = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    const line = rendered[row]!;
    const turns = loops.map((members) => best(scores, members));
    // The best way to this line past others that do not show, and where it comes from.
    let far = impossible;
    let farIndex = -1;
    for (let column = 0; column < columns; column++) {
      const alike = likeness(line, template[column]!);
      const stay = row === 0 ? impossible : scores[column]! + absorbing(line, template[column]!);
      const near = column === 0 ? impossible : scores[column - 1]!;
      // Of two ways that leave out as much the one that goes on from its neighbour first.
      const past = far + gap + (isTorn[column] ? torn : 0);
      const isNear = near > past + 1e-6;
      let come = row === 0 ? 0 : isNear ? near : past;
      let comeFrom = row === 0 ? -1 : isNear ? column - 1 : farIndex;
      if (row > 0) {
        for (const loop of template[column]!.loops) {
          const turn = turns[loop]!;
          if (turn === undefined || turn.index < column) continue;
          if (turn.score + again > come) {
            come = turn.score + again;
            comeFrom = turn.index;
          }
        }
      }
      const arrive = alike === undefined ? impossible : come + alike;
      const cell = row * columns + column;
      if (arrive >= stay) {
        next[column] = arrive;
        from[cell] = comeFrom;
        own[cell] = 1;
      } else {
        next[column] = stay;
        from[cell] = column;
      }
      const leave = column === 0 || !isTornAfter[column - 1] ? near : near + torn;
      if (leave >= far) {
        far = leave;
        farIndex = column - 1;
      }
      far += isAlone(template[column]!) ? silent : skipped;
    }
    [scores, next] = [next, scores];
  }
  return wayBack(scores, { from, own, rows, columns, rendered, template });
}

function wayBack(
  scores: Float64Array,
  {
    from,
    own,
    rows,
    columns,
    rendered,
    template,
  }: {
    from: Int32Array;
    own: Uint8Array;
    rows: number;
    columns: number;
    rendered: readonly RenderedLine[];
    template: readonly TemplateLine[];
  },
): (Match | undefined)[] {
  const matches: (Match | undefined)[] = Array.from({ length: rows }, () => undefined);
  let column = 0;
  for (let i = 1; i < columns; i++) if (scores[i]! > scores[column]!) column = i;
  for (let row = rows - 1; row >= 0 && column >= 0; row--) {
    const cell = row * columns + column;
    const line = template[column]!;
    const isOwn = own[cell] === 1 && !isAlone(line);
    if (own[cell] === 1 || absorbing(rendered[row]!, line) > unexplained)
      matches[row] = { index: column, isOwn };
    column = from[cell]!;
  }
  return matches;
}

/** Whether a line shows wherever another does; an action alone in its line may write nothing. */
function showsWith(line: TemplateLine, other: TemplateLine): boolean {
  return line.branch === other.branch && !isAlone(line);
}

function loopsOf(template: readonly TemplateLine[]): readonly (readonly number[])[] {
  const loops: number[][] = [];
  for (const [index, line] of template.entries())
    for (const loop of line.loops) (loops[loop] ??= []).push(index);
  return Array.from(loops, (members) => members ?? []);
}

function best(
  scores: Float64Array,
  members: readonly number[],
): { readonly index: number; readonly score: number } | undefined {
  let index = -1;
  for (const member of members) if (index < 0 || scores[member]! >= scores[index]!) index = member;
  return index < 0 ? undefined : { index, score: scores[index]! };
}

/** How much a rendered line looks like one that this line of the template writes; undefined where it cannot be. */
function likeness(line: RenderedLine, template: TemplateLine): number | undefined {
  const { indent, parts } = template;
  const isIndented = line.indent === indent ? 1.5 : 0;
  if (parts.length === 1) {
    return parts[0] === line.text ? 3 + Math.min(line.text.length, 20) / 5 + isIndented : undefined;
  }
  if (isAlone(template)) {
    // An action alone in its line says where it writes, or nobody knows.
    const least = writtenIndent(template) ?? 0;
    if (line.indent < least) return undefined;
    return line.indent === (writtenIndent(template) ?? indent) ? 0.3 : 0.15;
  }
  const letters = matchedLetters(line.text, parts);
  if (letters === undefined) return undefined;
  if (letters === 0) return isIndented > 0 ? 0.9 : 0.7;
  return 1.5 + Math.min(letters, 20) / 5 + isIndented;
}

/** Letters and digits of the text parts where the line has all parts in their order, else undefined. */
function matchedLetters(text: string, parts: readonly string[]): number | undefined {
  const first = parts[0]!;
  const last = parts.at(-1)!;
  // `key: {{ .a }}` with nothing in it leaves no space behind.
  if (last === '' && first.trimEnd() === text && parts.length === 2) return text.length;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) {
    return undefined;
  }
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found < 0) return undefined;
    at = found + part.length;
  }
  if (at + last.length > text.length) return undefined;
  let letters = 0;
  for (const part of parts) letters += part.replace(/[^\p{L}\p{N}]/gu, '').length;
  // Of two ways to write the same key the one with the same quotes.
  return letters === 0 ? 0 : letters + (first.length + last.length) / 100;
}

/** What it costs that the line is a further one of what an action of this line writes. */
function absorbing(line: RenderedLine, template: TemplateLine): number {
  const { actions, indent, parts } = template;
  if (actions.length === 0 || parts.at(-1) !== '') return unexplained;
  // Rather a further line of the same action than the first of another.
  if (isAlone(template)) return line.indent >= (writtenIndent(template) ?? 0) ? 0.45 : unexplained;
  return line.indent > indent ? 0.05 : unexplained;
}

/** Whether nothing but actions stands in the line. */
function isAlone({ parts }: TemplateLine): boolean {
  return parts.every((part) => part === '');
}

/** How far `indent` or `nindent` moves what the line writes. */
function writtenIndent({ actions }: TemplateLine): number | undefined {
  const written = /\bn?indent\s+(\d+)/.exec(actions.at(-1) ?? '')?.[1];
  return written === undefined ? undefined : Number(written);
}
