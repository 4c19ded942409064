import type { Environment } from '../environment.ts';
import { type Issue, maxIssues } from '../issue.ts';
import type { Call, Expr, ListLiteral, MapLiteral } from '../syntax/ast.ts';
import { formatType, type Type } from '../type.ts';
import { CelError, TypeValue, type Value } from '../value.ts';
import { checkFormatString } from './format-string.ts';
import { sameType } from './substitution.ts';
import { operands } from './walk.ts';

/**
 * Looks at a checked expression for what the types do not tell: lists and maps of mixed types, durations, timestamps
 * and regular expressions that cannot be read, format strings that do not fit their arguments.
 *
 * What is looked at depends on the environment (`homogeneousLiterals`, `literalValidation`). Issues are ordered by
 * position, with cel-go's texts.
 * Source: cel-go `cel/validator.go`, `ext/formatting.go`.
 */
export function validate(expr: Expr, environment: Environment): Issue[] {
  const validation = new Validation(environment);
  validation.visit(expr, false);
  return validation.issues.toSorted((a, b) => a.offset - b.offset);
}

class Validation {
  readonly issues: Issue[] = [];
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** `formatted` tells that the expression is somewhere inside a call of `format`, whose arguments may be mixed. */
  visit(expr: Expr, formatted: boolean): void {
    const mixed = !formatted && this.#environment.homogeneousLiterals;
    if (expr.kind === 'list' && mixed) this.#mixedList(expr);
    if (expr.kind === 'map' && mixed) this.#mixedMap(expr);
    if (expr.kind === 'call' && this.#environment.literalValidation) this.#literals(expr);
    const inside = formatted || (expr.kind === 'call' && expr.function === 'format');
    for (const operand of operands(expr)) {
      const before = this.issues.length;
      this.visit(operand, inside);
      const optional = expr.kind === 'macro' && (expr.name === 'optMap' || expr.name === 'optFlatMap');
      // cel-go's expansion holds the range twice and so reports its problems twice
      if (optional && operand === expr.range) this.issues.slice(before).forEach((issue) => this.#add(issue));
    }
  }

  #mixedList(list: ListLiteral): void {
    let first: Type | undefined;
    for (const [index, element] of list.elements.entries()) {
      const type = content(element.type!, list.optional.includes(index));
      first ??= type;
      if (sameType(first, type)) continue;
      this.#mismatch(element, first, type);
      return;
    }
  }

  #mixedMap(map: MapLiteral): void {
    let keyType: Type | undefined;
    let valueType: Type | undefined;
    for (const { key, value, optional } of map.entries) {
      const type = content(value.type!, optional);
      keyType ??= key.type!;
      valueType ??= type;
      if (!sameType(keyType, key.type!)) this.#mismatch(key, keyType, key.type!);
      if (!sameType(valueType, type)) this.#mismatch(value, valueType, type);
    }
  }

  #literals(call: Call): void {
    const { target, args } = call;
    if (call.function === 'format' && target?.kind === 'literal' && typeof target.value === 'string') {
      const list = args[0];
      if (args.length !== 1 || list?.kind !== 'list') return;
      const issue = checkFormatString(call, target.value, list);
      if (issue !== undefined) this.#add(issue);
      return;
    }
    const first = args[0];
    if (first?.kind !== 'literal') return;
    if (!this.#isReadable(call, first.value)) {
      this.#add({ message: `invalid ${call.function} argument`, offset: first.at });
    }
  }

  /** cel-go looks at the first argument in parentheses, which for `matches('text', 'pattern')` is the text. */
  #isReadable(call: Call, value: Value): boolean {
    if (call.function === 'matches') {
      const matches = this.#environment.overloads('matches')?.[0];
      return typeof value !== 'string' || !(matches?.implementation('', value) instanceof CelError);
    }
    if (call.function !== 'duration' && call.function !== 'timestamp') return true;
    return (
      value !== null && !(convert(call, value, call.args[0]!.type!, this.#environment) instanceof CelError)
    );
  }

  #mismatch(expr: Expr, expected: Type, actual: Type): void {
    const message = `expected type '${formatType(expected)}' but found '${formatType(actual)}'`;
    this.#add({ message, offset: expr.at });
  }

  #add(issue: Issue): void {
    if (this.issues.length < maxIssues) this.issues.push(issue);
  }
}

/** The type in a literal: of an element written with `?` the optional's content. */
function content(type: Type, optional: boolean): Type {
  return optional && type.kind === 'opaque' ? (type.parameters[0] ?? type) : type;
}

/** Functions that cel-go evaluates while it plans a program when their argument is constant. */
const conversions = new Set('bool bytes double duration dyn int string timestamp type uint'.split(' '));
/** Functions whose constant pattern, the argument named, is compiled while the program is planned. */
const patterns: Readonly<Record<string, number>> = { matches: 1, find: 1, findAll: 1 };

/**
 * The first problem cel-go meets when it plans the program: a conversion of a constant that fails (`int('a')`, even in
 * a branch never taken) or a constant regular expression that cannot be read. The text has no position.
 * Source: cel-go `interpreter/decorators.go`, decOptimize and decRegexOptimizer.
 */
export function planningProblem(expr: Expr, environment: Environment): string | undefined {
  const folded = fold(expr, environment);
  return folded instanceof CelError ? folded.message : undefined;
}

interface Constant {
  readonly value: Value;
  readonly type: Type;
}

/** The value of a constant expression, the error met inside, or undefined when it is not constant. */
function fold(expr: Expr, environment: Environment): Constant | CelError | undefined {
  if (expr.kind === 'literal') return { value: expr.value, type: expr.type! };
  const folded: (Constant | undefined)[] = [];
  for (const operand of operands(expr)) {
    const result = fold(operand, environment);
    if (result instanceof CelError) return result;
    folded.push(result);
  }
  const undefinedType = typeVariable(expr, environment);
  if (undefinedType !== undefined) {
    return new CelError(`reference to undefined type: ${undefinedType}`);
  }
  const literal = constantLiteral(expr, folded);
  if (literal !== undefined) return literal;
  if (expr.kind !== 'call') return undefined;
  if (expr.function === '_[_]' || expr.function === '_[?_]') return qualifierProblem(folded[1]);
  const pattern = patternOf(expr, folded);
  if (pattern !== undefined) {
    const [matches] = environment.overloads('matches') ?? [];
    const result = matches?.implementation('', pattern);
    return result instanceof CelError ? result : undefined;
  }
  const [argument] = folded;
  if (argument === undefined || folded.length !== 1 || !conversions.has(expr.function)) return undefined;
  if (expr.function === 'dyn') return argument;
  const value = convert(expr, argument.value, argument.type, environment);
  if (value instanceof CelError) return value;
  if (value !== undefined) return { value, type: expr.type! };
  return new CelError(`no such overload: ${expr.function}(${kindName(argument.type)})`);
}

/**
 * An identifier of a type that names no type: the variable of a comprehension over types, which cel-go takes for the name
 * of a type, or a struct. The expansions of some macros use the variable themselves.
 */
function typeVariable(expr: Expr, environment: Environment): string | undefined {
  if (expr.kind === 'identifier' || expr.kind === 'select') {
    const name = expr.resolved?.name;
    const type = expr.type!;
    if (name === undefined || type.kind !== 'type') return undefined;
    const isStruct = type.of?.kind === 'struct'; // the server declares its structs, but not as values
    return isStruct || environment.declaration(name) === undefined ? name : undefined;
  }
  if (expr.kind !== 'macro' || !usesVariable.has(expr.name)) return undefined;
  const range = expr.range.type!;
  const first =
    range.kind === 'list'
      ? expr.name === 'filter' && range.element
      : range.kind === 'map'
        ? range.key
        : range.kind === 'opaque' && range.parameters[0];
  return first && first.kind === 'type' ? expr.variables[0] : undefined;
}

const usesVariable: ReadonlySet<string> = new Set(['filter', 'optFlatMap', 'optMap', 'transformMap']);

/** A list or map of constants, or the name of a type. */
function constantLiteral(expr: Expr, parts: readonly (Constant | undefined)[]): Constant | undefined {
  if (expr.kind === 'identifier' || expr.kind === 'select') {
    const value = expr.resolved?.value ?? (expr.type?.kind === 'type' ? new TypeValue('type') : undefined);
    return expr.resolved === undefined || value === undefined ? undefined : { value, type: expr.type! };
  }
  if (expr.kind !== 'list' && expr.kind !== 'map') return undefined;
  if (expr.kind === 'list' && expr.optional.length > 0) return undefined;
  if (expr.kind === 'map' && expr.entries.some(({ optional }) => optional)) return undefined;
  const values = parts.map((part) => part?.value);
  return values.every((value) => value !== undefined) ? { value: values, type: expr.type! } : undefined;
}

/** The Go types of constants that cel-go cannot take as an index. */
const unindexable: Readonly<Record<string, string>> = {
  bytes: 'types.Bytes',
  'google.protobuf.Duration': 'types.Duration',
  'google.protobuf.Timestamp': 'types.Timestamp',
  list: '*types.baseList',
  map: '*types.baseMap',
  null_type: 'types.Null',
  type: '*types.Type',
};

function qualifierProblem(index: Constant | undefined): CelError | undefined {
  if (index === undefined) return undefined;
  const kind = kindName(index.type);
  const name = Object.hasOwn(unindexable, kind) ? unindexable[kind] : undefined;
  return name === undefined ? undefined : new CelError(`invalid qualifier type: ${name}`);
}

const kindName = (type: Type): string => (type.kind === 'scalar' ? type.name : type.kind);

function patternOf(call: Call, folded: readonly (Constant | undefined)[]): string | undefined {
  const index = Object.hasOwn(patterns, call.function) ? patterns[call.function]! : -1;
  const value = folded[index]?.value;
  return typeof value === 'string' ? value : undefined;
}

/** Applies the overload for a value of exactly this type; undefined when there is none. */
function convert(
  call: Call,
  value: Value,
  type: Type,
  environment: Environment,
): Value | CelError | undefined {
  const overload = environment
    .overloads(call.function)
    ?.find(({ id, args }) => call.overloads?.includes(id) && args.length === 1 && fits(type, args[0]!));
  return overload?.implementation(value);
}

const fits = (type: Type, declared: Type): boolean =>
  declared.kind === 'parameter' || declared.kind === 'dyn' || sameType(type, declared);
