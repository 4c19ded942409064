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
  const classes = new Partition(starts);
  for (const set of sets) classes.split(set);
  return classes.alphabet();
}

/** Intervals of code points by class. */
class Partition {
  readonly #starts: Int32Array;
  readonly #classes: Int32Array;
  /** How many intervals are in each class. */
  readonly #sizes: number[];
  readonly #indexes = new Map<number, number>();

  constructor(starts: Int32Array) {
    this.#starts = starts;
    this.#classes = new Int32Array(starts.length);
    this.#sizes = [starts.length];
    for (let index = 0; index < starts.length; index++) this.#indexes.set(starts[index]!, index);
  }

  /** Takes what is in `set` out of every class that is in it in part; looks at the intervals of the set only. */
  split(set: CodePointSet): void {
    const inside: number[] = [];
    for (let range = 0; range < set.length; range += 2) {
      const end = set[range + 1]!;
      const after = end < maxCodePoint ? this.#indexes.get(end + 1)! : this.#starts.length;
      for (let index = this.#indexes.get(set[range]!)!; index < after; index++) inside.push(index);
    }
    const counts = new Map<number, number>();
    for (const index of inside)
      counts.set(this.#classes[index]!, (counts.get(this.#classes[index]!) ?? 0) + 1);
    const moved = new Map<number, number>();
    for (const [from, count] of counts) {
      if (count === this.#sizes[from]) continue;
      moved.set(from, this.#sizes.push(count) - 1);
      this.#sizes[from]! -= count;
    }
    if (moved.size === 0) return;
    for (const index of inside)
      this.#classes[index] = moved.get(this.#classes[index]!) ?? this.#classes[index]!;
  }

  alphabet(): Alphabet {
    const starts = this.#starts;
    const classes = this.#classes;
    const representatives: number[] = [];
    const low = new Int32Array(256);
    for (let index = 0; index < starts.length; index++) {
      representatives[classes[index]!] ??= starts[index]!;
      if (starts[index]! < 256) low.fill(classes[index]!, starts[index]!);
    }
    const classOf = (codePoint: number): number => classes[intervalOf(starts, codePoint)]!;
    return { classCount: this.#sizes.length, classOf, low, representatives };
  }
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
