import { double, int, Uint, type Value } from '../value.ts';

/** The text of a literal could not be turned into a value; `message` is cel-go's. */
export interface LiteralError {
  readonly message: string;
}

const maxInt = 2n ** 63n - 1n;
const minInt = -(2n ** 63n);
const maxUint = 2n ** 64n - 1n;

/**
 * The value of an int literal (`12`, `0xFF`), with its sign when one precedes it; 64 bits.
 * Source: cel-go `parser/parser.go`, VisitInt.
 */
export function intLiteral(text: string, negative: boolean): { value: Value } | LiteralError {
  if (text.length < 16) return { value: signed(Number(text), negative) };
  const magnitude = BigInt(text);
  const value = negative ? -magnitude : magnitude;
  return value > maxInt || value < minInt ? { message: 'invalid int literal' } : { value: int(value) };
}

/** JavaScript's -0 is a double, the int zero has no sign. */
function signed(magnitude: number, negative: boolean): number {
  return negative && magnitude !== 0 ? -magnitude : magnitude;
}

/** The value of a uint literal (`12u`, `0xFFu`); 64 bits. */
export function uintLiteral(text: string): { value: Value } | LiteralError {
  const value = BigInt(text.slice(0, -1));
  return value > maxUint ? { message: 'invalid uint literal' } : { value: new Uint(value) };
}

/** The value of a double literal (`1.5`, `1e3`, `.5`); a literal beyond the range of doubles is an error, as in Go. */
export function doubleLiteral(text: string, negative: boolean): { value: Value } | LiteralError {
  const value = Number(text);
  if (value === Infinity) return { message: 'invalid double literal' };
  return { value: double(negative ? -value : value) };
}

const lineBreak = /\r\n?/g;

/**
 * The content of a string literal token (`'a'`, `"""a"""`, `r'a\b'`), its escapes resolved and its line breaks
 * normalised to `\n`. The lexer has already matched the token, so quotes and escapes are well formed.
 * Source: cel-go `parser/unescape.go`.
 */
export function stringLiteral(token: string): { value: string } | LiteralError {
  const { content, raw } = unquote(token);
  if (raw || !content.includes('\\')) return { value: content };
  let value = '';
  let from = 0;
  for (let slash = content.indexOf('\\'); slash !== -1; slash = content.indexOf('\\', from)) {
    value += content.slice(from, slash);
    const escape = readEscape(content, slash + 1);
    if (escape.code > 0x10ffff || (escape.code >= 0xd800 && escape.code <= 0xdfff)) {
      return { message: 'invalid unicode code point' };
    }
    value += String.fromCodePoint(escape.code);
    from = escape.end;
  }
  return { value: value + content.slice(from) };
}

const utf8 = new TextEncoder();

/**
 * The content of a bytes literal token (`b'a'`, `br"a"`): characters as UTF-8, `\xhh` and octal escapes as one byte;
 * `\u` and `\U` are not allowed.
 */
export function bytesLiteral(token: string): { value: Uint8Array } | LiteralError {
  const { content, raw } = unquote(token.slice(1));
  if (raw || !content.includes('\\')) return { value: utf8.encode(content) };
  const bytes: number[] = [];
  let from = 0;
  for (let slash = content.indexOf('\\'); slash !== -1; slash = content.indexOf('\\', from)) {
    for (const byte of utf8.encode(content.slice(from, slash))) bytes.push(byte);
    const kind = content[slash + 1];
    if (kind === 'u' || kind === 'U') return { message: 'unable to unescape string' };
    const escape = readEscape(content, slash + 1);
    bytes.push(escape.code);
    from = escape.end;
  }
  for (const byte of utf8.encode(content.slice(from))) bytes.push(byte);
  return { value: Uint8Array.from(bytes) };
}

function unquote(token: string): { content: string; raw: boolean } {
  const raw = token[0] === 'r' || token[0] === 'R';
  const open = raw ? 1 : 0;
  const quote = token[open]!;
  const triple = token.length - open >= 6 && token[open + 1] === quote && token[open + 2] === quote;
  const width = triple ? 3 : 1;
  const content = token.slice(open + width, -width);
  return { content: content.includes('\r') ? content.replace(lineBreak, '\n') : content, raw };
}

const simpleEscapes: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
};

/** Reads the escape whose first character after the backslash is at `at`. */
function readEscape(content: string, at: number): { code: number; end: number } {
  const kind = content[at]!;
  const simple = simpleEscapes[kind];
  if (simple !== undefined) return { code: simple, end: at + 1 };
  if (kind === 'x' || kind === 'X') return hexEscape(content, at + 1, 2);
  if (kind === 'u') return hexEscape(content, at + 1, 4);
  if (kind === 'U') return hexEscape(content, at + 1, 8);
  if (kind >= '0' && kind <= '3') {
    return { code: Number.parseInt(content.slice(at, at + 3), 8), end: at + 3 };
  }
  return { code: content.charCodeAt(at), end: at + 1 };
}

function hexEscape(content: string, from: number, digits: number): { code: number; end: number } {
  return { code: Number.parseInt(content.slice(from, from + digits), 16), end: from + digits };
}
