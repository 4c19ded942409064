import { type Issue, maxIssues } from '../issue.ts';
import type { Value } from '../value.ts';
import type { Expr, ListLiteral, MapEntry, MapLiteral, StructLiteral, StructLiteralField } from './ast.ts';
import { Lexer, type TokenKind } from './lexer.ts';
import {
  bytesLiteral,
  doubleLiteral,
  intLiteral,
  type LiteralError,
  stringLiteral,
  uintLiteral,
} from './literal.ts';
import { applyMacro, type MacroSet, standardMacros } from './macro.ts';

/** What the parser accepts beyond the core grammar; the defaults are cel-go's. */
export interface ParseOptions {
  /** Calls that are macros; default the standard ones. */
  readonly macros?: MacroSet;
  /** Whether `a.?b`, `a[?b]`, `[?a]` and `{?k: v}` may be used; default false. */
  readonly optionalSyntax?: boolean;
  /** Whether `` a.`b-c` `` may be used; Kubernetes does not switch it on; default false. */
  readonly escapedIdentifiers?: boolean;
  /** How deep one grammar rule may be nested, and how deep the tree may be; default 250. */
  readonly maxDepth?: number;
}

/** The longest expression that is parsed, in Unicode code points. */
export const maxCodePoints = 100_000;
const defaultDepth = 250;

/**
 * Parses an expression as cel-go 0.26 to 0.29 does.
 *
 * Takes time linear in the text; text beyond the limits (100,000 code points, depth 250) is an issue, never a crash.
 * Issues are ordered by position; of more than a hundred the others are only counted, and after a hundred syntax errors
 * reading ends. It goes on after text that is no token and after a bad literal, reserved word or
 * macro argument; it ends at the first violation of the grammar.
 * Source: cel-go `parser/gen/CEL.g4`, `parser/parser.go`.
 */
export function parse(
  text: string,
  options: ParseOptions = {},
): { expr: Expr } | { issues: Issue[]; truncated?: number } {
  const size = codePoints(text);
  if (size > maxCodePoints) {
    const message = `expression code point size exceeds limit: size: ${size}, limit ${maxCodePoints}`;
    return { issues: [{ message, offset: -1 }] };
  }
  const parser = new Parser(text, options);
  const expr = parser.run();
  if (expr !== undefined && parser.issues.length === 0) return { expr };
  const issues = parser.issues.slice(0, maxIssues).toSorted((a, b) => a.offset - b.offset);
  return { issues, truncated: parser.issues.length - issues.length };
}

function codePoints(text: string): number {
  if (text.length <= maxCodePoints) return text.length; // no exact count needed below the limit
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0xdc00 || code > 0xdfff) count++;
  }
  return count;
}

/** Words that are not identifiers although the grammar could read them as such. */
const reserved = new Set(
  `as break const continue else false for function if import in let loop package namespace null return true var void
  while`.split(/\s+/),
);

/** The tokens an expression can start with, as cel-go lists them in its messages. */
const operandStart =
  "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";
const startKinds = new Set<TokenKind>(
  '[ { ( . - ! true false null double int uint string bytes identifier'.split(' ') as TokenKind[],
);

/** Thrown inside the parser to leave it at the first violation of the grammar; never leaves this file. */
class SyntaxStop {
  readonly issue: Issue;
  constructor(message: string, offset: number) {
    this.issue = { message, offset };
  }
}

const relations: Partial<Record<TokenKind, string>> = {
  '<': '_<_',
  '<=': '_<=_',
  '>': '_>_',
  '>=': '_>=_',
  '==': '_==_',
  '!=': '_!=_',
  in: '@in',
};

/** cel-go stops where one rule is nested too deeply; these are its rules that can nest. */
type Rule = 'expr' | 'relation' | 'calc';

class Parser {
  readonly issues: Issue[];
  readonly #lexer: Lexer;
  readonly #text: string;
  readonly #macros: MacroSet;
  readonly #optionalSyntax: boolean;
  readonly #escapedIdentifiers: boolean;
  readonly #maxDepth: number;
  readonly #depth: Record<Rule, number> = { expr: 0, relation: 0, calc: 0 };
  /** Height of the tree parsed last, counting the nodes that cel-go's visitor counts. */
  #height = 0;
  /** End of the token consumed last. */
  #last = 0;

  constructor(text: string, options: ParseOptions) {
    this.#text = text;
    this.#lexer = new Lexer(text);
    this.issues = this.#lexer.issues;
    this.#maxDepth = options.maxDepth ?? defaultDepth;
    this.#macros = options.macros ?? standardMacros;
    this.#optionalSyntax = options.optionalSyntax ?? false;
    this.#escapedIdentifiers = options.escapedIdentifiers ?? false;
  }

  run(): Expr | undefined {
    try {
      this.#lexer.next();
      const expr = this.#expr();
      if (this.#lexer.kind !== 'end') this.#extraneous('<EOF>');
      return expr;
    } catch (stop) {
      if (!(stop instanceof SyntaxStop)) throw stop;
      // Where the lexer has given up this is the end that it has made itself.
      if (this.issues.length <= maxIssues) this.issues.push(stop.issue);
      return undefined;
    }
  }

  #expr(): Expr {
    this.#enter('expr');
    const condition = this.#or();
    if (this.#lexer.kind !== '?') {
      this.#depth.expr--;
      return condition;
    }
    const at = this.#advance();
    let height = this.#height;
    const first = this.#or();
    height = Math.max(height, this.#height);
    this.#expectColon();
    const second = this.#expr();
    this.#grow(Math.max(height, this.#height));
    this.#depth.expr--;
    return this.#call('_?_:_', [condition, first, second], condition.start, at);
  }

  #or(): Expr {
    const first = this.#and();
    if (this.#lexer.kind !== '||') return first;
    return this.#logic('_||_', '||', first, () => this.#and());
  }

  #and(): Expr {
    const first = this.#relation(0);
    if (this.#lexer.kind !== '&&') return first;
    return this.#logic('_&&_', '&&', first, () => this.#relation(0));
  }

  /** A chain of `&&` or `||` becomes a balanced tree, which is how cel-go keeps long chains shallow. */
  #logic(name: string, kind: TokenKind, first: Expr, next: () => Expr): Expr {
    const terms = [first];
    const operators: number[] = [];
    let height = this.#height;
    while (this.#lexer.kind === kind) {
      operators.push(this.#advance());
      terms.push(next());
      height = Math.max(height, this.#height);
    }
    this.#height = height;
    return balance(name, terms, operators, 0, operators.length - 1);
  }

  #relation(precedence: 0 | 1): Expr {
    this.#enter('relation');
    let left = this.#calc(0);
    for (let name = relations[this.#lexer.kind]; name !== undefined && precedence === 0;) {
      const at = this.#advance();
      const height = this.#height;
      const right = this.#relation(1);
      this.#grow(Math.max(height, this.#height));
      left = this.#call(name, [left, right], left.start, at);
      name = relations[this.#lexer.kind];
    }
    this.#depth.relation--;
    return left;
  }

  /** `precedence` is 0 for any operator, 1 where only `*`, `/` and `%` bind tighter, 2 for none. */
  #calc(precedence: 0 | 1 | 2): Expr {
    this.#enter('calc');
    let left = this.#unary();
    for (;;) {
      const kind = this.#lexer.kind;
      const product = kind === '*' || kind === '/' || kind === '%';
      if (!(product && precedence < 2) && !((kind === '+' || kind === '-') && precedence === 0)) break;
      const at = this.#advance();
      const height = this.#height;
      const right = this.#calc(product ? 2 : 1);
      this.#grow(Math.max(height, this.#height));
      left = this.#call(`_${kind}_`, [left, right], left.start, at);
    }
    this.#depth.calc--;
    return left;
  }

  /** Pairs of the same sign cancel out; `-1` is a literal. */
  #unary(): Expr {
    const kind = this.#lexer.kind;
    if (kind !== '-' && kind !== '!') return this.#member(this.#primary());
    const at = this.#advance();
    let count = 1;
    while (this.#lexer.kind === kind) {
      this.#advance();
      count++;
    }
    const negative = kind === '-' && (this.#lexer.kind === 'int' || this.#lexer.kind === 'double');
    if (negative && count === 1) return this.#member(this.#literal(at, true));
    const signed = kind === '!' && this.#lexer.kind === '-' ? this.#negativeLiteral() : undefined;
    if (signed === undefined && !startKinds.has(this.#lexer.kind)) this.#badOperand(kind);
    const operand = this.#member(signed ?? this.#primary());
    if (count % 2 === 0) return operand;
    return this.#call(kind === '!' ? '!_' : '-_', [operand], at, at);
  }

  /** `!-1`: after `!` the grammar has no negation, only a literal with its sign. */
  #negativeLiteral(): Expr {
    const at = this.#advance();
    if (this.#lexer.kind !== 'int' && this.#lexer.kind !== 'double') this.#badOperand('-');
    return this.#literal(at, true);
  }

  /** Selections, indexes and method calls after a primary expression. */
  #member(primary: Expr): Expr {
    let expr = primary;
    for (;;) {
      const kind = this.#lexer.kind;
      if (kind === '.') expr = this.#selection(expr);
      else if (kind === '[') expr = this.#index(expr);
      else return expr;
    }
  }

  #selection(operand: Expr): Expr {
    const at = this.#advance();
    const mark = this.#optionalMark();
    const optional = mark >= 0;
    this.#supported(mark, '.?', at);
    const name = this.#fieldName(optional ? '.?' : '.');
    const plain = name.plain && !optional;
    if (plain && this.#lexer.kind === '(') {
      const open = this.#advance();
      const height = this.#height;
      const args = this.#args();
      this.#grow(Math.max(height, this.#height));
      return this.#invocation(name.text, operand, args, operand.start, open);
    }
    this.#grow(this.#height);
    return {
      kind: 'select',
      start: operand.start,
      end: this.#last,
      at,
      operand,
      field: name.text,
      test: false,
      optional,
    };
  }

  /** A name after a dot or in a struct literal; reserved words are fine here. */
  #fieldName(before: string): { text: string; plain: boolean } {
    const lexer = this.#lexer;
    if (lexer.kind === 'identifier') {
      const text = this.#text.slice(lexer.start, lexer.end);
      this.#advance();
      return { text, plain: true };
    }
    if (lexer.kind === 'escaped') {
      if (!this.#escapedIdentifiers) this.#report("unsupported syntax: '`'", lexer.start);
      const text = this.#text.slice(lexer.start + 1, lexer.end - 1);
      this.#advance();
      return { text, plain: false };
    }
    if (before === '.?')
      this.#fail(`mismatched input '${this.#shown()}' expecting {IDENTIFIER, ESC_IDENTIFIER}`);
    if (lexer.kind === 'true' || lexer.kind === 'false' || lexer.kind === 'null') {
      this.#fail(`mismatched input '${lexer.kind}' expecting IDENTIFIER`);
    }
    const token = lexer.kind === 'end' ? '' : this.#shown();
    return this.#fail(`no viable alternative at input '${before}${token}'`);
  }

  #index(operand: Expr): Expr {
    const at = this.#advance();
    const height = this.#height;
    const mark = this.#optionalMark();
    this.#supported(mark, '[?', at);
    const key = this.#expr();
    this.#expectClose(']');
    this.#grow(Math.max(height, this.#height));
    return this.#call(mark >= 0 ? '_[?_]' : '_[_]', [operand, key], operand.start, at);
  }

  #primary(): Expr {
    const start = this.#lexer.start;
    this.#height = 0;
    switch (this.#lexer.kind) {
      case 'identifier':
        return this.#name(start, '');
      case '.':
        this.#advance();
        if (!this.#is('identifier')) this.#fieldName('.');
        return this.#name(start, '.');
      case '(': {
        this.#advance();
        const expr = this.#expr();
        this.#expectClose(')');
        return expr;
      }
      case '[':
        return this.#list();
      case '{':
        return this.#map();
      case 'int':
      case 'uint':
      case 'double':
      case 'string':
      case 'bytes':
      case 'true':
      case 'false':
      case 'null':
        return this.#literal(start, false);
      default:
        return this.#badOperand('');
    }
  }

  /** An identifier, a function call, or the type name of a struct literal. */
  #name(start: number, dot: '' | '.'): Expr {
    const lexer = this.#lexer;
    const at = lexer.start;
    const word = this.#text.slice(at, lexer.end);
    this.#advance();
    const typeName = this.#structName(dot + word);
    if (typeName !== undefined) return this.#struct(start, typeName);
    if (reserved.has(word)) this.#report(`reserved identifier: ${word}`, start);
    if (lexer.kind !== '(') return { kind: 'identifier', start, end: this.#last, at, name: dot + word };
    const open = this.#advance();
    return this.#invocation(dot + word, undefined, this.#args(), start, open);
  }

  /** The qualified name up to an opening brace, when what follows the first word is a struct literal. */
  #structName(first: string): string | undefined {
    const lexer = this.#lexer;
    if (lexer.kind === '{') return first;
    if (lexer.kind !== '.') return undefined;
    const mark = lexer.mark();
    const last = this.#last;
    let name = first;
    while (this.#is('.')) {
      this.#advance();
      if (!this.#is('identifier')) {
        lexer.reset(mark);
        this.#last = last;
        return undefined;
      }
      name += `.${this.#text.slice(lexer.start, lexer.end)}`;
      this.#advance();
    }
    if (this.#is('{')) return name;
    lexer.reset(mark);
    this.#last = last;
    return undefined;
  }

  #args(): Expr[] {
    const args: Expr[] = [];
    let height = 0;
    if (this.#lexer.kind !== ')') {
      args.push(this.#expr());
      height = this.#height;
      while (this.#lexer.kind === ',') {
        this.#advance();
        args.push(this.#expr());
        height = Math.max(height, this.#height);
      }
    }
    this.#expectClose(')');
    this.#height = height;
    return args;
  }

  #invocation(name: string, target: Expr | undefined, args: Expr[], start: number, at: number): Expr {
    const macro = applyMacro(this.#macros, name, target, args, { start, end: this.#last, at });
    if (macro === undefined) {
      return { kind: 'call', start, end: this.#last, at, function: name, target, args };
    }
    if (!('message' in macro)) return macro;
    this.issues.push(macro);
    // What stands in its place is where it failed, for the next macro to complain of.
    return { kind: 'literal', start, end: this.#last, at: macro.offset, value: null };
  }

  #list(): ListLiteral {
    const at = this.#advance();
    const elements: Expr[] = [];
    const optional: number[] = [];
    this.#sequence(']', () => {
      const mark = this.#optionalMark();
      if (mark >= 0) optional.push(elements.length);
      elements.push(this.#expr());
      this.#supported(mark, '?');
      return this.#height;
    });
    return { kind: 'list', start: at, end: this.#last, at, elements, optional };
  }

  #map(): MapLiteral {
    const start = this.#advance();
    const entries: MapEntry[] = [];
    this.#sequence('}', () => {
      const mark = this.#optionalMark();
      const key = this.#expr();
      const height = this.#height;
      const at = this.#expectColon();
      const value = this.#expr();
      entries.push({ at, key, value, optional: mark >= 0 });
      this.#supported(mark, '?');
      return Math.max(height, this.#height);
    });
    return { kind: 'map', start, end: this.#last, at: start, entries };
  }

  #struct(start: number, typeName: string): StructLiteral {
    const open = this.#advance();
    const fields: StructLiteralField[] = [];
    this.#sequence('}', () => {
      const mark = this.#optionalMark();
      if (!this.#is('identifier') && !this.#is('escaped')) {
        this.#fail(
          `mismatched input '${this.#shown()}' expecting {'}', ',', '?', IDENTIFIER, ESC_IDENTIFIER}`,
        );
      }
      const name = this.#fieldName('.').text;
      const at = this.#expectColon();
      const value = this.#expr();
      fields.push({ at, name, value, optional: mark >= 0 });
      this.#supported(mark, '?');
      return this.#height;
    });
    return { kind: 'struct', start, end: this.#last, at: open, typeName, fields };
  }

  /**
   * The items of a literal up to its closing bracket, separated by commas; one comma may stand before the bracket, even
   * alone. `read` consumes one item and returns its height.
   */
  #sequence(close: ']' | '}', read: () => number): void {
    let height = 0;
    let expected: string | undefined;
    if (this.#is(',')) this.#advance();
    else {
      while (!this.#is(close) && !(expected === `'${close}'` && this.#is(','))) {
        height = Math.max(height, read());
        expected = `{'${close}', ','}`;
        if (!this.#is(',')) break;
        this.#advance();
        expected = `'${close}'`;
      }
    }
    this.#expectClose(close, expected);
    this.#height = height;
  }

  /** Consumes the `?` that marks something as optional and returns its offset, or -1 when there is none. */
  #optionalMark(): number {
    return this.#is('?') ? this.#advance() : -1;
  }

  /** Reports optional syntax, met at `offset` unless that is -1, where the environment does not have it. */
  #supported(offset: number, syntax: string, shownAt = offset): void {
    if (offset >= 0 && !this.#optionalSyntax) this.#report(`unsupported syntax '${syntax}'`, shownAt);
  }

  #literal(start: number, negative: boolean): Expr {
    const lexer = this.#lexer;
    const kind = lexer.kind;
    const read = literalValue(kind, this.#text.slice(lexer.start, lexer.end), negative);
    this.#advance();
    this.#height = 0;
    if ('message' in read) this.#report(read.message, start);
    return {
      kind: 'literal',
      start,
      end: this.#last,
      at: start,
      value: 'message' in read ? null : read.value,
    };
  }

  #call(name: string, args: Expr[], start: number, at: number): Expr {
    return { kind: 'call', start, end: this.#last, at, function: name, target: undefined, args };
  }

  #is(kind: TokenKind): boolean {
    return this.#lexer.kind === kind;
  }

  /** Consumes the current token and returns its offset. */
  #advance(): number {
    const start = this.#lexer.start;
    this.#last = this.#lexer.end;
    this.#lexer.next();
    return start;
  }

  #enter(rule: Rule): void {
    if (++this.#depth[rule] > this.#maxDepth) {
      throw new SyntaxStop(`expression recursion limit exceeded: ${this.#maxDepth}`, -1);
    }
  }

  /** Sets the height of a node whose highest child has the height given. */
  #grow(height: number): void {
    this.#height = height + 1;
    if (this.#height > this.#maxDepth) throw new SyntaxStop('max recursion depth exceeded', -1);
  }

  #report(message: string, offset: number): void {
    this.issues.push({ message, offset });
  }

  #shown(): string {
    return this.#lexer.kind === 'end' ? '<EOF>' : this.#text.slice(this.#lexer.start, this.#lexer.end);
  }

  #fail(message: string): never {
    throw new SyntaxStop(`Syntax error: ${message}`, this.#lexer.start);
  }

  #extraneous(expected: string): never {
    this.#fail(`extraneous input '${this.#shown()}' expecting ${expected}`);
  }

  /** The token at hand cannot start an operand; `before` is a sign directly before it. */
  #badOperand(before: '' | '!' | '-'): never {
    const end = this.#lexer.kind === 'end';
    if (before === '-') this.#fail(`no viable alternative at input '-${end ? '' : this.#shown()}'`);
    const skipped = before === '!' || (!end && startKinds.has(this.#following()));
    this.#fail(`${skipped ? 'extraneous' : 'mismatched'} input '${this.#shown()}' expecting ${operandStart}`);
  }

  #following(): TokenKind {
    const mark = this.#lexer.mark();
    this.#lexer.next();
    const kind = this.#lexer.kind;
    this.#lexer.reset(mark);
    return kind;
  }

  #expectColon(): number {
    const at = this.#lexer.start;
    if (this.#is(':')) return this.#advance();
    if (this.#following() === ':') {
      this.#drop("':'");
      return this.#advance();
    }
    if (!startKinds.has(this.#lexer.kind)) this.#fail(`mismatched input '${this.#shown()}' expecting ':'`);
    this.#report(`Syntax error: missing ':' at '${this.#shown()}'`, at);
    return at;
  }

  /**
   * Consumes a closing bracket; `expected` is what the message lists when more could follow. One token too many before
   * it, or its absence, is reported and reading goes on.
   */
  #expectClose(close: ')' | ']' | '}', expected?: string): void {
    if (this.#is(close)) {
      this.#advance();
      return;
    }
    if (!this.#is('end') && this.#following() === close) {
      this.#drop(expected ?? `'${close}'`);
      this.#advance();
      return;
    }
    if (expected !== undefined || startKinds.has(this.#lexer.kind)) {
      this.#fail(`mismatched input '${this.#shown()}' expecting ${expected ?? `'${close}'`}`);
    }
    this.#report(`Syntax error: missing '${close}' at '${this.#shown()}'`, this.#lexer.start);
  }

  /** Reports the token at hand as one too many and skips it. */
  #drop(expected: string): void {
    this.#report(
      `Syntax error: extraneous input '${this.#shown()}' expecting ${expected}`,
      this.#lexer.start,
    );
    this.#lexer.next();
  }
}

function literalValue(kind: TokenKind, token: string, negative: boolean): { value: Value } | LiteralError {
  switch (kind) {
    case 'int':
      return intLiteral(token, negative);
    case 'uint':
      return uintLiteral(token);
    case 'double':
      return doubleLiteral(token, negative);
    case 'string':
      return stringLiteral(token);
    case 'bytes':
      return bytesLiteral(token);
    case 'null':
      return { value: null };
    default:
      return { value: kind === 'true' };
  }
}

function balance(name: string, terms: Expr[], operators: number[], low: number, high: number): Expr {
  const middle = (low + high + 1) >> 1;
  const left = middle === low ? terms[middle]! : balance(name, terms, operators, low, middle - 1);
  const right = middle === high ? terms[middle + 1]! : balance(name, terms, operators, middle + 1, high);
  return {
    kind: 'call',
    start: left.start,
    end: right.end,
    at: operators[middle]!,
    function: name,
    target: undefined,
    args: [left, right],
  };
}
