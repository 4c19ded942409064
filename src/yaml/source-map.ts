import { DOUBLE_QUOTED, SINGLE_QUOTED } from './grammar.ts';
import type { ScalarEvent } from './grammar.ts';
import { decodeScalar, scalarText } from './scalar-text.ts';

/** A decoded scalar and where each of its characters is written. */
export interface ScalarSource {
  /** The text as the reader sees it, before `yes` or `1` gets a meaning. */
  readonly value: string;
  /** True for `'...'` and `"..."`, false for plain and block scalars. */
  readonly isQuoted: boolean;
  /**
   * Offset in the whole source of the character at `offset` in `value`. A folded space maps to the line break
   * it came from, an escaped character to its backslash, the end of the value to the end of the text.
   */
  offsetOf(offset: number): number;
}

/** Runs of characters that are copied one to one, or stand for something else; parallel and ascending. */
interface Runs {
  length: number;
  readonly valueStarts: number[];
  readonly sourceStarts: number[];
}

/** Maps the scalar of `event` in `text`; `base` is added to every offset. `header` is where a block's `|` stands. */
export function scalarSource(text: string, event: ScalarEvent, header: number, base: number): ScalarSource {
  const runs = runsOf(text, event);
  const value = scalarText(text, event, true);
  const end = event.valueStart === -1 ? header : event.valueEnd;
  return {
    value,
    isQuoted: event.style === SINGLE_QUOTED || event.style === DOUBLE_QUOTED,
    offsetOf(offset) {
      if (runs.valueStarts.length === 0) return base + end;
      let low = 0;
      let high = runs.valueStarts.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (runs.valueStarts[middle]! <= offset) low = middle;
        else high = middle - 1;
      }
      const into = Math.max(offset - runs.valueStarts[low]!, 0);
      const limit = runs.sourceStarts[low + 1] ?? end;
      return base + Math.min(runs.sourceStarts[low]! + into, Math.max(limit, runs.sourceStarts[low]!));
    },
  };
}

function runsOf(text: string, event: ScalarEvent): Runs {
  const runs: Runs = { length: 0, valueStarts: [], sourceStarts: [] };
  const add = (piece: string, source: number): void => {
    runs.valueStarts.push(runs.length);
    runs.sourceStarts.push(source);
    runs.length += piece.length;
  };
  decodeScalar(text, event, add, true);
  return runs;
}
