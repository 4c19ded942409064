import { caseClosure, caseOrbit } from './case-folding.ts';
import type { CodePointSet } from './code-point-set.ts';
import { maxCodePoint, negated, normalized } from './code-point-set.ts';
import { namedClasses, perlClasses } from './named-class.ts';
import { RegexError } from './regex-error.ts';
import type { Assertion, Node, NodeShape, SyntaxTree } from './syntax-tree.ts';
import { childrenOf, measured } from './syntax-tree.ts';
import { unicodeClass } from './unicode-class.ts';

/** Go's limits: levels of the tree, instructions of the program, range ends in classes, repetitions. */
const maxHeight = 1000;
const maxSize = Math.floor((128 << 20) / 40);
const maxRangeEnds = (128 << 20) / 4;
const maxRepeat = 1000;

const anyCharacter: CodePointSet = [0, maxCodePoint];
const anyButNewline: CodePointSet = [0, 9, 11, maxCodePoint];

interface Flags {
  readonly fold: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
  readonly ungreedy: boolean;
}

/** An open group (or the whole pattern): what it collected so far and what to restore when it closes. */
interface Frame {
  alternatives: Node[];
  items: Node[];
  readonly outerFlags: Flags;
  /** Number of the capturing group, 0 for one that only groups. */
  readonly capture: number;
}

/**
 * Parses `pattern` as Go's `regexp.Compile` does (RE2 syntax with Perl extensions, package `regexp/syntax`).
 * Works on code points; a lone surrogate counts as U+FFFD, as it does once Go has decoded the JSON it came in.
 *
 * Two differences at the limits: Go sometimes counts a literal of several characters as one and then accepts a
 * program above its own limit, which is always `expression too large` here; and a class like `[Aa]` beside letters
 * counts one of the 1000 levels that Go saves by making it a literal.
 *
 * @throws RegexError with Go's message.
 */
export function parseRegex(pattern: string): SyntaxTree {
  return new Parser(pattern.toWellFormed()).parse();
}

class Parser {
  readonly #pattern: string;
  #position = 0;
  #flags: Flags = { fold: false, multiline: false, dotAll: false, ungreedy: false };
  #frame: Frame = { alternatives: [], items: [], outerFlags: this.#flags, capture: 0 };
  readonly #outer: Frame[] = [];
  readonly #groupNames: string[] = [];
  #rangeEnds = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  parse(): SyntaxTree {
    const pattern = this.#pattern;
    // Start of the repetition operator just read, or -1: `a**` is an error, not a doubled star.
    let lastRepeat = -1;
    while (this.#position < pattern.length) {
      const start = this.#position;
      lastRepeat = this.#parseNext(lastRepeat) ? start : -1;
    }
    const root = this.#closeAlternation();
    if (this.#outer.length > 0) throw new RegexError('missing closing )', pattern);
    return { root, groupCount: this.#groupNames.length, groupNames: this.#groupNames };
  }

  /** Parses one piece at the position; tells whether it was a repetition operator. */
  #parseNext(lastRepeat: number): boolean {
    const character = this.#pattern[this.#position]!;
    switch (character) {
      case '(':
        this.#parseGroupStart();
        return false;
      case '|':
        this.#position++;
        this.#closeSequence();
        return false;
      case ')':
        this.#position++;
        this.#closeGroup();
        return false;
      case '^':
        this.#assert(this.#flags.multiline ? 'begin-line' : 'begin-text', 1);
        return false;
      case '$':
        this.#assert(this.#flags.multiline ? 'end-line' : 'end-text', 1);
        return false;
      case '.':
        this.#position++;
        this.#push({ kind: 'class', set: this.#flags.dotAll ? anyCharacter : anyButNewline });
        return false;
      case '[':
        this.#parseClass();
        return false;
      case '*':
      case '+':
      case '?':
        this.#parseOperator(character, lastRepeat);
        return true;
      case '{':
        return this.#parseCount(lastRepeat);
      case '\\':
        this.#parseBackslash();
        return false;
      default:
        this.#literal(this.#next());
        return false;
    }
  }

  // Groups

  #parseGroupStart(): void {
    if (this.#pattern[this.#position + 1] === '?') {
      this.#parseExtendedGroup();
      return;
    }
    this.#position++;
    this.#openGroup('', this.#flags);
  }

  /** `(?P<name>`, `(?<name>`, `(?flags)` and `(?flags:`. */
  #parseExtendedGroup(): void {
    const start = this.#position;
    const rest = this.#pattern.slice(start, start + 5);
    const nameAt =
      rest.startsWith('(?P<') && rest.length > 4 ? 4 : rest.startsWith('(?<') && rest.length > 3 ? 3 : 0;
    if (nameAt > 0) {
      const end = this.#pattern.indexOf('>', start);
      if (end < 0) throw new RegexError('invalid named capture', this.#pattern.slice(start));
      const name = this.#pattern.slice(start + nameAt, end);
      if (!/^[A-Za-z0-9_]+$/.test(name)) throw this.#error('invalid named capture', start, end + 1);
      this.#position = end + 1;
      this.#openGroup(name, this.#flags);
      return;
    }
    this.#position += 2;
    this.#parseFlags(start);
  }

  #parseFlags(start: number): void {
    let flags = this.#flags;
    let value = true;
    let dangling = false;
    while (this.#position < this.#pattern.length) {
      const flag = String.fromCodePoint(this.#next());
      if (flag === '-' && value) {
        value = false;
        dangling = true;
        continue;
      }
      if ((flag === ':' || flag === ')') && !dangling) {
        if (flag === ':') this.#openGroup(undefined, flags);
        else this.#flags = flags;
        return;
      }
      const changed = changedFlags(flags, flag, value);
      if (!changed) break;
      flags = changed;
      dangling = false;
    }
    throw this.#error('invalid or unsupported Perl syntax', start);
  }

  /** `name` is `''` for a capturing group without one and `undefined` for a group that does not capture. */
  #openGroup(name: string | undefined, innerFlags: Flags): void {
    if (name !== undefined) this.#groupNames.push(name);
    this.#outer.push(this.#frame);
    const capture = name === undefined ? 0 : this.#groupNames.length;
    this.#frame = { alternatives: [], items: [], outerFlags: this.#flags, capture };
    this.#flags = innerFlags;
  }

  #closeGroup(): void {
    const item = this.#closeAlternation();
    const outer = this.#outer.pop();
    if (!outer) throw new RegexError('unexpected )', this.#pattern);
    const { capture, outerFlags } = this.#frame;
    this.#flags = outerFlags;
    this.#frame = outer;
    if (capture > 0) this.#push({ kind: 'capture', index: capture, item });
    else this.#pushNode(item);
  }

  /** Ends the sequence before a `|` or the end of a group. */
  #closeSequence(): void {
    const { items, alternatives } = this.#frame;
    this.#frame.items = [];
    this.#joinLiterals(items);
    const sequence =
      items.length === 0
        ? this.#checked(measured({ kind: 'empty' }))
        : items.length === 1
          ? items[0]!
          : this.#checked(measured({ kind: 'sequence', items: spliced(items, 'sequence') }));
    alternatives.push(sequence);
  }

  #closeAlternation(): Node {
    this.#closeSequence();
    const alternatives = mergedCharacters(this.#frame.alternatives);
    if (alternatives.length === 1) return alternatives[0]!;
    return this.#checked(measured({ kind: 'alternation', items: spliced(alternatives, 'alternation') }));
  }

  // Pieces

  #push(shape: NodeShape): void {
    this.#pushNode(measured(shape));
  }

  #pushNode(node: Node): void {
    this.#joinLiterals(this.#frame.items);
    this.#frame.items.push(this.#checked(node));
  }

  /** Joins the last two items where both are literals of one case rule; the last one alone can still be repeated. */
  #joinLiterals(items: Node[]): void {
    const last = items.at(-1);
    const previous = items.at(-2);
    if (last?.kind !== 'literal' || previous?.kind !== 'literal' || last.fold !== previous.fold) return;
    // The joined literal belongs to this parser alone until it is closed, so it may grow in place.
    const codePoints = previous.codePoints as number[];
    for (const codePoint of last.codePoints) codePoints.push(codePoint);
    items.splice(-2, 2, { ...previous, size: codePoints.length });
  }

  #checked(node: Node): Node {
    if (node.kind === 'class') this.#rangeEnds += node.set.length;
    if (node.size > maxSize || this.#rangeEnds > maxRangeEnds)
      throw new RegexError('expression too large', this.#pattern);
    if (node.height > maxHeight) throw new RegexError('expression nests too deeply', this.#pattern);
    return node;
  }

  #literal(codePoint: number): void {
    this.#push({ kind: 'literal', codePoints: [codePoint], fold: this.#flags.fold });
  }

  #assert(assertion: Assertion, length: number): void {
    this.#position += length;
    this.#push({ kind: 'assertion', assertion });
  }

  // Repetition

  #parseOperator(operator: string, lastRepeat: number): void {
    const start = this.#position++;
    const { item, greedy } = this.#repeated(start, lastRepeat);
    const kind = operator === '*' ? 'star' : operator === '+' ? 'plus' : 'optional';
    this.#replaceLast(measured({ kind, item, greedy }));
  }

  /** `{n}`, `{n,}`, `{n,m}`; anything else after `{` makes it a literal. */
  #parseCount(lastRepeat: number): boolean {
    const start = this.#position;
    const syntax = /\{(0|[1-9][0-9]*)(?:(,)(0|[1-9][0-9]*)?)?\}/y;
    syntax.lastIndex = start;
    const parts = syntax.exec(this.#pattern);
    if (!parts) {
      this.#literal(this.#next());
      return false;
    }
    this.#position = syntax.lastIndex;
    const min = Number(parts[1]);
    const max = parts[3] !== undefined ? Number(parts[3]) : parts[2] ? -1 : min;
    if (min > maxRepeat || max > maxRepeat || (max >= 0 && min > max))
      throw this.#error('invalid repeat count', start);
    const { item, greedy } = this.#repeated(start, lastRepeat);
    const node = measured({ kind: 'repeat', item, min, max, greedy });
    this.#replaceLast(node);
    if ((min >= 2 || max >= 2) && !repeatsAtMost(node, maxRepeat))
      throw this.#error('invalid repeat count', start);
    return true;
  }

  /** The item that the operator from `start` to the position repeats; also reads the `?` that turns greed around. */
  #repeated(start: number, lastRepeat: number): { item: Node; greedy: boolean } {
    const turned = this.#pattern[this.#position] === '?';
    if (turned) this.#position++;
    if (lastRepeat >= 0) throw this.#error('invalid nested repetition operator', lastRepeat);
    const item = this.#frame.items.at(-1);
    if (!item) throw this.#error('missing argument to repetition operator', start);
    return { item, greedy: this.#flags.ungreedy === turned };
  }

  #replaceLast(node: Node): void {
    this.#frame.items[this.#frame.items.length - 1] = this.#checked(node);
  }

  // Escapes and classes

  #parseBackslash(): void {
    switch (this.#pattern[this.#position + 1]) {
      case 'A':
        return this.#assert('begin-text', 2);
      case 'z':
        return this.#assert('end-text', 2);
      case 'b':
        return this.#assert('word-boundary', 2);
      case 'B':
        return this.#assert('no-word-boundary', 2);
      case 'C':
        throw this.#error('invalid escape sequence', this.#position, this.#position + 2);
      case 'Q':
        return this.#parseQuoted();
    }
    const set = this.#parseClassEscape();
    if (set) this.#pushClass(set);
    else this.#literal(this.#parseEscape());
  }

  /** `\Q...\E`: literals up to `\E` or the end. */
  #parseQuoted(): void {
    this.#position += 2;
    const close = this.#pattern.indexOf('\\E', this.#position);
    const end = close < 0 ? this.#pattern.length : close;
    while (this.#position < end) this.#literal(this.#next());
    if (close >= 0) this.#position = close + 2;
  }

  #pushClass(set: CodePointSet): void {
    if (set.length === 2 && set[0] === set[1])
      this.#push({ kind: 'literal', codePoints: [set[0]!], fold: false });
    else this.#push({ kind: 'class', set });
  }

  #parseClass(): void {
    const start = this.#position++;
    const pattern = this.#pattern;
    const inverted = pattern[this.#position] === '^';
    if (inverted) this.#position++;
    const ranges: number[] = [];
    for (let first = true; first || pattern[this.#position] !== ']'; first = false) {
      const set = this.#parsePosixClass() ?? this.#parseClassEscape();
      if (set) for (const end of set) ranges.push(end);
      else this.#parseRange(start, ranges);
    }
    this.#position++;
    const set = normalized(ranges);
    this.#pushClass(inverted ? negated(set) : set);
  }

  /** One character or `low-high` inside a class that began at `classStart`. */
  #parseRange(classStart: number, ranges: number[]): void {
    const start = this.#position;
    const low = this.#parseClassCharacter(classStart);
    let high = low;
    const next = this.#pattern[this.#position + 1];
    if (this.#pattern[this.#position] === '-' && next !== undefined && next !== ']') {
      this.#position++;
      high = this.#parseClassCharacter(classStart);
      if (high < low) throw this.#error('invalid character class range', start);
    }
    if (!this.#flags.fold) ranges.push(low, high);
    else if (low === high) for (const equivalent of caseOrbit(low)) ranges.push(equivalent, equivalent);
    else for (const end of caseClosure([low, high])) ranges.push(end);
  }

  #parseClassCharacter(classStart: number): number {
    if (this.#position >= this.#pattern.length)
      throw this.#error('missing closing ]', classStart, this.#pattern.length);
    return this.#pattern[this.#position] === '\\' ? this.#parseEscape() : this.#next();
  }

  /** `[:name:]` and `[:^name:]` inside a class. */
  #parsePosixClass(): CodePointSet | undefined {
    const start = this.#position;
    if (!this.#pattern.startsWith('[:', start)) return undefined;
    const end = this.#pattern.indexOf(':]', start + 2);
    if (end < 0) return undefined;
    this.#position = end + 2;
    const inverted = this.#pattern[start + 2] === '^';
    const set = namedClasses.get(this.#pattern.slice(start + (inverted ? 3 : 2), end));
    if (!set) throw this.#error('invalid character class range', start);
    return this.#folded(set, inverted);
  }

  /** `\d`, `\pL`, `\p{Greek}` and their negations, inside and outside of `[]`. */
  #parseClassEscape(): CodePointSet | undefined {
    const start = this.#position;
    if (this.#pattern[start] !== '\\') return undefined;
    const letter = this.#pattern[start + 1] ?? '';
    if (letter === 'p' || letter === 'P') return this.#parseUnicodeClass(start, letter === 'P');
    const set = perlClasses.get(letter.toLowerCase());
    if (!set) return undefined;
    this.#position += 2;
    return this.#folded(set, letter < 'a');
  }

  #parseUnicodeClass(start: number, negative: boolean): CodePointSet {
    this.#position += 2;
    let name = '';
    if (this.#pattern[this.#position] === '{') {
      const end = this.#pattern.indexOf('}', start);
      if (end < 0) throw this.#error('invalid character class range', start, this.#pattern.length);
      name = this.#pattern.slice(start + 3, end);
      this.#position = end + 1;
    } else if (this.#position < this.#pattern.length) {
      name = String.fromCodePoint(this.#next());
    }
    const inverted = name.startsWith('^');
    const set = unicodeClass(inverted ? name.slice(1) : name);
    if (!set) throw this.#error('invalid character class range', start);
    return this.#folded(set, inverted !== negative);
  }

  #folded(set: CodePointSet, inverted: boolean): CodePointSet {
    const complete = this.#flags.fold ? caseClosure(set) : set;
    return inverted ? negated(complete) : complete;
  }

  /** A backslash and what it stands for as one character. */
  #parseEscape(): number {
    const start = this.#position++;
    if (this.#position >= this.#pattern.length)
      throw new RegexError('trailing backslash at end of expression', '');
    const codePoint = this.#next();
    const character = String.fromCodePoint(codePoint);
    const control = 'afnrtv'.indexOf(character);
    if (control >= 0) return [7, 12, 10, 13, 9, 11][control]!;
    if (character >= '0' && character <= '7') return this.#parseOctal(start, codePoint - 48);
    if (character === 'x') return this.#parseHexadecimal(start);
    if (codePoint < 0x80 && !/[A-Za-z0-9]/.test(character)) return codePoint;
    throw this.#error('invalid escape sequence', start);
  }

  #parseOctal(start: number, firstDigit: number): number {
    let value = firstDigit;
    for (
      let count = 1;
      count < 3 && /^[0-7]/.test(this.#pattern.slice(this.#position, this.#position + 1));
      count++
    ) {
      value = value * 8 + Number(this.#pattern[this.#position++]);
    }
    // A single digit other than 0 would be a back reference, which a linear engine cannot have.
    const single = this.#position === start + 2;
    if (single && firstDigit > 0) throw this.#error('invalid escape sequence', start);
    return value;
  }

  /** `\x4b` or `\x{10FFFF}`. */
  #parseHexadecimal(start: number): number {
    if (this.#pattern[this.#position] !== '{') {
      // Go reads two characters, whatever they are, before it looks at them; the error shows both.
      const digits: string[] = [];
      while (digits.length < 2 && this.#position < this.#pattern.length)
        digits.push(String.fromCodePoint(this.#next()));
      if (digits.length < 2 || !digits.every(isHexadecimal))
        throw this.#error('invalid escape sequence', start);
      return Number.parseInt(digits.join(''), 16);
    }
    this.#position++;
    let value = -1;
    while (this.#position < this.#pattern.length) {
      const digit = String.fromCodePoint(this.#next());
      if (digit === '}' && value >= 0) return value;
      if (!isHexadecimal(digit)) break;
      value = Math.max(value, 0) * 16 + Number.parseInt(digit, 16);
      if (value > maxCodePoint) break;
    }
    throw this.#error('invalid escape sequence', start);
  }

  #next(): number {
    const codePoint = this.#pattern.codePointAt(this.#position)!;
    this.#position += codePoint > 0xffff ? 2 : 1;
    return codePoint;
  }

  #error(reason: string, start: number, end: number = this.#position): RegexError {
    return new RegexError(reason, this.#pattern.slice(start, end));
  }
}

function changedFlags(flags: Flags, flag: string, value: boolean): Flags | undefined {
  switch (flag) {
    case 'i':
      return { ...flags, fold: value };
    case 'm':
      return { ...flags, multiline: value };
    case 's':
      return { ...flags, dotAll: value };
    case 'U':
      return { ...flags, ungreedy: value };
    default:
      return undefined;
  }
}

function isHexadecimal(digit: string): boolean {
  return /^[0-9A-Fa-f]$/.test(digit);
}

/** Lifts sequences out of a sequence and alternations out of an alternation. */
function spliced(nodes: readonly Node[], kind: 'sequence' | 'alternation'): Node[] {
  return nodes.flatMap((node) => (node.kind === kind ? node.items : [node]));
}

/** Makes one class of neighbouring alternatives that are single characters, as Go does before it counts levels. */
function mergedCharacters(alternatives: readonly Node[]): Node[] {
  const merged: Node[] = [];
  let run: Node[] = [];
  let ranges: number[] = [];
  const endRun = (): void => {
    if (run.length > 1) merged.push(measured({ kind: 'class', set: normalized(ranges) }));
    else merged.push(...run);
    run = [];
    ranges = [];
  };
  for (const alternative of alternatives) {
    const set = singleCharacterSet(alternative);
    if (!set) {
      endRun();
      merged.push(alternative);
      continue;
    }
    run.push(alternative);
    for (const end of set) ranges.push(end);
  }
  endRun();
  return merged;
}

/** The characters of a node that always matches exactly one. */
function singleCharacterSet(node: Node): CodePointSet | undefined {
  if (node.kind === 'class') return node.set;
  if (node.kind !== 'literal' || node.codePoints.length !== 1) return undefined;
  const codePoint = node.codePoints[0]!;
  return node.fold
    ? normalized(caseOrbit(codePoint).flatMap((member) => [member, member]))
    : [codePoint, codePoint];
}

/** Whether nested counted repetitions multiply to no more than `limit` copies of anything below `node`. */
function repeatsAtMost(node: Node, limit: number): boolean {
  let left = limit;
  if (node.kind === 'repeat') {
    if (node.max === 0) return true;
    const count = node.max < 0 ? node.min : node.max;
    if (count > limit) return false;
    if (count > 0) left = Math.floor(limit / count);
  }
  return childrenOf(node).every((child) => repeatsAtMost(child, left));
}
