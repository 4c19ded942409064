import { type Issue, maxIssues } from '../issue.ts';

/** The kind of a token: operators, brackets and keywords are their own kind. */
export type TokenKind =
  | '!'
  | '!='
  | '%'
  | '&&'
  | '('
  | ')'
  | '*'
  | '+'
  | ','
  | '-'
  | '.'
  | '/'
  | ':'
  | '<'
  | '<='
  | '=='
  | '>'
  | '>='
  | '?'
  | '['
  | ']'
  | 'false'
  | 'in'
  | 'null'
  | 'true'
  | '{'
  | '||'
  | '}'
  | 'bytes'
  | 'double'
  | 'end'
  | 'escaped'
  | 'identifier'
  | 'int'
  | 'string'
  | 'uint';

/** A place in the token stream to come back to. */
export interface LexerMark {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
  readonly issues: number;
}

/**
 * Splits an expression into tokens, one at a time: `kind`, `start` and `end` describe the current one.
 *
 * Text that is no token is reported as an issue and skipped, as cel-go's lexer does, so that `next` always advances.
 * Source: cel-go `parser/gen/CEL.g4`, "Lexer Rules".
 */
export class Lexer {
  readonly text: string;
  readonly issues: Issue[] = [];
  kind: TokenKind = 'end';
  start = 0;
  end = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Moves to the next token. */
  next(): void {
    while (!this.#scan());
  }

  /** Remembers the current token, for looking ahead. */
  mark(): LexerMark {
    return { kind: this.kind, start: this.start, end: this.end, issues: this.issues.length };
  }

  /** Goes back to a token remembered before, forgetting what was reported since. */
  reset(mark: LexerMark): void {
    this.kind = mark.kind;
    this.start = mark.start;
    this.end = mark.end;
    this.issues.length = mark.issues;
  }

  /** Scans one token from `end`; false when the text there was no token and has been skipped. */
  #scan(): boolean {
    const text = this.text;
    const start = this.#skipBlanks(this.end);
    this.start = start;
    const code = text.charCodeAt(start);
    if (isLetter(code)) return this.#word(start, code);
    if (isDigit(code)) return this.#number(start);
    switch (code) {
      case 0x21: // !
        return text.charCodeAt(start + 1) === 0x3d ? this.#take('!=', 2) : this.#take('!', 1);
      case 0x22: // "
      case 0x27: // '
        return this.#quoted(start, start, 'string');
      case 0x25:
        return this.#take('%', 1);
      case 0x26: // &
        return text.charCodeAt(start + 1) === 0x26 ? this.#take('&&', 2) : this.#skip(start + 1);
      case 0x28:
        return this.#take('(', 1);
      case 0x29:
        return this.#take(')', 1);
      case 0x2a:
        return this.#take('*', 1);
      case 0x2b:
        return this.#take('+', 1);
      case 0x2c:
        return this.#take(',', 1);
      case 0x2d:
        return this.#take('-', 1);
      case 0x2e: // .
        return isDigit(text.charCodeAt(start + 1)) ? this.#fraction(start) : this.#take('.', 1);
      case 0x2f:
        return this.#take('/', 1);
      case 0x3a:
        return this.#take(':', 1);
      case 0x3c: // <
        return text.charCodeAt(start + 1) === 0x3d ? this.#take('<=', 2) : this.#take('<', 1);
      case 0x3d: // =
        return text.charCodeAt(start + 1) === 0x3d ? this.#take('==', 2) : this.#skip(start + 1);
      case 0x3e: // >
        return text.charCodeAt(start + 1) === 0x3d ? this.#take('>=', 2) : this.#take('>', 1);
      case 0x3f:
        return this.#take('?', 1);
      case 0x5b:
        return this.#take('[', 1);
      case 0x5d:
        return this.#take(']', 1);
      case 0x60: // `
        return this.#escaped(start);
      case 0x7b:
        return this.#take('{', 1);
      case 0x7c: // |
        return text.charCodeAt(start + 1) === 0x7c ? this.#take('||', 2) : this.#skip(start + 1);
      case 0x7d:
        return this.#take('}', 1);
      default:
        return Number.isNaN(code) ? this.#take('end', 0) : this.#skip(start);
    }
  }

  #take(kind: TokenKind, length: number): true {
    this.kind = kind;
    this.end = this.start + length;
    return true;
  }

  /** Reports the text up to and including the character that fits no token, and goes on behind it. */
  #skip(bad: number): false {
    const next = bad + ((this.text.codePointAt(bad) ?? 0) > 0xffff ? 2 : 1);
    this.end = Math.min(next, this.text.length);
    const shown = this.text.slice(this.start, this.end);
    // The issue beyond the last that is told ends the reading.
    if (this.issues.length === maxIssues) this.end = this.text.length;
    this.issues.push({
      message: `Syntax error: token recognition error at: '${shown}'`,
      offset: this.start,
    });
    return false;
  }

  #skipBlanks(from: number): number {
    const text = this.text;
    for (let at = from; ; at++) {
      const code = text.charCodeAt(at);
      if (code === 0x20 || code === 0x0a || code === 0x09 || code === 0x0d || code === 0x0c) continue;
      if (code !== 0x2f || text.charCodeAt(at + 1) !== 0x2f) return at;
      const lineEnd = text.indexOf('\n', at);
      if (lineEnd === -1) return text.length;
      at = lineEnd;
    }
  }

  #word(start: number, first: number): true {
    const text = this.text;
    let at = start + 1;
    while (isWordPart(text.charCodeAt(at))) at++;
    const quote = text.charCodeAt(at);
    if ((quote === 0x22 || quote === 0x27) && this.#prefixed(start, at, first)) return true;
    this.end = at;
    this.kind = keyword(text, start, at);
    return true;
  }

  /** `r'...'`, `b'...'`, `br'...'`: a word directly before a quote may be the literal's prefix. */
  #prefixed(start: number, at: number, first: number): boolean {
    const length = at - start;
    if (length > 2) return false;
    const raw = isRawPrefix(this.text.charCodeAt(at - 1));
    const bytes = first === 0x62 || first === 0x42;
    if (length === 1 ? !raw && !bytes : !raw || !bytes) return false;
    const end = raw ? this.#rawEnd(at) : this.#escapedEnd(at);
    if (end < 0) return false;
    this.kind = bytes ? 'bytes' : 'string';
    this.end = end;
    return true;
  }

  #quoted(start: number, at: number, kind: 'string'): boolean {
    const end = this.#escapedEnd(at);
    if (end < 0) return this.#skip(-end);
    this.start = start;
    this.end = end;
    this.kind = kind;
    return true;
  }

  #isTriple(at: number): boolean {
    const quote = this.text.charCodeAt(at);
    return this.text.charCodeAt(at + 1) === quote && this.text.charCodeAt(at + 2) === quote;
  }

  /** The end of the string that opens at `at`, or minus the offset of the character where it stops being one. */
  #escapedEnd(at: number): number {
    if (!this.#isTriple(at)) return this.#escapedRun(at, 1);
    const end = this.#escapedRun(at, 3);
    return end < 0 ? at + 2 : end; // an open triple quote is an empty string and the start of another
  }

  #escapedRun(open: number, width: 1 | 3): number {
    const text = this.text;
    const quote = text.charCodeAt(open);
    for (let at = open + width; at < text.length;) {
      const code = text.charCodeAt(at);
      if (code === 0x5c) {
        const end = this.#escapeEnd(at + 1);
        if (end < 0) return end;
        at = end;
        continue;
      }
      if (code === quote && (width === 1 || this.#isTriple(at))) return at + width;
      if (width === 1 && (code === 0x0a || code === 0x0d)) return -at;
      at++;
    }
    return -text.length;
  }

  /** The end of the escape after a backslash, or minus the offset of the character that is wrong in it. */
  #escapeEnd(at: number): number {
    const code = this.text.charCodeAt(at);
    if (simpleEscapes.has(code)) return at + 1;
    if (code === 0x78 || code === 0x58) return this.#digits(at + 1, 2, isHexDigit);
    if (code === 0x75) return this.#digits(at + 1, 4, isHexDigit);
    if (code === 0x55) return this.#digits(at + 1, 8, isHexDigit);
    if (code >= 0x30 && code <= 0x33) return this.#digits(at + 1, 2, isOctalDigit);
    return -at;
  }

  #digits(from: number, count: number, is: (code: number) => boolean): number {
    for (let at = from; at < from + count; at++) {
      if (!is(this.text.charCodeAt(at))) return -at;
    }
    return from + count;
  }

  #rawEnd(open: number): number {
    const text = this.text;
    const quote = text[open]!;
    if (this.#isTriple(open)) {
      const end = text.indexOf(quote + quote + quote, open + 3);
      return end === -1 ? open + 2 : end + 3;
    }
    const end = text.indexOf(quote, open + 1);
    if (end === -1) return -1;
    for (let at = open + 1; at < end; at++) {
      const code = text.charCodeAt(at);
      if (code === 0x0a || code === 0x0d) return -1;
    }
    return end + 1;
  }

  #number(start: number): true {
    const text = this.text;
    if (text.charCodeAt(start) === 0x30 && text.charCodeAt(start + 1) === 0x78) {
      const end = skipWhile(text, start + 2, isHexDigit);
      if (end > start + 2) return this.#whole(end);
    }
    const end = skipWhile(text, start + 1, isDigit);
    const code = text.charCodeAt(end);
    if (code === 0x2e && isDigit(text.charCodeAt(end + 1))) return this.#fraction(end);
    const exponent = this.#exponentEnd(end);
    if (exponent === end) return this.#whole(end);
    this.kind = 'double';
    this.end = exponent;
    return true;
  }

  #whole(end: number): true {
    const code = this.text.charCodeAt(end);
    const unsigned = code === 0x75 || code === 0x55;
    this.kind = unsigned ? 'uint' : 'int';
    this.end = unsigned ? end + 1 : end;
    return true;
  }

  /** The rest of a double from its dot. */
  #fraction(dot: number): true {
    this.kind = 'double';
    this.end = this.#exponentEnd(skipWhile(this.text, dot + 1, isDigit));
    return true;
  }

  /** The end of the exponent that starts at `at`, or `at` when there is none. */
  #exponentEnd(at: number): number {
    const text = this.text;
    const code = text.charCodeAt(at);
    if (code !== 0x65 && code !== 0x45) return at;
    const sign = text.charCodeAt(at + 1);
    const digits = sign === 0x2b || sign === 0x2d ? at + 2 : at + 1;
    const end = skipWhile(text, digits, isDigit);
    return end === digits ? at : end;
  }

  #escaped(start: number): boolean {
    const end = skipWhile(this.text, start + 1, isEscapedPart);
    if (end === start + 1 || this.text.charCodeAt(end) !== 0x60) return this.#skip(end);
    this.kind = 'escaped';
    this.end = end + 1;
    return true;
  }
}

/** The characters that may follow a backslash alone: a b f n r t v " ' \ ? and the backtick. */
const simpleEscapes = new Set(Array.from('abfnrtv"\'\\?`', (character) => character.charCodeAt(0)));

function keyword(text: string, start: number, end: number): TokenKind {
  switch (end - start) {
    case 2:
      return text.startsWith('in', start) ? 'in' : 'identifier';
    case 4:
      if (text.startsWith('true', start)) return 'true';
      return text.startsWith('null', start) ? 'null' : 'identifier';
    case 5:
      return text.startsWith('false', start) ? 'false' : 'identifier';
    default:
      return 'identifier';
  }
}

function skipWhile(text: string, from: number, is: (code: number) => boolean): number {
  let at = from;
  while (is(text.charCodeAt(at))) at++;
  return at;
}

const isLetter = (code: number): boolean =>
  (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f;
const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
const isWordPart = (code: number): boolean => isLetter(code) || isDigit(code);
const isOctalDigit = (code: number): boolean => code >= 0x30 && code <= 0x37;
const isHexDigit = (code: number): boolean =>
  isDigit(code) || (code >= 0x61 && code <= 0x66) || (code >= 0x41 && code <= 0x46);
const isRawPrefix = (code: number): boolean => code === 0x72 || code === 0x52;
/** Letters, digits and `_ . - /` and the blank may stand between backticks. */
const isEscapedPart = (code: number): boolean =>
  isWordPart(code) || code === 0x2e || code === 0x2d || code === 0x2f || code === 0x20;
