import type { Location } from '../../model/finding.ts';
import type { Path } from '../../model/object.ts';
import { type Document, locate, position } from '../../yaml/index.ts';
import type { RenderedPlace } from '../rendered.ts';
import { align, type Match, type RenderedLine } from './alignment.ts';
import type { SourceFiles } from './source-files.ts';
import { type TemplateLine, templateLines } from './template.ts';
import type { ValuesPath } from './template-scope.ts';
import { valuePlace, type ValuesSource } from './values.ts';

/** Where the documents of one template come from. */
export class TemplateOrigin {
  private readonly file: string;
  private readonly sources: readonly ValuesSource[];
  private readonly files: SourceFiles;
  private cut: readonly TemplateLine[] | undefined;
  private readonly aligned = new Map<number, Alignment>();

  /** `file`: the template, absolute. `sources`: where its values may be set, the strongest first. */
  constructor(file: string, sources: readonly ValuesSource[], files: SourceFiles) {
    this.file = file;
    this.sources = sources;
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
    const match = alignment.matches.get(line);
    if (match === undefined) return { location: this.firstLine(), rendered: undefined };
    const source = this.template[match.index]!;
    const text = document.lines.line(line).trim();
    const location = this.placeIn(source, document.lines.line(line), column, end);
    // About what is not there the text around it says nothing, but which turn of a loop it is.
    const isAbsent = !place!.found && match.isOwn && source.loops.length === 0;
    if (source.text === text || isAbsent) return { location, rendered: undefined };
    const existing = at.slice(0, place!.depth);
    const depth = match.isOwn ? 0 : insideOf(document, existing, match.index, alignment);
    const inside = existing.slice(existing.length - depth);
    return { location, rendered: { text, ...this.cause(source, inside) } };
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
    const length = this.files.lines(this.file)?.line(1).length ?? 0;
    const file = this.files.shown(this.file);
    return { file, line: 1, column: 1, endLine: 1, endColumn: length + 1 };
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

/** The lines of a document by their number in the rendered text. */
interface Alignment {
  readonly matches: ReadonlyMap<number, Match>;
}

function alignmentOf(document: Document, template: readonly TemplateLine[]): Alignment {
  const first = position(document, document.start).line;
  const numbers: number[] = [];
  const rendered: RenderedLine[] = [];
  for (const [i, line] of document.text.split('\n').entries()) {
    const text = line.trim();
    if (text === '' || (rendered.length === 0 && text.startsWith('# Source: '))) continue;
    numbers.push(first + i);
    rendered.push({ text, indent: line.length - line.trimStart().length });
  }
  const matches = new Map<number, Match>();
  for (const [i, match] of (align(rendered, template) ?? []).entries())
    if (match !== undefined) matches.set(numbers[i]!, match);
  return { matches };
}

/** How many of the last steps of a path stand in what the same action wrote. */
function insideOf(document: Document, at: Path, index: number, { matches }: Alignment): number {
  const ancestors = at.map((_, i) => at.slice(0, i + 1));
  const places = locate(document, ancestors);
  let depth = 0;
  for (const place of places.toReversed()) {
    const { line } = position(document, (place.key ?? place.span).start);
    const match = matches.get(line);
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
