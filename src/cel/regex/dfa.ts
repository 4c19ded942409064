import type { Alphabet } from './alphabet.ts';
import { alphabetOf } from './alphabet.ts';
import { contains } from './code-point-set.ts';
import { wordCharacters } from './named-class.ts';
import { assertionsBetween, codePointAt, isWordCharacter, noCharacter } from './place.ts';
import type { Program } from './program.ts';
import { opcode } from './program.ts';

/** Numbers that all states of one automaton may hold together (half a megabyte); beyond it they are forgotten. */
const maxStoredNumbers = 1 << 17;

/** How often one search may forget all states before it is handed to the simulation that needs none. */
const maxResets = 3;

const unknown = -1;
const matched = -2;
const dead = -3;

/**
 * A set of instructions a search may be at after reading some text, and the kind of character it read last
 * (which decides `^` and `\b`). `transitions` has one entry per class of characters and one for the end.
 */
interface State {
  readonly instructions: Int32Array;
  readonly before: number;
  readonly transitions: Int32Array;
}

/**
 * A deterministic automaton whose states are made when a text first leads there; answers only whether there is
 * a match. Time is linear in the text, memory bounded.
 */
export class LazyDfa {
  readonly #program: Program;
  readonly #alphabet: Alphabet;
  #states: State[] = [];
  #numbers = new Map<string, number>();
  #storedNumbers = 0;
  readonly #addedAt: Uint32Array;
  #step = 0;
  /** States made since the automaton exists, for tests of its bound. */
  statesMade = 0;

  constructor(program: Program, alphabet: Alphabet) {
    this.#program = program;
    this.#alphabet = alphabet;
    this.#addedAt = new Uint32Array(program.codes.length);
  }

  /** Whether the program matches anywhere in `text`; `undefined` where the text needs more states than may be kept. */
  test(text: string): boolean | undefined {
    const { low, classOf, classCount } = this.#alphabet;
    let resets = 0;
    if (this.#states.length === 0) this.#stateNumber([], noCharacter);
    // The first state made is the one at the start of a text, also after states were forgotten.
    let state = this.#states[0]!;
    for (let position = 0; ;) {
      const unit = text.charCodeAt(position);
      const character = unit < 256 ? unit : codePointAt(text, position);
      const characterClass =
        unit < 256 ? low[unit]! : character === noCharacter ? classCount : classOf(character);
      let next = state.transitions[characterClass]!;
      if (next === unknown) {
        if (this.#storedNumbers > maxStoredNumbers) {
          if (++resets > maxResets) return undefined;
          state = this.#forgetAllBut(state);
        }
        next = this.#transition(state, characterClass);
        state.transitions[characterClass] = next;
      }
      if (next === matched) return true;
      if (next === dead || character === noCharacter) return false;
      state = this.#states[next]!;
      position += character > 0xffff ? 2 : 1;
    }
  }

  #forgetAllBut(state: State): State {
    this.#states = [];
    this.#numbers = new Map();
    this.#storedNumbers = 0;
    this.#stateNumber([], noCharacter);
    return this.#states[this.#stateNumber(state.instructions, state.before)]!;
  }

  /** Where `state` goes over a class: {@link matched} if a match ends before the character. */
  #transition(state: State, characterClass: number): number {
    const { codes, next, operands, sets, anchored, start } = this.#program;
    const atEnd = characterClass === this.#alphabet.classCount;
    const character = atEnd ? noCharacter : this.#alphabet.representatives[characterClass]!;
    const reached = this.#closure(
      state,
      assertionsBetween(state.before, character),
      anchored ? undefined : start,
    );
    const following: number[] = [];
    for (const instruction of reached) {
      if (codes[instruction] === opcode.match) return matched;
      if (!atEnd && contains(sets[operands[instruction]!]!, character)) following.push(next[instruction]!);
    }
    if (atEnd || (anchored && following.length === 0)) return dead;
    return this.#stateNumber(following, this.#kindOf(character));
  }

  /** The reading and matching instructions that `state`, and a search begun here, can be at without reading. */
  #closure(state: State, assertions: number, start: number | undefined): number[] {
    const { codes, next, operands } = this.#program;
    this.#step++;
    const reached: number[] = [];
    const pending = Array.from(state.instructions);
    if (start !== undefined || state.before === noCharacter) pending.push(this.#program.start);
    while (pending.length > 0) {
      const instruction = pending.pop()!;
      if (this.#addedAt[instruction] === this.#step) continue;
      this.#addedAt[instruction] = this.#step;
      const code = codes[instruction];
      if (code === opcode.split) pending.push(operands[instruction]!, next[instruction]!);
      else if (code !== opcode.assertion) reached.push(instruction);
      else if (assertions & operands[instruction]!) pending.push(next[instruction]!);
    }
    return reached;
  }

  /** One character for each kind that assertions tell apart; a single kind where the program asserts nothing. */
  #kindOf(character: number): number {
    if (this.#program.assertions === 0) return 0;
    if (character === 10) return 10;
    return isWordCharacter(character) ? wordCharacters[0]! : 0;
  }

  #stateNumber(instructions: Iterable<number>, before: number): number {
    const sorted = Int32Array.from(new Set(instructions)).sort();
    const key = `${before}:${sorted.join()}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const transitions = new Int32Array(this.#alphabet.classCount + 1).fill(unknown);
    const number = this.#states.push({ instructions: sorted, before, transitions }) - 1;
    this.#numbers.set(key, number);
    this.#storedNumbers += sorted.length + transitions.length;
    this.statesMade++;
    return number;
  }
}

/** The automaton of `program`; `undefined` where its characters fall into too many classes. */
export function lazyDfa(program: Program): LazyDfa | undefined {
  const sets = program.assertions === 0 ? program.sets : [...program.sets, [10, 10], wordCharacters];
  const alphabet = alphabetOf(sets);
  return alphabet && new LazyDfa(program, alphabet);
}
