import { goQuote } from '../../../src/cel/go-quote.ts';
import { formatFloat } from '../../../src/cel/standard/go-number.ts';
import type { Call, Macro } from '../../../src/cel/syntax/ast.ts';
import { type Comprehension, expand, type ExpandedExpr } from '../../../src/cel/syntax/expansion.ts';
import { formatType } from '../../../src/cel/type.ts';
import { Double, Uint, type Value } from '../../../src/cel/value.ts';

/** Writes what stands behind a node in the dump: its kind, or its type and references. */
export type Adorner = (expr: ExpandedExpr | 'entry') => string;

/**
 * Prints a tree in the debug format of cel-go (`common/debug`), macros expanded, for comparison with its own dumps.
 *
 * `expansions` holds the expansions the checker made, so that their nodes have types; without it they are made here.
 */
export function debugString(
  expr: ExpandedExpr,
  adorn: Adorner,
  expansions?: ReadonlyMap<Macro, ExpandedExpr>,
): string {
  const dump = new Dump(adorn, expansions);
  dump.node(expr);
  return dump.text;
}

/** The adornment of parsed trees: `^#*expr.Constant_Int64Value#`. */
export const kindAdorner: Adorner = (expr) =>
  `^#*expr.${expr === 'entry' ? 'Expr_CreateStruct_Entry' : kindOf(expr)}#`;

/** The adornment of checked trees: `~int^add_int64`. */
export const typeAdorner: Adorner = (expr) => {
  if (expr === 'entry') return '';
  const type = expr.type === undefined ? '' : `~${formatType(expr.type)}`;
  return type + referenceOf(expr);
};

function referenceOf(expr: ExpandedExpr): string {
  switch (expr.kind) {
    case 'identifier':
      return expr.resolved === undefined ? '' : `^${expr.resolved.name}`;
    case 'select':
      if (expr.optional) return '^select_optional_field';
      return expr.resolved === undefined ? '' : `^${expr.resolved.name}`;
    case 'call':
      return expr.overloads === undefined ? '' : `^${expr.overloads.toSorted().join('|')}`;
    case 'struct':
      return `^${expr.typeName}`;
    default:
      return '';
  }
}

function kindOf(expr: ExpandedExpr): string {
  switch (expr.kind) {
    case 'literal':
      return `Constant_${constantKind(expr.value)}Value`;
    case 'identifier':
      return 'Expr_IdentExpr';
    case 'select':
      return expr.optional ? 'Expr_CallExpr' : 'Expr_SelectExpr';
    case 'call':
      return 'Expr_CallExpr';
    case 'list':
      return 'Expr_ListExpr';
    case 'map':
    case 'struct':
      return 'Expr_StructExpr';
    case 'comprehension':
    case 'macro':
      return 'Expr_ComprehensionExpr';
  }
}

function constantKind(value: Value): string {
  if (value === null) return 'Null';
  if (typeof value === 'boolean') return 'Bool';
  if (typeof value === 'string') return 'String';
  if (value instanceof Uint) return 'Uint64';
  if (value instanceof Uint8Array) return 'Bytes';
  const int = typeof value === 'bigint' || Number.isInteger(value);
  return int ? 'Int64' : 'Double';
}

class Dump {
  text = '';
  private depth = 0;
  private lineStart = true;
  private readonly adorn: Adorner;
  private readonly expansions: ReadonlyMap<Macro, ExpandedExpr> | undefined;

  constructor(adorn: Adorner, expansions: ReadonlyMap<Macro, ExpandedExpr> | undefined) {
    this.adorn = adorn;
    this.expansions = expansions;
  }

  node(expr: ExpandedExpr): void {
    if (expr.kind === 'macro') return this.node(this.expansions?.get(expr) ?? expand(expr));
    this.content(expr);
    this.write(this.adorn(expr));
  }

  private content(expr: Exclude<ExpandedExpr, Macro>): void {
    switch (expr.kind) {
      case 'literal':
        return this.write(literal(expr.value));
      case 'identifier':
        return this.write(expr.resolved?.name ?? expr.name);
      case 'select':
        return this.select(expr);
      case 'call':
        return this.call(expr);
      case 'list':
        return this.block('[', ']', expr.elements, (element) => this.node(element));
      case 'map':
        return this.block('{', '}', expr.entries, ({ key, value, optional }) => {
          this.write(optional ? '?' : '');
          this.node(key);
          this.entry(value);
        });
      case 'struct':
        return this.block(`${expr.typeName}{`, '}', expr.fields, ({ name, value, optional }) => {
          this.write(`${optional ? '?' : ''}${name}`);
          this.entry(value);
        });
      case 'comprehension':
        return this.comprehension(expr);
    }
  }

  private entry(value: ExpandedExpr): void {
    this.write(':');
    this.node(value);
    this.write(this.adorn('entry'));
  }

  private select(expr: Extract<ExpandedExpr, { kind: 'select' }>): void {
    if (expr.resolved !== undefined) return this.write(expr.resolved.name);
    if (expr.optional) {
      const field = { kind: 'literal', value: expr.field, start: 0, end: 0, at: 0 } as const;
      return this.block('_?._(', ')', [expr.operand, field], (operand) => this.node(operand));
    }
    this.node(expr.operand);
    this.write(`.${expr.field}${expr.test ? '~test-only~' : ''}`);
  }

  private call(expr: Call): void {
    if (expr.target !== undefined) {
      this.node(expr.target);
      this.write('.');
    }
    this.block(`${expr.function}(`, ')', expr.args, (arg) => this.node(arg));
  }

  private comprehension(expr: Comprehension): void {
    this.write('__comprehension__(');
    this.depth++;
    this.line();
    this.part('Variable', () => this.write(expr.variables.join(',\n')));
    this.part('Target', () => this.node(expr.range));
    this.part('Accumulator', () => this.write(expr.accumulator));
    this.part('Init', () => this.node(expr.initial));
    this.part('LoopCondition', () => this.node(expr.condition));
    this.part('LoopStep', () => this.node(expr.step));
    this.write('// Result');
    this.line();
    this.node(expr.result);
    this.write(')');
    this.depth--;
  }

  private part(title: string, write: () => void): void {
    this.write(`// ${title}`);
    this.line();
    write();
    this.write(',');
    this.line();
  }

  private block<T>(open: string, close: string, items: readonly T[], write: (item: T) => void): void {
    this.write(open);
    if (items.length > 0) {
      this.depth++;
      for (const [index, item] of items.entries()) {
        if (index > 0) this.write(',');
        this.line();
        write(item);
      }
      this.depth--;
      this.line();
    }
    this.write(close);
  }

  private write(text: string): void {
    if (this.lineStart) this.text += '  '.repeat(this.depth);
    this.lineStart = false;
    this.text += text;
  }

  private line(): void {
    this.text += '\n';
    this.lineStart = true;
  }
}

function literal(value: Value): string {
  if (typeof value === 'string') return goQuote(value);
  if (value instanceof Uint) return `${value.value}u`;
  if (value instanceof Double) return formatFloat(value.value);
  if (value instanceof Uint8Array) return `b${quoteBytes(value)}`;
  if (typeof value === 'number' && !Number.isInteger(value)) return formatFloat(value);
  return String(value);
}

/** Go quotes bytes that are no UTF-8 as `\xff`. */
function quoteBytes(bytes: Uint8Array): string {
  try {
    return goQuote(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    const escaped = Array.from(bytes, (byte) =>
      byte > 0x7e || byte < 0x20 ? `\\x${byte.toString(16).padStart(2, '0')}` : String.fromCharCode(byte),
    );
    return `"${escaped.join('')}"`;
  }
}
