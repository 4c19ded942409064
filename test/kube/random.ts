/** A seeded source of choices, so that every failure can be repeated. */
export class Random {
  private state: number;
  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** A number from 0 up to 1 (mulberry32). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.between(0, choices.length - 1)]!;
  }

  /** Up to `most` results of `make`. */
  list<T>(most: number, make: () => T): T[] {
    return Array.from({ length: this.between(0, most) }, make);
  }

  /** A text of up to `most` pieces. */
  text(most: number, pieces: readonly string[]): string {
    return this.list(most, () => this.pick(pieces)).join('');
  }

  /** The text with a few pieces put in, taken out or doubled. */
  mutate(text: string, pieces: readonly string[]): string {
    const characters = Array.from(text);
    for (let i = this.between(1, 2); i > 0; i--) {
      const at = this.between(0, characters.length);
      if (this.chance(0.4)) characters.splice(at, 1);
      else characters.splice(at, this.chance(0.5) ? 1 : 0, this.pick(pieces));
    }
    return characters.join('');
  }
}
