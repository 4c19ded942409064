import type { Value } from '../build.ts';
import { Refusal } from '../problem.ts';
import type { Problem } from '../problem.ts';
import { blockNode } from './block.ts';
import { DUPLICATE_KEY, GIVE_UP, Reading, contentLine } from './reading.ts';
import { Wanted, note } from './wanted.ts';

export type { Place, Wanted } from './wanted.ts';

/** What the fast reader found; spans of the warnings count in the source. */
export interface FastResult {
  readonly value: Value;
  readonly warnings: readonly Problem[];
}

/**
 * Characters that make a document one for the other reader: what YAML refuses, what only YAML 1.1 takes for a line
 * break, and a carriage return that ends a line alone.
 */
const FOREIGN =
  /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|\r(?!\n)|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
/** All of these and some that are none; finds several times faster that there is nothing to look at closely. */
const SUSPECT = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]/;

/** Reads the ordinary documents of one source. */
export class FastReader {
  private readonly text: string;
  /** Offset of the first foreign character at or behind `searched`. */
  private foreign: number;
  private searched = 0;

  constructor(text: string) {
    this.text = text;
    this.foreign = SUSPECT.test(text) ? -1 : Infinity;
  }

  /**
   * Value and warnings of the document `[start, end)`, found in one pass without events; undefined where anything in it
   * is not known with certainty: then the other reader has to look, and may well read or refuse it.
   */
  read(start: number, end: number, maxDepth: number): FastResult | undefined {
    const first = this.text.charCodeAt(start);
    if (first === 123 || first === 91 || !this.isPlain(start, end)) return undefined;
    try {
      return document(new Reading(this.text, start, end, maxDepth, false));
    } catch (error) {
      if (error !== DUPLICATE_KEY) return gaveUp(error);
    }
    try {
      return document(new Reading(this.text, start, end, maxDepth, true));
    } catch (error) {
      return gaveUp(error);
    }
  }

  private isPlain(start: number, end: number): boolean {
    if (this.foreign < start || start < this.searched) {
      this.foreign = foreignAt(this.text, start);
      this.searched = start;
    }
    return this.foreign >= end;
  }
}

function foreignAt(text: string, from: number): number {
  FOREIGN.lastIndex = from;
  return FOREIGN.exec(text)?.index ?? Infinity;
}

/**
 * Places of `paths` in the document `[start, end)` of `source`, which some reader has read without an error; found by
 * reading it once more, without keeping values or events. Undefined as for {@link FastReader.read}.
 */
export function findPlaces(
  source: string,
  start: number,
  end: number,
  maxDepth: number,
  paths: readonly (readonly (string | number)[])[],
): Wanted | undefined {
  const text = source.slice(start, end);
  if (SUSPECT.test(text) && foreignAt(text, 0) !== Infinity) return undefined;
  const wanted = new Wanted();
  for (const path of paths) wanted.add(path);
  try {
    const r = new Reading(source, start, end, maxDepth, false, wanted);
    const { value } = document(r);
    note(r, wanted, value, undefined);
    return wanted;
  } catch (error) {
    return gaveUp(error);
  }
}

function document(r: Reading): FastResult {
  contentLine(r, r.start - 1);
  if (r.column === -1) {
    if (r.isLocating) throw GIVE_UP;
    return { value: null, warnings: [] };
  }
  if (r.text.startsWith('---', r.at)) throw GIVE_UP;
  const value = blockNode(r, r.column, -1);
  if (r.column !== -1) throw GIVE_UP;
  return { value, warnings: r.warnings };
}

/** Everything but our own signals and refusals would be a mistake in here, and is not hidden. */
function gaveUp(error: unknown): undefined {
  const isExpected = error === GIVE_UP || error instanceof Refusal || error instanceof RangeError;
  if (!isExpected) throw error;
}
