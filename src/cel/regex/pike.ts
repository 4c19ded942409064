import { contains } from './code-point-set.ts';
import { assertionsBetween, codePointAt, codePointBefore, noCharacter } from './place.ts';
import type { Program } from './program.ts';
import { opcode } from './program.ts';

/** Where a match lies: UTF-16 offsets, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Ways through the program that are still alive, in order of priority, each with the offset it began at. */
interface Threads {
  count: number;
  readonly instructions: Int32Array;
  readonly starts: Int32Array;
}

/**
 * Simulates all ways through a program at once (Pike's algorithm): time is bounded by the length of the text
 * times the size of the program, whatever the pattern.
 */
export class PikeMachine {
  readonly #program: Program;
  #current: Threads;
  #following: Threads;
  /** The step at which an instruction was last added; a thread of lower priority that gets there later is dropped. */
  readonly #addedAt: Uint32Array;
  #step = 0;
  readonly #pending: number[] = [];
  /** Threads advanced since the machine was made: the work done, for tests of its bound. */
  threadSteps = 0;

  constructor(program: Program) {
    const size = program.codes.length;
    this.#program = program;
    this.#current = { count: 0, instructions: new Int32Array(size), starts: new Int32Array(size) };
    this.#following = { count: 0, instructions: new Int32Array(size), starts: new Int32Array(size) };
    this.#addedAt = new Uint32Array(size);
  }

  /**
   * The leftmost match at or after offset `from`, of those at one start the first by priority as in Perl (Go's
   * `Regexp.doExecute`). Assertions see the text before `from`.
   */
  search(text: string, from: number): Span | undefined {
    const { anchored, start } = this.#program;
    let position = from;
    let after = codePointAt(text, position);
    let assertions = assertionsBetween(codePointBefore(text, position), after);
    let found: Span | undefined;
    this.#current.count = 0;
    this.#beginStep();
    for (;;) {
      if (!found && (position === 0 || !anchored)) this.#add(this.#current, start, position, assertions);
      if (this.#current.count === 0 && (found || anchored)) return found;
      const next = after === noCharacter ? position : position + (after > 0xffff ? 2 : 1);
      const afterNext = after === noCharacter ? noCharacter : codePointAt(text, next);
      assertions = assertionsBetween(after, afterNext);
      const best = this.#advance(position, after, next, assertions);
      if (best >= 0) found = { start: best, end: position };
      if (after === noCharacter) return found;
      position = next;
      after = afterNext;
    }
  }

  /** Moves every thread over `character`; returns the start of a thread that matched before it, or -1. */
  #advance(position: number, character: number, next: number, assertions: number): number {
    const { codes, operands, sets } = this.#program;
    const current = this.#current;
    const following = this.#following;
    this.#beginStep();
    following.count = 0;
    let matched = -1;
    for (let index = 0; index < current.count; index++) {
      this.threadSteps++;
      const instruction = current.instructions[index]!;
      if (codes[instruction] === opcode.match) {
        // Threads behind this one have lower priority and are cut off.
        matched = current.starts[index]!;
        break;
      }
      if (position === next || !contains(sets[operands[instruction]!]!, character)) continue;
      this.#add(following, this.#program.next[instruction]!, current.starts[index]!, assertions);
    }
    this.#current = following;
    this.#following = current;
    return matched;
  }

  #beginStep(): void {
    if (++this.#step < 0xffff_ffff) return;
    this.#addedAt.fill(0);
    this.#step = 1;
  }

  /** Adds what can be reached from `entry` without reading a character. */
  #add(threads: Threads, entry: number, start: number, assertions: number): void {
    const { codes, next, operands } = this.#program;
    const pending = this.#pending;
    pending.push(entry);
    while (pending.length > 0) {
      const instruction = pending.pop()!;
      if (this.#addedAt[instruction] === this.#step) continue;
      this.#addedAt[instruction] = this.#step;
      const code = codes[instruction];
      if (code === opcode.split) pending.push(operands[instruction]!, next[instruction]!);
      else if (code === opcode.assertion) {
        if (assertions & operands[instruction]!) pending.push(next[instruction]!);
      } else {
        threads.instructions[threads.count] = instruction;
        threads.starts[threads.count++] = start;
      }
    }
  }
}
