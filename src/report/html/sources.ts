import type { Location } from '../../model/finding.ts';
import type { HtmlOptions } from './html-options.ts';
import { SourceLines } from './excerpt.ts';

/** A text with a place in it; `before` lines of its file come before it. */
export interface Surroundings {
  readonly lines: SourceLines;
  readonly place: Location;
  readonly before: number;
}

/** The texts that a report points into; each is split into lines when it is first asked for. */
export class Sources {
  private readonly options: Pick<HtmlOptions, 'source' | 'excerpt'>;
  private readonly known = new Map<string, SourceLines | undefined>();

  constructor(options: Pick<HtmlOptions, 'source' | 'excerpt'>) {
    this.options = options;
  }

  /** What stands around a place: the whole file, or of a large one as much as is at hand. */
  around(place: Location): Surroundings | undefined {
    const lines = this.whole(place.file);
    if (lines !== undefined) return { lines, place, before: 0 };
    const passage = this.options.excerpt?.(place);
    if (passage === undefined) return undefined;
    const { from, text } = passage;
    const before = from.line - 1;
    const column = (line: number, one: number): number => (line === from.line ? one - from.column + 1 : one);
    const inside: Location = {
      file: place.file,
      line: place.line - before,
      column: column(place.line, place.column),
      endLine: place.endLine - before,
      endColumn: column(place.endLine, place.endColumn),
    };
    if (inside.line < 1 || inside.column < 1) return undefined;
    return { lines: new SourceLines(text), place: inside, before };
  }

  private whole(file: string): SourceLines | undefined {
    if (!this.known.has(file)) {
      const text = this.options.source(file);
      this.known.set(file, text === undefined ? undefined : new SourceLines(text));
    }
    return this.known.get(file);
  }
}
