import { Unknown } from '../../cel/value.ts';

/**
 * Numbers for values and for sequences of numbers: equal numbers for equal ones and never for others. The pairs are kept, not
 * only their hashes, so two that differ cannot meet.
 */
export class Interner {
  /** How many pairs are known: what bounds the memory. */
  size = 0;
  private next = firstFree;
  private readonly scalars = new Map<unknown, number>();
  /** A hash table with open addressing: sequence, item and number of each pair; a number of 0 is a free place. */
  private pairs = new Int32Array(3 * 1024);
  private mask = 1023;

  /** The number of the sequence that is `sequence` and then `item`; a sequence of one item has the number of the item. */
  join(sequence: number, item: number): number {
    if (sequence === empty) return item;
    const { pairs, mask } = this;
    let place = hash(sequence, item) & mask;
    for (;;) {
      const at = 3 * place;
      const known = pairs[at + 2]!;
      if (known === 0) return this.add(at, sequence, item);
      if (pairs[at] === sequence && pairs[at + 1] === item) return known;
      place = (place + 1) & mask;
    }
  }

  private add(at: number, sequence: number, item: number): number {
    const { pairs } = this;
    pairs[at] = sequence;
    pairs[at + 1] = item;
    pairs[at + 2] = this.next++;
    if (++this.size * 2 > this.mask) this.grow();
    return this.next - 1;
  }

  private grow(): void {
    const old = this.pairs;
    this.mask = 2 * this.mask + 1;
    const { mask } = this;
    const pairs = new Int32Array(3 * (mask + 1));
    for (let at = 0; at < old.length; at += 3) {
      if (old[at + 2] === 0) continue;
      let place = hash(old[at]!, old[at + 1]!) & mask;
      while (pairs[3 * place + 2] !== 0) place = (place + 1) & mask;
      for (let i = 0; i < 3; i++) pairs[3 * place + i] = old[at + i]!;
    }
    this.pairs = pairs;
  }

  /** A sequence that goes on with all of a JSON value. Keys count in the order in which they stand. */
  joinValue(sequence: number, value: unknown): number {
    if (typeof value !== 'object' || value === null) return this.join(sequence, this.scalar(value));
    if (Array.isArray(value)) {
      let joined = this.joinLength(sequence, value.length);
      for (const item of value) joined = this.joinValue(joined, item);
      return joined;
    }
    if (value instanceof Unknown) return this.joinValue(this.join(sequence, unknown), value.attributes);
    if (!isPlain(value)) return this.join(sequence, this.next++);
    let joined = this.joinKeys(sequence, value);
    for (const key of Object.keys(value))
      joined = this.joinValue(joined, (value as Record<string, unknown>)[key]);
    return joined;
  }

  /** A sequence that goes on with the length of a list. */
  joinLength(sequence: number, length: number): number {
    return this.join(this.join(sequence, list), this.scalar(length));
  }

  /** A sequence that goes on with the keys of a map. */
  joinKeys(sequence: number, value: object): number {
    const keys = Object.keys(value);
    let joined = this.join(this.join(sequence, map), this.scalar(keys.length));
    for (const key of keys) joined = this.join(joined, this.scalar(key));
    return joined;
  }

  /** A sequence that goes on with the answers to questions, a bit each. */
  joinAnswers(sequence: number, answers: number): number {
    return this.join(this.join(sequence, questions), this.scalar(answers));
  }

  private scalar(value: unknown): number {
    // A Map takes -0 for 0.
    if (value === 0 && Object.is(value, -0)) return minusZero;
    let known = this.scalars.get(value);
    if (known === undefined) this.scalars.set(value, (known = this.next++));
    return known;
  }
}

/** Spreads pairs of small numbers; the constants are those of MurmurHash3's finalizer. */
function hash(sequence: number, item: number): number {
  let mixed = Math.imul(sequence, 0x85ebca6b) ^ Math.imul(item, 0xc2b2ae35);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0x5bd1e995);
  return mixed ^ (mixed >>> 15);
}

/** The start of every sequence. */
export const empty = 0;
/** The item for where there is nothing. */
export const absent = 1;
/** The item for where there is something, whatever it is. */
export const present = 2;
const list = 3;
const map = 4;
const unknown = 5;
const minusZero = 6;
const questions = 7;
/** The start of sequences of other numbers than those of an interner, which must not be taken for these. */
export const alikeness = 8;
/** What stands for a level of nesting that is as it should be; `level + depth` for the first that is not. */
export const level = 16;
/** The deepest level of an object that is taken apart. */
export const deepest = 15;
const firstFree = level + deepest + 1;

/** Whether it is a map of JSON and not a value of a class. */
export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
