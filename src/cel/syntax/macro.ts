import type { Issue } from '../issue.ts';
import type { Expr, Macro, MacroName } from './ast.ts';

/** The calls an environment reads as macros: the name and, as bits, the numbers of arguments (`1 << 2` for two). */
export type MacroSet = ReadonlyMap<string, number>;

const arities = (...counts: number[]): number => counts.reduce((bits, count) => bits | (1 << count), 0);

/** `has`, `all`, `exists`, `exists_one`, `map`, `filter`. Source: cel-go `cel/macro.go`, StandardMacros. */
export const standardMacros: MacroSet = new Map([
  ['has', arities(1)],
  ['all', arities(2)],
  ['exists', arities(2)],
  ['exists_one', arities(2)],
  ['map', arities(2, 3)],
  ['filter', arities(2)],
]);

/** `existsOne` over one variable, which cel-go's parser knows and Kubernetes does not switch on. */
export const existsOneMacro: MacroSet = new Map([['existsOne', arities(2)]]);

/** `optMap` and `optFlatMap`. Source: cel-go `cel/library.go`. */
export const optionalMacros: MacroSet = new Map([
  ['optMap', arities(2)],
  ['optFlatMap', arities(2)],
]);

/** The comprehensions over two variables. Source: cel-go `ext/comprehensions.go`. */
export const twoVariableMacros: MacroSet = new Map([
  ['all', arities(3)],
  ['exists', arities(3)],
  ['exists_one', arities(3)],
  ['existsOne', arities(3)],
  ['transformList', arities(3, 4)],
  ['transformMap', arities(3, 4)],
  ['transformMapEntry', arities(3, 4)],
]);

/** `sortBy`. Source: cel-go `ext/lists.go`. */
export const sortByMacro: MacroSet = new Map([['sortBy', arities(2)]]);

/** The union of macro sets. */
export function mergeMacros(...sets: readonly MacroSet[]): MacroSet {
  if (sets.length === 1) return sets[0]!;
  const merged = new Map<string, number>();
  for (const set of sets) {
    for (const [name, bits] of set) merged.set(name, (merged.get(name) ?? 0) | bits);
  }
  return merged;
}

interface Position {
  readonly start: number;
  readonly end: number;
  readonly at: number;
}

/**
 * Reads a call as a macro.
 *
 * Returns undefined when it is a plain call, and an issue with cel-go's text when it is a macro whose arguments are not
 * well formed.
 */
export function applyMacro(
  macros: MacroSet,
  name: string,
  target: Expr | undefined,
  args: readonly Expr[],
  position: Position,
): Expr | Issue | undefined {
  const bits = macros.get(name);
  if (bits === undefined || (bits & (1 << args.length)) === 0) return undefined;
  if (name === 'has') return target === undefined ? presence(args[0]!, position) : undefined;
  if (target === undefined) return undefined;
  switch (name) {
    case 'optMap':
    case 'optFlatMap':
      return optionalMap(name, target, args, position);
    case 'sortBy':
      return sortBy(target, args, position);
    case 'existsOne':
      return comprehension('exists_one', target, args, position);
    default:
      return comprehension(name as MacroName, target, args, position);
  }
}

function presence(argument: Expr, position: Position): Expr | Issue {
  if (argument.kind !== 'select' || argument.optional) {
    return { message: 'invalid argument to has() macro', offset: argument.at };
  }
  return { ...argument, ...position, test: true };
}

function optionalMap(
  name: 'optMap' | 'optFlatMap',
  range: Expr,
  args: readonly Expr[],
  position: Position,
): Expr | Issue {
  const variable = args[0]!;
  if (variable.kind !== 'identifier') {
    return { message: `${name}() variable name must be a simple identifier`, offset: variable.at };
  }
  return macro(name, range, [variable.name], undefined, args[1]!, position);
}

function sortBy(range: Expr, args: readonly Expr[], position: Position): Expr | Issue {
  const sortable = range.kind !== 'literal' && range.kind !== 'map' && range.kind !== 'struct';
  if (!sortable) {
    const message =
      'sortBy can only be applied to a list, identifier, comprehension, call or select expression';
    return { message, offset: range.at };
  }
  const variable = iterationVariable(args[0]!, 'argument is not an identifier');
  if (typeof variable !== 'string') return variable;
  return macro('sortBy', range, [variable], undefined, args[1]!, position);
}

/** How many variables a comprehension binds, told by its name and number of arguments. */
function variableCount(name: MacroName, args: number): 1 | 2 {
  if (name === 'transformList' || name === 'transformMap' || name === 'transformMapEntry') return 2;
  return name !== 'map' && args === 3 ? 2 : 1;
}

function comprehension(
  name: MacroName,
  range: Expr,
  args: readonly Expr[],
  position: Position,
): Expr | Issue {
  const variables = iterationVariables(name, args);
  if ('message' in variables) return variables;
  const rest = args.slice(variables.length);
  const filter = rest.length === 2 ? rest[0] : undefined;
  return macro(name, range, variables, filter, rest.at(-1)!, position);
}

function iterationVariables(name: MacroName, args: readonly Expr[]): string[] | Issue {
  const listed = name === 'map' || name === 'filter';
  const notSimple = listed ? 'argument is not an identifier' : 'argument must be a simple name';
  const count = variableCount(name, args.length);
  if (count === 1) {
    const variable = iterationVariable(args[0]!, notSimple);
    return typeof variable === 'string' ? [variable] : variable;
  }
  const [first, second] = [args[0]!, args[1]!];
  if (first.kind !== 'identifier') return { message: notSimple, offset: first.at };
  if (second.kind !== 'identifier') return { message: notSimple, offset: second.at };
  if (first.name === second.name) {
    return { message: `duplicate variable name: ${first.name}`, offset: second.at };
  }
  for (const variable of [first, second]) {
    const checked = iterationVariable(variable, notSimple);
    if (typeof checked !== 'string') return checked;
  }
  return [first.name, second.name];
}

function iterationVariable(argument: Expr, notSimple: string): string | Issue {
  if (argument.kind !== 'identifier') return { message: notSimple, offset: argument.at };
  if (argument.name === '__result__') {
    return { message: 'iteration variable overwrites accumulator variable', offset: argument.at };
  }
  return argument.name;
}

function macro(
  name: MacroName,
  range: Expr,
  variables: readonly string[],
  filter: Expr | undefined,
  body: Expr,
  position: Position,
): Macro {
  return { kind: 'macro', ...position, name, range, variables, filter, body };
}
