import type { Location, Rendered } from '../../model/finding.ts';
import type { Path } from '../../model/object.ts';
import { type Document, locate, position } from '../../yaml/index.ts';
import type { RenderedPlace } from '../rendered.ts';
import { align, type Match, type RenderedLine } from './alignment.ts';
import type { Helpers } from './helpers.ts';
import type { SourceFiles } from './source-files.ts';
import { type TemplateLine, templateLines } from './template.ts';
import type { ValuesPath } from './template-scope.ts';
import { valuePlace, type ValuesSource } from './values.ts';

/** Where the documents of one template come from. */
export class TemplateOrigin {
  private readonly file: string;
  private readonly sources: readonly ValuesSource[];
  private readonly helpers: Helpers;
  private readonly files: SourceFiles;
  private cut: readonly TemplateLine[] | undefined;
  private readonly aligned = new Map<number, Alignment>();

  /** `file`: the template, absolute. `sources`: where its values may be set, the strongest first. */
  constructor(file: string, sources: readonly ValuesSource[], helpers: Helpers, files: SourceFiles) {
    this.file = file;
    this.sources = sources;
    this.helpers = helpers;
    this.files = files;
  }

  /**
   * The line of the template that made what stands at a path, or at its nearest ancestor where nothing does. The first
   * line of the template where that cannot be told.
   */
  locate(document: Document, at: Path): RenderedPlace {
    const [place] = locate(document, [at]);
    const span = place!.found ? place!.span : (place!.key ?? place!.span);
    const { line, column } = position(document, span.start);
    const { column: end } = position(document, span.end);
    const alignment = this.alignment(document);
    const match = matchOf(alignment, line);
    if (match === undefined) return { location: this.firstLine(), rendered: undefined };
    const source = this.template[match.index]!;
    const text = document.lines.line(line).trim();
    const location = this.placeIn(source, document.lines.line(line), column, end);
    // About what is not there the text around it says nothing, but which turn of a loop it is.
    const isAbsent = !place!.found && match.isOwn && source.loops.length === 0;
    if (source.text === text || isAbsent) return { location, rendered: undefined };
    const helper = match.isOwn ? undefined : this.helperLine(line, alignment);
    if (helper !== undefined) return { location, rendered: { text, ...helper } };
    const existing = at.slice(0, place!.depth);
    const depth = match.isOwn ? 0 : insideOf(document, existing, match.index, alignment);
    const inside = existing.slice(existing.length - depth);
    return { location, rendered: { text, ...this.cause(source, inside) } };
  }

  /** The line of a helper template that wrote a line, where the template only includes it. */
  private helperLine(number: number, alignment: Alignment): Omit<Rendered, 'text'> | undefined {
    let { lines, matches } = alignment;
    let template = this.template;
    let at = alignment.numbers.indexOf(number);
    let by = '';
    let found: { readonly file: string; readonly line: TemplateLine } | undefined;
    // Helpers include others; the limit only guards against helpers in a circle.
    for (let depth = 0; depth < 8; depth++) {
      const match = matches[at]!;
      const names = template[match.index]!.actions.map((action) => included.exec(action)?.[1]);
      const name = names.find((one) => one !== undefined);
      const helper = name === undefined ? undefined : this.helpers.find(name);
      if (helper === undefined) break;
      by ||= `include "${name}"`;
      const { from, to } = stretch(matches, at);
      lines = unindented(lines.slice(from, to));
      at -= from;
      template = helper.lines;
      matches = align(lines, template) ?? [];
      const inner = matches[at];
      if (inner === undefined) break;
      found = { file: helper.file, line: template[inner.index]! };
      if (inner.isOwn) break;
    }
    if (found === undefined) return undefined;
    const values = found.line.values.map((value) => `.Values.${known(value, []).join('.')}`);
    return { by: [by, ...values].join(', '), place: this.lineOf(found.file, found.line.line) };
  }

  private get template(): readonly TemplateLine[] {
    return (this.cut ??= templateLines(this.files.lines(this.file)?.text ?? ''));
  }

  private alignment(document: Document): Alignment {
    let known = this.aligned.get(document.start);
    if (known === undefined) this.aligned.set(document.start, (known = alignmentOf(document, this.template)));
    return known;
  }

  /** What of the line was underlined in the rendered text, where the template has the same text there; else the line. */
  private placeIn(source: TemplateLine, rendered: string, column: number, end: number): Location {
    const lines = this.files.lines(this.file)!;
    const written = lines.line(source.line);
    const start = written.length - written.trimStart().length;
    const renderedStart = rendered.length - rendered.trimStart().length;
    const before = rendered.slice(renderedStart, column - 1);
    const isSame = written.slice(start).startsWith(before);
    const from = start + (isSame ? before.length : 0);
    const span = rendered.slice(column - 1, end - 1);
    const to = isSame && written.startsWith(span, from) ? from + span.length : written.trimEnd().length;
    return {
      file: this.files.shown(this.file),
      line: source.line,
      column: from + 1,
      endLine: source.line,
      endColumn: to + 1,
    };
  }

  private firstLine(): Location {
    return this.lineOf(this.file, 1);
  }

  private lineOf(absolute: string, line: number): Location {
    const written = this.files.lines(absolute)?.line(line) ?? '';
    const start = line === 1 ? 0 : written.length - written.trimStart().length;
    const file = this.files.shown(absolute);
    return { file, line, column: start + 1, endLine: line, endColumn: written.trimEnd().length + 1 };
  }

  /** Which values decide what the line says; `inside` is the way into what an action wrote as a whole. */
  private cause(
    { actions, values }: TemplateLine,
    inside: Path,
  ): { readonly by: string; readonly place: Location | undefined } {
    if (values.length === 0) {
      const helper = actions
        .map((action) => /^(?:include|template)\s+"[^"]*"/.exec(action)?.[0])
        .find(Boolean);
      return { by: helper ?? actions[0] ?? '', place: undefined };
    }
    const isWhole = values.length === 1 && actions.length === 1 && /\btoYaml\b/.test(actions[0]!);
    const paths = values.map((value) => known(value, isWhole ? inside : []));
    const place = paths
      .map((one) => valuePlace(one, this.sources, this.files))
      .find((found) => found !== undefined);
    return { by: paths.map((one) => `.Values.${one.join('.')}`).join(', '), place };
  }
}

/** The lines of a document that show, with their numbers in the rendered text and where they came from. */
interface Alignment {
  readonly numbers: readonly number[];
  readonly lines: readonly RenderedLine[];
  readonly matches: readonly (Match | undefined)[];
}

/** An action that writes what a helper template makes. */
const included = /^(?:include|template)\s+"([^"]*)"/;

function alignmentOf(document: Document, template: readonly TemplateLine[]): Alignment {
  const first = position(document, document.start).line;
  const numbers: number[] = [];
  const lines: RenderedLine[] = [];
  for (const [i, line] of document.text.split('\n').entries()) {
    const text = line.trim();
    if (text === '' || (lines.length === 0 && text.startsWith('# Source: '))) continue;
    numbers.push(first + i);
    lines.push({ text, indent: line.length - line.trimStart().length });
  }
  return { numbers, lines, matches: align(lines, template) ?? [] };
}

function matchOf({ matches, numbers }: Alignment, line: number): Match | undefined {
  const index = numbers.indexOf(line);
  return index < 0 ? undefined : matches[index];
}

/** The lines around one that the same action wrote. */
function stretch(matches: readonly (Match | undefined)[], at: number): { from: number; to: number } {
  const { index } = matches[at]!;
  const isPart = (one: Match | undefined): boolean => one?.index === index && !one.isOwn;
  let from = at;
  let to = at + 1;
  while (isPart(matches[from - 1])) from--;
  while (isPart(matches[to])) to++;
  return { from, to };
}

/** Lines without the spaces that all of them have in front. */
function unindented(lines: readonly RenderedLine[]): RenderedLine[] {
  const least = Math.min(...lines.map(({ indent }) => indent));
  return lines.map(({ indent, text }) => ({ indent: indent - least, text }));
}

/** How many of the last steps of a path stand in what the same action wrote. */
function insideOf(document: Document, at: Path, index: number, alignment: Alignment): number {
  const ancestors = at.map((_, i) => at.slice(0, i + 1));
  const places = locate(document, ancestors);
  let depth = 0;
  for (const place of places.toReversed()) {
    const { line } = position(document, (place.key ?? place.span).start);
    const match = matchOf(alignment, line);
    if (match === undefined || match.isOwn || match.index !== index) break;
    depth++;
  }
  return depth;
}

/** The part of a path of values that can be looked up: up to the first item that is not known. */
function known(value: ValuesPath, inside: Path): readonly (string | number)[] {
  const open = value.indexOf(undefined);
  if (open >= 0) return value.slice(0, open) as string[];
  return [...(value as readonly string[]), ...inside];
}
