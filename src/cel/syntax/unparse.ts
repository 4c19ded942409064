import { goQuote } from '../go-quote.ts';
import { Double, Uint, type Value } from '../value.ts';
import type { Call, Expr, Literal, Macro, Select } from './ast.ts';

/** How tightly the operators bind; a higher number binds tighter. */
const precedence: Readonly<Record<string, number>> = {
  '_?_:_': 1,
  '_||_': 2,
  '_&&_': 3,
  '_==_': 4,
  '_!=_': 4,
  '_<_': 4,
  '_<=_': 4,
  '_>_': 4,
  '_>=_': 4,
  '@in': 4,
  '_+_': 5,
  '_-_': 5,
  '_*_': 6,
  '_/_': 6,
  '_%_': 6,
  '!_': 7,
  '-_': 7,
};
/** Literals, names, calls, selections. */
const tightest = 8;

/**
 * Writes an expression as text that parses to the same tree: no needless brackets, no comments, strings between double
 * quotes.
 */
export function unparse(expr: Expr): string {
  switch (expr.kind) {
    case 'literal':
      return literal(expr.value);
    case 'identifier':
      return expr.name;
    case 'select':
      return selection(expr);
    case 'call':
      return call(expr);
    case 'list':
      return `[${expr.elements.map((element, index) => mark(expr.optional.includes(index)) + unparse(element)).join(', ')}]`;
    case 'map':
      return `{${expr.entries.map(({ key, value, optional }) => `${mark(optional)}${unparse(key)}: ${unparse(value)}`).join(', ')}}`;
    case 'struct':
      return `${expr.typeName}{${expr.fields.map(({ name, value, optional }) => `${mark(optional)}${fieldName(name)}: ${unparse(value)}`).join(', ')}}`;
    case 'macro':
      return macro(expr);
  }
}

const mark = (optional: boolean): string => (optional ? '?' : '');

function selection(expr: Select): string {
  const text = `${receiver(expr.operand)}${expr.optional ? '.?' : '.'}${fieldName(expr.field)}`;
  return expr.test ? `has(${text})` : text;
}

const plainName = /^[A-Za-z_][A-Za-z0-9_]*$/;

function fieldName(name: string): string {
  const keyword = name === 'in' || name === 'true' || name === 'false' || name === 'null';
  return plainName.test(name) && !keyword ? name : `\`${name}\``;
}

function macro({ name, range, variables, filter, body }: Macro): string {
  const args = [...variables, ...(filter === undefined ? [] : [unparse(filter)]), unparse(body)];
  return `${receiver(range)}.${name}(${args.join(', ')})`;
}

function call(expr: Call): string {
  const { function: name, target, args } = expr;
  const level = precedence[name];
  if (target !== undefined) return `${receiver(target)}.${name}(${args.map(unparse).join(', ')})`;
  if (name === '_[_]') return `${receiver(args[0]!)}[${unparse(args[1]!)}]`;
  if (name === '_[?_]') return `${receiver(args[0]!)}[?${unparse(args[1]!)}]`;
  if (level === undefined) return `${name}(${args.map(unparse).join(', ')})`;
  if (name === '!_' || name === '-_') return `${name[0]}${operand(args[0]!)}`;
  if (name === '_?_:_') {
    const [condition, first, second] = args;
    return `${above(condition!, 2)} ? ${above(first!, 2)} : ${unparse(second!)}`;
  }
  const operator = name === '@in' ? 'in' : name.slice(1, -1);
  if (level <= 3)
    return chain(expr)
      .map((term) => above(term, level + 1))
      .join(` ${operator} `);
  return `${above(args[0]!, level)} ${operator} ${above(args[1]!, level + 1)}`;
}

/**
 * The terms of a chain of `&&` or `||`; the parser balances a chain again as it is here. A tree that the parser would
 * build otherwise stays in brackets.
 */
function chain(expr: Call): readonly Expr[] {
  const terms = flatten(expr, expr.function);
  return isBalanced(expr, terms.length, expr.function) ? terms : expr.args;
}

function flatten(expr: Expr, name: string): Expr[] {
  if (expr.kind !== 'call' || expr.function !== name || expr.target !== undefined) return [expr];
  return expr.args.flatMap((arg) => flatten(arg, name));
}

/** Whether the tree has the shape that the parser gives to a chain of this many terms. */
function isBalanced(expr: Expr, terms: number, name: string): boolean {
  if (terms === 1) return true;
  if (expr.kind !== 'call') return false;
  const left = ((terms - 1) >> 1) + 1;
  const [first, second] = expr.args;
  const size = flatten(first!, name).length;
  return size === left && isBalanced(first!, left, name) && isBalanced(second!, terms - left, name);
}

/** The text in brackets unless it binds at least as tightly as `level`. */
function above(expr: Expr, level: number): string {
  const text = unparse(expr);
  return levelOf(expr) >= level ? text : `(${text})`;
}

function levelOf(expr: Expr): number {
  if (expr.kind !== 'call' || expr.target !== undefined) return tightest;
  return precedence[expr.function] ?? tightest;
}

/** What stands before a dot or an opening bracket. */
function receiver(expr: Expr): string {
  const text = unparse(expr);
  return levelOf(expr) < tightest ? `(${text})` : text;
}

/** The operand of `!` and `-`: a number must not merge with the sign, and pairs of signs would cancel out. */
function operand(expr: Expr): string {
  const text = receiver(expr);
  return isNumber(expr) ? `(${text})` : text;
}

const isNumber = (expr: Expr): boolean => {
  if (expr.kind === 'select') return isNumber(expr.operand) && !expr.test;
  if (expr.kind === 'macro') return isNumber(expr.range);
  if (expr.kind === 'call') {
    const first = expr.target ?? expr.args[0];
    const leading = expr.target !== undefined || expr.function === '_[_]' || expr.function === '_[?_]';
    return leading && first !== undefined && isNumber(first);
  }
  return expr.kind === 'literal' && isNumeric(expr);
};

const isNumeric = ({ value }: Literal): boolean =>
  typeof value === 'number' || typeof value === 'bigint' || value instanceof Double;

function literal(value: Value): string {
  if (typeof value === 'string') return goQuote(value); // CEL knows all escapes that Go writes
  if (value instanceof Uint) return `${value.value}u`;
  if (value instanceof Double) return double(value.value);
  if (value instanceof Uint8Array) return bytes(value);
  if (typeof value === 'number' && !Number.isInteger(value)) return double(value);
  return String(value);
}

/** Always with a dot or an exponent, so that it is not read as an int. */
function double(value: number): string {
  const text = Object.is(value, -0) ? '-0' : String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

function bytes(value: Uint8Array): string {
  const escaped = Array.from(value, (byte) => {
    if (byte === 0x22 || byte === 0x5c) return `\\${String.fromCharCode(byte)}`;
    return byte >= 0x20 && byte < 0x7f
      ? String.fromCharCode(byte)
      : `\\x${byte.toString(16).padStart(2, '0')}`;
  });
  return `b"${escaped.join('')}"`;
}
