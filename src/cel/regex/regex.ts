import type { LazyDfa } from './dfa.ts';
import { lazyDfa } from './dfa.ts';
import { nativeRegExp } from './native.ts';
import { necessaryIn } from './necessary.ts';
import type { Span } from './pike.ts';
import { PikeMachine } from './pike.ts';
import { codePointAt } from './place.ts';
import type { Program } from './program.ts';
import { compileProgram } from './program.ts';
import type { SyntaxTree } from './syntax-tree.ts';

/** Texts longer than this are left to our own engines: the native one keeps a stack that grows with the text. */
const maxNativeLength = 1 << 18;

/**
 * A compiled regular expression with the semantics of Go's `regexp` (RE2: leftmost match, Perl priorities). One
 * search takes time linear in the text whatever the pattern; nothing depends on which engine answers.
 */
export class Regex {
  /** The pattern as it was written. */
  readonly pattern: string;
  /** How many capturing groups the pattern has. */
  readonly groupCount: number;
  /** Name of group `i + 1` at index `i`, `''` where it has none. */
  readonly groupNames: readonly string[];
  /** Instructions the pattern compiles to by Go's count: what its size limit looks at. */
  readonly programSize: number;
  readonly #tree: SyntaxTree;
  readonly #native: RegExp | undefined;
  #necessary: RegExp | false | undefined;
  #program: Program | undefined;
  #machine: PikeMachine | undefined;
  #dfa: LazyDfa | false | undefined;

  constructor(pattern: string, tree: SyntaxTree) {
    this.pattern = pattern;
    this.groupCount = tree.groupCount;
    this.groupNames = tree.groupNames;
    this.programSize = tree.root.size;
    this.#tree = tree;
    this.#native = nativeRegExp(tree.root);
  }

  /** Which engine answers for texts of usual length: the native one, or our automata. No result depends on it. */
  get engine(): 'native' | 'automaton' {
    return this.#native ? 'native' : 'automaton';
  }

  /** Whether the pattern matches anywhere in `text` (Go's `MatchString`; CEL's `matches`). */
  test(text: string): boolean {
    if (this.#native && text.length <= maxNativeLength) {
      this.#native.lastIndex = 0;
      return this.#native.test(text);
    }
    this.#necessary ??= necessaryIn(this.#tree.root) ?? false;
    if (this.#necessary !== false && !this.#necessary.test(text)) return false;
    this.#dfa ??= lazyDfa(this.#compiled()) ?? false;
    const answer = this.#dfa === false ? undefined : this.#dfa.test(text);
    return answer ?? this.#search(text, 0) !== undefined;
  }

  /** The leftmost match (Go's `FindString`), or `undefined` where there is none; Go gives `''` for both that and an empty match. */
  find(text: string): string | undefined {
    const span = this.match(text, 0);
    return span && text.slice(span.start, span.end);
  }

  /** Where the first match at or after UTF-16 offset `from` lies; `^` and `\b` see the text before `from`. */
  match(text: string, from: number): Span | undefined {
    if (!this.#native || text.length > maxNativeLength) return this.#search(text, from);
    this.#native.lastIndex = from;
    const found = this.#native.exec(text);
    return found ? { start: found.index, end: found.index + found[0].length } : undefined;
  }

  /**
   * Successive matches that do not overlap (Go's `FindAllString`): at most `limit`, all if it is negative. An
   * empty match right after another match is left out. Each match is a search of its own, so a pattern that has
   * to look to the end of the text for every match takes quadratic time, as it does in Go.
   */
  findAll(text: string, limit = -1): string[] {
    const found: string[] = [];
    let position = 0;
    let lastEnd = -1;
    while (position <= text.length && found.length !== limit) {
      const span = this.match(text, position);
      if (!span) break;
      const empty = span.end === position;
      if (!empty || span.start !== lastEnd) found.push(text.slice(span.start, span.end));
      lastEnd = span.end;
      position = empty ? position + (codePointAt(text, position) > 0xffff ? 2 : 1) : span.end;
    }
    return found;
  }

  #search(text: string, from: number): Span | undefined {
    this.#machine ??= new PikeMachine(this.#compiled());
    return this.#machine.search(text, from);
  }

  #compiled(): Program {
    this.#program ??= compileProgram(this.#tree.root);
    return this.#program;
  }
}
