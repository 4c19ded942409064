/** What the file says of a List: the fields beside its items; empty where none is written. */
export interface ListHead {
  readonly apiVersion: string;
  readonly kind: string;
  /** Where the List begins, for what is to be said of it as a whole. */
  readonly line: number;
  readonly column: number;
  /** Whether the file ends, or cannot be followed any more, before all of the fields were read. */
  readonly isCut: boolean;
}

/** A stretch of a file that is read by itself: a document, or an item of a List. */
export interface Part {
  /** Offsets in bytes; the end is exclusive. */
  readonly start: number;
  readonly end: number;
  /** Where it begins, from 1; columns count UTF-16 code units. */
  readonly line: number;
  readonly column: number;
  /** The List it is an item of; undefined for a document. */
  readonly list: ListHead | undefined;
}

const numbers = 4;

/**
 * The parts of a large file in their order. A dump of a cluster has a hundred thousand of them, so they are kept as
 * numbers: doubles, because a file may be longer than 2^31 bytes.
 */
export class Parts {
  private places = new Float64Array(256 * numbers);
  private lists = new Uint32Array(256);
  /** 0 stands for none. */
  private readonly heads: (ListHead | undefined)[] = [undefined];
  private count = 0;

  get length(): number {
    return this.count;
  }

  add({ start, end, line, column, list }: Part): void {
    if (this.count === this.lists.length) this.grow();
    this.places.set([start, end, line, column], this.count * numbers);
    this.lists[this.count++] = this.headNumber(list);
  }

  at(index: number): Part {
    const [start, end, line, column] = this.places.subarray(index * numbers, (index + 1) * numbers);
    return { start: start!, end: end!, line: line!, column: column!, list: this.heads[this.lists[index]!] };
  }

  /** Makes items of a List of the parts from `from` on. */
  join(from: number, list: ListHead): void {
    this.lists.fill(this.headNumber(list), from, this.count);
  }

  /** Forgets the parts from `length` on. */
  truncate(length: number): void {
    this.count = length;
  }

  /** The part that a place of the file stands in or behind: its index, or -1 before the first. */
  find(line: number, column: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      const at = middle * numbers;
      const isBehind =
        this.places[at + 2]! > line || (this.places[at + 2] === line && this.places[at + 3]! > column);
      if (isBehind) high = middle;
      else low = middle + 1;
    }
    return low - 1;
  }

  private headNumber(list: ListHead | undefined): number {
    if (list === undefined) return 0;
    if (this.heads.at(-1) !== list) this.heads.push(list);
    return this.heads.length - 1;
  }

  private grow(): void {
    const places = new Float64Array(this.places.length * 2);
    places.set(this.places);
    this.places = places;
    const lists = new Uint32Array(this.lists.length * 2);
    lists.set(this.lists);
    this.lists = lists;
  }
}

/** Something that cannot be read, at its place in the file. */
export interface OutlineProblem {
  readonly line: number;
  readonly column: number;
  readonly reason: string;
}

/** What a large file holds, before any of it is read. */
export interface Outline {
  readonly parts: Parts;
  readonly problems: readonly OutlineProblem[];
  /** Whether the file only begins like JSON: YAML may begin with a brace too. */
  readonly isForeign?: boolean;
}

/** A document shorter than this is read as a whole, whatever it holds. */
export const SPLIT_FROM = 250_000;
