import type { Dump } from './dump.ts';
import { LineIndex, type Position } from '../../yaml/index.ts';

/** A part of a large file: its text, with lines and columns of the whole file. */
export class Excerpt extends LineIndex {
  /** Where the text begins in its file. */
  readonly from: Position;
  /** The same text, read again when its document is asked for later. */
  readonly place: ExcerptPlace;

  constructor(text: string, from: Position, place: ExcerptPlace) {
    super(text);
    this.from = from;
    this.place = place;
  }

  override position(offset: number): Position {
    const { line, column } = super.position(offset);
    return line === 1
      ? { line: this.from.line, column: column + this.from.column - 1 }
      : { line: line + this.from.line - 1, column };
  }

  override line(line: number): string {
    return super.line(line - this.from.line + 1);
  }
}

/** Which part of which file, and which of its documents: mostly the only one. */
export interface ExcerptPlace {
  readonly dump: Dump;
  readonly part: number;
  readonly nth: number;
}
