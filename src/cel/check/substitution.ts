import { boolType, dynType, listType, mapType, type Type, typeType } from '../type.ts';

/**
 * What is known about the type variables of one check: a mapping from variables to types, with unification.
 *
 * Failed attempts leave no trace: bindings made since the attempt began are taken back.
 * Source: cel-go `checker/types.go`, `checker/mapping.go`.
 */
export class Substitution {
  readonly #bindings = new Map<string, Type>();
  /** What to restore when an attempt fails: pairs of a variable and its previous binding. */
  readonly #undo: [string, Type | undefined][] = [];

  /** Whether a value of type `from` may stand where `to` is expected; binds variables on success. */
  assignable(from: Type, to: Type): boolean {
    return this.#attempt(() => this.#unify(from, to));
  }

  /** As `assignable`, for all pairs of two lists, which must be equally long. */
  allAssignable(from: readonly Type[], to: readonly Type[]): boolean {
    return this.#attempt(() => this.#unifyAll(from, to));
  }

  /** Replaces bound variables by their types; free variables become dyn when `finish` is set. */
  apply(type: Type, finish = false): Type {
    switch (type.kind) {
      case 'parameter': {
        const bound = this.#bindings.get(type.name);
        if (bound !== undefined) return this.apply(bound, finish);
        return finish ? dynType : type;
      }
      case 'list': {
        const element = this.apply(type.element, finish);
        return element === type.element ? type : listType(element);
      }
      case 'map': {
        const key = this.apply(type.key, finish);
        const value = this.apply(type.value, finish);
        return key === type.key && value === type.value ? type : mapType(key, value);
      }
      case 'opaque': {
        if (type.parameters.length === 0) return type;
        return { ...type, parameters: type.parameters.map((parameter) => this.apply(parameter, finish)) };
      }
      case 'type': {
        if (type.of === undefined) return type;
        const of = this.apply(type.of, finish);
        return of === type.of ? type : typeType(of);
      }
      default:
        return type;
    }
  }

  #attempt(unify: () => boolean): boolean {
    const mark = this.#undo.length;
    if (unify()) return true;
    while (this.#undo.length > mark) {
      const [name, previous] = this.#undo.pop()!;
      if (previous === undefined) this.#bindings.delete(name);
      else this.#bindings.set(name, previous);
    }
    return false;
  }

  #bind(name: string, type: Type): void {
    this.#undo.push([name, this.#bindings.get(name)]);
    this.#bindings.set(name, type);
  }

  #unifyAll(from: readonly Type[], to: readonly Type[]): boolean {
    return from.length === to.length && from.every((type, index) => this.#unify(type, to[index]!));
  }

  #unify(from: Type, to: Type): boolean {
    if (to.kind === 'parameter') {
      const { valid, bound } = this.#substitutes(from, to.name, to);
      if (valid) return true;
      if (bound) return false;
    }
    if (from.kind === 'parameter') return this.#substitutes(to, from.name, from).valid;
    if (isDynOrError(from) || isDynOrError(to)) return true;
    if (isNull(from)) return isNullable(to);
    if (isNull(to)) return isNullable(from);
    return this.#unifyKinds(from, to);
  }

  #unifyKinds(from: Type, to: Type): boolean {
    switch (from.kind) {
      case 'scalar':
      case 'struct':
        return isWrapperOf(to, from) || isWrapperOf(from, to) || sameType(from, to);
      case 'type':
        return to.kind === 'type';
      case 'list':
        return to.kind === 'list' && this.#unify(from.element, to.element);
      case 'map':
        return to.kind === 'map' && this.#unify(from.key, to.key) && this.#unify(from.value, to.value);
      case 'opaque':
        if (isWrapperOf(from, to)) return true;
        return (
          to.kind === 'opaque' && from.name === to.name && this.#unifyAll(from.parameters, to.parameters)
        );
      default:
        return false;
    }
  }

  /** Whether the variable may stand for `type`; `bound` tells that it already stood for some type. */
  #substitutes(type: Type, name: string, variable: Type): { valid: boolean; bound: boolean } {
    if (type.kind === 'parameter' && type.name === name) return { valid: true, bound: true };
    const bound = this.#bindings.get(name);
    if (bound !== undefined) {
      if (sameType(type, bound)) return { valid: true, bound: true };
      if (!this.#unify(type, bound)) return { valid: false, bound: true };
      const general = mostGeneral(type, bound);
      if (!this.#occurs(variable, general)) this.#bind(name, general);
      return { valid: true, bound: true };
    }
    if (this.#occurs(variable, type)) return { valid: false, bound: false };
    this.#bind(name, type);
    return { valid: true, bound: false };
  }

  /** The occurs check: whether the variable appears in the type, directly or through bindings. */
  #occurs(variable: Type, type: Type): boolean {
    switch (type.kind) {
      case 'parameter': {
        if (sameType(variable, type)) return true;
        const bound = this.#bindings.get(type.name);
        return bound !== undefined && this.#occurs(variable, bound);
      }
      case 'list':
        return this.#occurs(variable, type.element);
      case 'map':
        return this.#occurs(variable, type.key) || this.#occurs(variable, type.value);
      case 'opaque':
        return type.parameters.some((parameter) => this.#occurs(variable, parameter));
      case 'type':
        return type.of !== undefined && this.#occurs(variable, type.of);
      default:
        return false;
    }
  }
}

/** Whether the type is dyn, or the error type that stands for "already reported". */
export const isDynOrError = (type: Type): boolean => type.kind === 'dyn' || type.kind === 'error';

const isNull = (type: Type): boolean => type.kind === 'scalar' && type.name === 'null_type';

/** Null may stand for structs, opaque values, durations and timestamps, as in cel-go's legacy rules. */
function isNullable(type: Type): boolean {
  if (type.kind === 'opaque' || type.kind === 'struct') return true;
  if (type.kind !== 'scalar') return false;
  return (
    type.name === 'null_type' ||
    type.name === 'google.protobuf.Duration' ||
    type.name === 'google.protobuf.Timestamp'
  );
}

/** `wrapper(int)` is how a nullable protobuf scalar is declared; a plain scalar may stand for it and the reverse. */
function isWrapperOf(wrapper: Type, type: Type): boolean {
  return (
    wrapper.kind === 'opaque' &&
    wrapper.name === 'wrapper' &&
    sameType(wrapper.parameters[0] ?? boolType, type)
  );
}

/** The more general of two types known to unify. */
export function mostGeneral(first: Type, second: Type): Type {
  return isEqualOrLessSpecific(first, second) ? first : second;
}

function isEqualOrLessSpecific(first: Type, second: Type): boolean {
  if (first.kind === 'dyn' || first.kind === 'parameter') return true;
  if (second.kind === 'dyn' || second.kind === 'parameter') return false;
  if (first.kind === 'opaque' && second.kind === 'opaque') {
    return (
      first.name === second.name &&
      first.parameters.length === second.parameters.length &&
      first.parameters.every((type, index) => isEqualOrLessSpecific(type, second.parameters[index]!))
    );
  }
  if (first.kind === 'list' && second.kind === 'list') {
    return isEqualOrLessSpecific(first.element, second.element);
  }
  if (first.kind === 'map' && second.kind === 'map') {
    return isEqualOrLessSpecific(first.key, second.key) && isEqualOrLessSpecific(first.value, second.value);
  }
  if (first.kind === 'type' && second.kind === 'type') return true;
  return sameType(first, second);
}

/** Whether two types are exactly the same, names of type variables included. */
export function sameType(first: Type, second: Type): boolean {
  if (first === second) return true;
  switch (first.kind) {
    case 'scalar':
      return second.kind === 'scalar' && first.name === second.name;
    case 'struct':
      return second.kind === 'struct' && first.name === second.name;
    case 'parameter':
      return second.kind === 'parameter' && first.name === second.name;
    case 'list':
      return second.kind === 'list' && sameType(first.element, second.element);
    case 'map':
      return second.kind === 'map' && sameType(first.key, second.key) && sameType(first.value, second.value);
    case 'type':
      if (second.kind !== 'type') return false;
      if (first.of === undefined || second.of === undefined) return first.of === second.of;
      return sameType(first.of, second.of);
    case 'opaque':
      return (
        second.kind === 'opaque' &&
        first.name === second.name &&
        first.parameters.length === second.parameters.length &&
        first.parameters.every((type, index) => sameType(type, second.parameters[index]!))
      );
    default:
      return first.kind === second.kind;
  }
}
