import type { Issue } from '../issue.ts';
import type { Call, Expr, ListLiteral } from '../syntax/ast.ts';
import type { Type } from '../type.ts';

/** The kinds of values a clause of a format string takes; dyn always fits. */
interface Clause {
  readonly kinds: ReadonlySet<string>;
  /** What cel-go says before `, was given <type>`. */
  readonly refusal: string;
}

const clause = (kinds: string, refusal: string): Clause => ({
  kinds: new Set(kinds.split(' ')),
  refusal,
});
const hex = clause(
  'int uint string bytes',
  'only integers, byte buffers, and strings can be formatted as hex',
);

const clauses: Readonly<Record<string, Clause>> = {
  b: clause('int uint bool', 'only integers and bools can be formatted as binary'),
  d: clause('int uint', 'decimal clause can only be used on integers'),
  e: clause('double string', 'scientific clause can only be used on doubles'),
  f: clause('double string', 'fixed-point clause can only be used on doubles'),
  o: clause('int uint', 'octal clause can only be used on integers'),
  s: clause(
    'list map int uint double bool string google.protobuf.Timestamp bytes google.protobuf.Duration type null_type',
    'string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps',
  ),
  x: hex,
  X: hex,
};

/** A clause read from a format string, or why it could not be read. */
type Read = { clause: Clause; end: number } | { message: string };

/**
 * Checks `'literal'.format([...])`: the clauses must be well formed and fit the static types of the arguments, and no
 * argument may be left over.
 *
 * Returns one issue at most, with cel-go's text. Source: cel-go `ext/formatting.go`, stringFormatValidator.
 */
export function checkFormatString(call: Call, format: string, list: ListLiteral): Issue | undefined {
  let used = 0;
  for (let at = format.indexOf('%'); at !== -1;) {
    if (format[at + 1] === '%') {
      at = format.indexOf('%', at + 2);
      continue;
    }
    if (at + 1 >= format.length) return { message: 'unexpected end of string', offset: call.at };
    const argument = list.elements[used];
    if (argument === undefined) return { message: `index ${used} out of range`, offset: call.at };
    const read = readClause(format, at + 1);
    if ('message' in read) {
      return { message: `could not parse formatting clause: ${read.message}`, offset: call.at };
    }
    const misfit = findMisfit(argument, read.clause, read.clause === clauses['s']);
    if (misfit !== undefined) {
      const message = `error during formatting: ${read.clause.refusal}, was given ${typeName(misfit.type!)}`;
      return { message, offset: misfit.at };
    }
    used++;
    at = format.indexOf('%', read.end);
  }
  if (list.elements.length <= used) return undefined;
  const given = list.elements.length;
  const message = `too many arguments supplied to string.format (expected ${used}, got ${given})`;
  return { message, offset: call.at };
}

function readClause(format: string, from: number): Read {
  let at = from;
  if (format[at] === '.') {
    const digits = /^[0-9]*/.exec(format.slice(at + 1))![0];
    at += 1 + digits.length;
    if (at >= format.length) return precision('could not find end of precision specifier');
    const wrong = digits === '' ? 'invalid syntax' : Number(digits) > 2 ** 63 ? 'value out of range' : '';
    if (wrong !== '') {
      return precision(
        `error while converting precision to integer: strconv.Atoi: parsing "${digits}": ${wrong}`,
      );
    }
  }
  const read = Object.hasOwn(clauses, format[at]!) ? clauses[format[at]!] : undefined;
  if (read !== undefined) return { clause: read, end: at + 1 };
  return { message: `unrecognized formatting clause "${firstByte(format, at)}"` };
}

const precision = (message: string): Read => ({ message: `error while parsing precision: ${message}` });

/** cel-go reads format strings byte by byte and shows the byte as a character. */
function firstByte(format: string, at: number): string {
  const bytes = new TextEncoder().encode(String.fromCodePoint(format.codePointAt(at)!));
  return String.fromCharCode(bytes[0]!);
}

/** The first expression that does not fit; `%s` looks into list and map literals. */
function findMisfit(expr: Expr, expected: Clause, deep: boolean): Expr | undefined {
  const type = expr.type!;
  if (type.kind !== 'dyn' && !expected.kinds.has(typeName(type))) return expr;
  if (!deep) return undefined;
  const parts =
    expr.kind === 'list'
      ? expr.elements
      : expr.kind === 'map'
        ? expr.entries.flatMap(({ key, value }) => [key, value])
        : [];
  for (const part of parts) {
    const misfit = findMisfit(part, expected, true);
    if (misfit !== undefined) return misfit;
  }
  return undefined;
}

/** The type's name without parameters, as `type()` prints it. */
function typeName(type: Type): string {
  return type.kind === 'scalar' || type.kind === 'opaque' || type.kind === 'struct' ? type.name : type.kind;
}
