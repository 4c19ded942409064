import type { Implementation, Overload } from '../library.ts';
import { isMap, mapEntries, mapSize } from '../map.ts';
import { unsupported } from '../standard/arithmetic.ts';
import type { Type } from '../type.ts';
import { typeName } from '../type-name.ts';
import { CelError, type Value } from '../value.ts';
import type { PlanNode } from './node.ts';

/**
 * Whether a value may be passed for a parameter at run time. Parameters of types are erased but for the first element
 * of a list or map, which is looked at. Source: cel-go `common/types/types.go`, `IsAssignableRuntimeType`.
 */
export function accepts(type: Type, value: Value): boolean {
  switch (type.kind) {
    case 'dyn':
    case 'error':
    case 'parameter':
      return true;
    case 'list':
      return Array.isArray(value) && (value.length === 0 || accepts(type.element, value[0]!));
    case 'map':
      return isMap(value) && acceptsMap(type, value);
    case 'type':
      return typeName(value) === 'type';
    default:
      return typeName(value) === type.name;
  }
}

function acceptsMap(type: Type & { kind: 'map' }, value: Value): boolean {
  if (mapSize(value) === 0) return true;
  const [key, element] = mapEntries(value)[0]!;
  return accepts(type.key, key) && accepts(type.value, element);
}

/** `no such overload: f(int, string)`. */
export function noSuchOverload(name: string, args: readonly Value[]): CelError {
  return new CelError(`no such overload: ${name}(${args.map(typeName).join(', ')})`);
}

/**
 * The functions that cel-go binds once for all their overloads: their implementations take anything and say themselves
 * what does not fit. Source: cel-go `common/stdlib/standard.go`, singleton bindings and disabled type guards.
 */
const untyped = new Set(['size', 'matches', 'contains', 'startsWith', 'endsWith', 'flatten']);

/** Whether a function is one operator with one implementation for all its overloads. */
export function isUntyped(name: string): boolean {
  return untyped.has(name) || /^(?:_|-_|!_|@in$)/.test(name);
}

/**
 * The implementation behind a call: the only overload where the checker found one, guarded unless every argument is
 * certain; else the first overload whose signature the arguments match.
 */
export function dispatcher(
  name: string,
  candidates: readonly Overload[],
  args: readonly PlanNode[],
): Implementation {
  const only = candidates.length === 1 || isUntyped(name) || name === 'sort' ? candidates[0] : undefined;
  if (only === undefined) return dynamic(name, candidates);
  if (name === 'sort') return ofLists(name, only);
  if (isUntyped(name) || args.every((arg, i) => isCertain(only.args[i]!, arg))) return only.implementation;
  return guarded(name, only);
}

/**
 * Whether an argument's value is sure to fit. Its static type does not tell: where `dyn` met a type, as in
 * `c ? object.x : 'a'`, the checker settles for the type.
 */
function isCertain(parameter: Type, argument: PlanNode): boolean {
  if (parameter.kind === 'dyn' || parameter.kind === 'parameter') return true;
  if (argument.kind === 'constant') return accepts(parameter, argument.value);
  return (
    argument.kind === 'call' &&
    argument.yields?.kind === parameter.kind &&
    parameter.kind !== 'list' &&
    parameter.kind !== 'map'
  );
}

/** `sort` has one implementation for lists of whatever elements. */
function ofLists(name: string, { implementation }: Overload): Implementation {
  return (value: Value) => (Array.isArray(value) ? implementation(value) : unsupported(name, value));
}

function isText(type: Type): boolean {
  return type.kind === 'scalar' && type.name === 'string';
}

function guarded(name: string, { args, implementation }: Overload): Implementation {
  const [first, second] = args;
  if (args.every(isText)) {
    if (args.length === 1) {
      return (a: Value) => (typeof a === 'string' ? implementation(a) : noSuchOverload(name, [a]));
    }
    if (args.length === 2) {
      return (a: Value, b: Value) =>
        typeof a === 'string' && typeof b === 'string' ? implementation(a, b) : noSuchOverload(name, [a, b]);
    }
  }
  if (args.length === 1) {
    return (a: Value) => (accepts(first!, a) ? implementation(a) : noSuchOverload(name, [a]));
  }
  if (args.length === 2) {
    return (a: Value, b: Value) =>
      accepts(first!, a) && accepts(second!, b) ? implementation(a, b) : noSuchOverload(name, [a, b]);
  }
  return (...values: Value[]) =>
    values.every((value, i) => accepts(args[i]!, value))
      ? implementation(...values)
      : noSuchOverload(name, values);
}

function dynamic(name: string, candidates: readonly Overload[]): Implementation {
  return (...values: Value[]) => {
    for (const { args, implementation } of candidates) {
      if (args.length === values.length && args.every((type, i) => accepts(type, values[i]!))) {
        return implementation(...values);
      }
    }
    return noSuchOverload(name, values);
  };
}
