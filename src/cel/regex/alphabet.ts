import type { CodePointSet } from './code-point-set.ts';
import { maxCodePoint } from './code-point-set.ts';

/**
 * Code points fall into classes whose members no set of a pattern tells apart, so an automaton needs one
 * transition per class instead of one per code point.
 */
export interface Alphabet {
  readonly classCount: number;
  /** The class of a code point; logarithmic in the number of intervals. */
  classOf(codePoint: number): number;
  /** The classes of the first 256 code points, for constant time. */
  readonly low: Int32Array;
  /** A member of each class. */
  readonly representatives: readonly number[];
}

/** Intervals times sets beyond which working out the classes costs more than it saves. */
const maxWork = 4_000_000;

/** The classes of `sets`; `undefined` where there are too many sets for it to be worth while. */
export function alphabetOf(sets: readonly CodePointSet[]): Alphabet | undefined {
  const boundaries = new Set([0]);
  for (const set of sets) {
    for (let index = 0; index < set.length; index += 2) {
      boundaries.add(set[index]!);
      if (set[index + 1]! < maxCodePoint) boundaries.add(set[index + 1]! + 1);
    }
  }
  if (boundaries.size * sets.length > maxWork) return undefined;
  const starts = Int32Array.from(boundaries).sort();
  const classes = new Int32Array(starts.length);
  let classCount = 1;
  for (const set of sets) classCount = refine(starts, classes, set);
  const representatives: number[] = [];
  for (let index = 0; index < starts.length; index++) representatives[classes[index]!] ??= starts[index]!;
  const low = Int32Array.from({ length: 256 }, (_, codePoint) => classes[intervalOf(starts, codePoint)]!);
  const classOf = (codePoint: number): number => classes[intervalOf(starts, codePoint)]!;
  return { classCount, classOf, low, representatives };
}

/** Splits every class into the intervals inside and outside of `set`; returns how many classes there are then. */
function refine(starts: Int32Array, classes: Int32Array, set: CodePointSet): number {
  const renumbered = new Map<number, number>();
  let range = 0;
  for (let index = 0; index < starts.length; index++) {
    while (range < set.length && set[range + 1]! < starts[index]!) range += 2;
    const inside = range < set.length && set[range]! <= starts[index]! ? 1 : 0;
    const key = classes[index]! * 2 + inside;
    let number = renumbered.get(key);
    if (number === undefined) {
      number = renumbered.size;
      renumbered.set(key, number);
    }
    classes[index] = number;
  }
  return renumbered.size;
}

function intervalOf(starts: Int32Array, codePoint: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= codePoint) low = middle;
    else high = middle - 1;
  }
  return low;
}
