import type { Environment } from '../environment.ts';
import { type Issue, maxIssues } from '../issue.ts';
import type { Overload } from '../library.ts';
import type {
  Call,
  Expr,
  Identifier,
  ListLiteral,
  Literal,
  Macro,
  MapLiteral,
  Select,
  StructLiteral,
} from '../syntax/ast.ts';
import { type Comprehension, expand, type ExpandedExpr } from '../syntax/expansion.ts';
import {
  boolType,
  bytesType,
  doubleType,
  dynType,
  errorType,
  formatType,
  intType,
  listType,
  mapType,
  nullType,
  optionalType,
  stringType,
  type Type,
  typeParameter,
  uintType,
} from '../type.ts';
import { Double, Uint, type Value } from '../value.ts';
import { internalFunctions } from './internal-functions.ts';
import { isDynOrError, mostGeneral, sameType, Substitution } from './substitution.ts';

/** An issue of the checker, with the function or variable it misses when that is what is wrong. */
export interface CheckIssue extends Issue {
  readonly undeclared?: string;
}

/** What else a check tells besides the types. */
export interface CheckOptions {
  /** Called for every macro with the comprehension it was checked as; its nodes carry types. */
  readonly onExpansion?: (macro: Macro, expansion: ExpandedExpr) => void;
}

/**
 * Checks the types of an expression against an environment, as cel-go 0.26 does.
 *
 * Fills `type` on every node, `overloads` on calls, `resolved` on names; turns `optional.of(x)` into a call without
 * target. The tree may be checked again, in another environment. Returns the type of the whole expression and the
 * issues, ordered by position, with cel-go's texts, and how many more there are; the type means nothing when there are
 * issues.
 * Source: cel-go `checker/checker.go`.
 */
export function check(
  expr: Expr,
  environment: Environment,
  options: CheckOptions = {},
): { type: Type; issues: CheckIssue[]; truncated: number } {
  const checker = new Checker(environment, options);
  const type = checker.run(expr);
  const issues = checker.issues.toSorted((a, b) => a.offset - b.offset);
  return { type, issues, truncated: checker.truncated };
}

/** Comparisons between different numeric types, which an environment may switch off. */
const crossTypeOverload = /^(?:less|greater)(?:_equals)?_(?:double|int64|uint64)_(?:double|int64|uint64)$/;

interface Scope {
  readonly names: ReadonlyMap<string, Type>;
  readonly outer: Scope | undefined;
}

class Checker {
  readonly issues: CheckIssue[] = [];
  /** Issues beyond those that are told. */
  truncated = 0;
  readonly #environment: Environment;
  readonly #options: CheckOptions;
  readonly #substitution = new Substitution();
  readonly #typed: ExpandedExpr[] = [];
  /** Operands that stand in their expansion again and need no second look. */
  readonly #checked = new Map<ExpandedExpr, { variables: number; met: boolean; from: number }>();
  #scope: Scope | undefined;
  #typeVariables = 0;
  /** cel-go forgets which comparisons are switched off once a comprehension has been entered. */
  #crossTypeComparisons: boolean;

  constructor(environment: Environment, options: CheckOptions) {
    this.#environment = environment;
    this.#options = options;
    this.#crossTypeComparisons = environment.crossTypeComparisons;
  }

  run(expr: Expr): Type {
    this.#check(expr);
    for (const node of this.#typed) node.type = this.#substitution.apply(node.type!, true);
    return expr.type!;
  }

  #check(expr: ExpandedExpr): void {
    const checked = this.#checked.size > 0 ? this.#checked.get(expr) : undefined;
    if (checked !== undefined) {
      // the copy makes its own type variables, whose numbers show in messages
      if (checked.met) {
        checked.from = this.#typeVariables;
        if (this.#typeVariables < 1e9) this.#typeVariables += checked.variables;
      }
      checked.met = true;
      return;
    }
    switch (expr.kind) {
      case 'literal':
        return this.#set(expr, literalType(expr.value));
      case 'identifier':
        return this.#identifier(expr);
      case 'select':
        return this.#select(expr);
      case 'call':
        return this.#call(expr);
      case 'list':
        return this.#list(expr);
      case 'map':
        return this.#map(expr);
      case 'struct':
        return this.#struct(expr);
      case 'comprehension':
        return this.#comprehension(expr);
      case 'macro':
        return this.#macro(expr);
    }
  }

  #identifier(expr: Identifier): void {
    const found = this.#lookUp(expr.name);
    expr.resolved = found;
    if (found === undefined) this.#undeclared(expr, expr.name);
    this.#set(expr, found?.type ?? errorType);
  }

  #select(expr: Select): void {
    const name = expr.test ? undefined : qualifiedName(expr);
    const found = name === undefined ? undefined : this.#lookUp(name);
    expr.resolved = found;
    if (found !== undefined) return this.#set(expr, found.type);
    const type = this.#selected(expr);
    this.#set(expr, expr.test ? boolType : this.#substitution.apply(type));
  }

  /** The type of `operand.field`; through an optional, or with `.?`, it is optional itself. */
  #selected(expr: Select): Type {
    this.#check(expr.operand);
    const operand = this.#substitution.apply(typeOf(expr.operand));
    const target = unwrapOptional(operand);
    const type = this.#fieldOf(expr, target ?? operand);
    return expr.optional || target !== undefined ? optionalType(type) : type;
  }

  #fieldOf(expr: Select, target: Type): Type {
    if (target.kind === 'map') return target.value;
    if (target.kind === 'struct') return this.#structField(expr.at, target.name, expr.field);
    if (target.kind === 'parameter') {
      this.#substitution.assignable(dynType, target); // later uses must not narrow it
      return dynType;
    }
    if (target.kind === 'opaque' && target.name.startsWith('kubernetes.')) {
      this.#report(expr.at, `unexpected failed resolution of '${target.name}'`); // a struct without fields to cel-go
      return errorType;
    }
    if (!isDynOrError(target)) {
      this.#report(expr.at, `type '${formatType(target)}' does not support field selection`);
    }
    return dynType;
  }

  #structField(at: number, struct: string, field: string): Type {
    const fields = this.#environment.fields(struct);
    const type = fields?.get(field) ?? this.#environment.otherField(struct);
    if (type !== undefined) return type;
    const missing =
      fields === undefined && !isScalarName(struct)
        ? `unexpected failed resolution of '${struct}'`
        : `undefined field '${field}'`;
    this.#report(at, missing);
    return errorType;
  }

  #call(expr: Call): void {
    for (const arg of expr.args) this.#check(arg);
    const { target } = expr;
    if (target === undefined) {
      const found = this.#lookUpFunction(expr.function);
      if (found === undefined) return this.#undeclaredFunction(expr);
      expr.function = found.name;
      return this.#resolve(expr, found.overloads);
    }
    const prefix = qualifiedName(target);
    const qualified = prefix === undefined ? undefined : this.#lookUpFunction(`${prefix}.${expr.function}`);
    if (qualified !== undefined) {
      expr.function = qualified.name;
      expr.target = undefined;
      return this.#resolve(expr, qualified.overloads);
    }
    this.#check(target);
    const found = this.#lookUpFunction(expr.function);
    if (found === undefined) return this.#undeclaredFunction(expr);
    this.#resolve(expr, found.overloads);
  }

  #undeclaredFunction(expr: Call): void {
    this.#undeclared(expr, expr.function);
    this.#set(expr, errorType);
  }

  /** Finds the overloads that may apply; their common result type is the call's, else dyn. */
  #resolve(expr: Call, overloads: readonly Overload[]): void {
    const operands = expr.target === undefined ? expr.args : [expr.target, ...expr.args];
    const types = operands.map(typeOf);
    if (expr.function === '_&&_' || expr.function === '_||_') {
      return this.#logical(expr, types, overloads[0]?.id ?? expr.function);
    }
    const ids: string[] = [];
    let result: Type | undefined;
    for (const overload of overloads) {
      if (overload.member !== (expr.target !== undefined)) continue;
      if (this.#isDisabled(overload)) continue;
      const instance = this.#instantiate(overload); // even in vain: the numbers of type variables show in messages
      if (!this.#substitution.allAssignable(types, instance.args)) continue;
      ids.push(overload.id);
      const type = this.#substitution.apply(instance.result);
      if (result === undefined) result = type;
      else if (result.kind !== 'dyn' && !sameType(type, result)) result = dynType;
    }
    expr.overloads = ids;
    if (result === undefined) this.#noOverload(expr, types);
    this.#set(expr, result ?? errorType);
  }

  #logical(expr: Call, types: readonly Type[], overload: string): void {
    expr.overloads = [overload];
    let fine = true;
    for (const [index, type] of types.entries()) {
      if (this.#substitution.assignable(type, boolType)) continue;
      this.#mismatch(expr.args[index]!.at, boolType, type);
      fine = false;
    }
    this.#set(expr, fine ? boolType : errorType);
  }

  #noOverload(expr: Call, types: readonly Type[]): void {
    const shown = types.map((type) => formatType(this.#substitution.apply(type, true)));
    const receiver = expr.target === undefined ? '' : `${shown.shift()}.`;
    const applied = `${receiver}(${shown.join(', ')})`;
    this.#report(expr.at, `found no matching overload for '${expr.function}' applied to '${applied}'`);
  }

  #isDisabled(overload: Overload): boolean {
    return !this.#crossTypeComparisons && crossTypeOverload.test(overload.id);
  }

  /** The overload's types with fresh variables in place of its type parameters. */
  #instantiate(overload: Overload): { args: readonly Type[]; result: Type } {
    const { args, result } = overload;
    const fresh = new Map<string, Type>();
    return {
      args: args.map((type) => this.#freshen(type, fresh)),
      result: this.#freshen(result, fresh),
    };
  }

  #freshen(type: Type, fresh: Map<string, Type>): Type {
    switch (type.kind) {
      case 'parameter': {
        const known = fresh.get(type.name) ?? this.#newVariable();
        fresh.set(type.name, known);
        return known;
      }
      case 'list':
        return listType(this.#freshen(type.element, fresh));
      case 'map':
        return mapType(this.#freshen(type.key, fresh), this.#freshen(type.value, fresh));
      case 'opaque':
        if (type.parameters.length === 0) return type;
        return { ...type, parameters: type.parameters.map((parameter) => this.#freshen(parameter, fresh)) };
      case 'type':
        return type.of === undefined ? type : { ...type, of: this.#freshen(type.of, fresh) };
      default:
        return type;
    }
  }

  #list(expr: ListLiteral): void {
    let joined: Type | undefined;
    for (const [index, element] of expr.elements.entries()) {
      this.#check(element);
      const type = this.#present(element, expr.optional.includes(index));
      joined = this.#join(joined, type);
    }
    this.#set(expr, listType(joined ?? this.#newVariable()));
  }

  #map(expr: MapLiteral): void {
    let key: Type | undefined;
    let value: Type | undefined;
    for (const entry of expr.entries) {
      this.#check(entry.key);
      key = this.#join(key, typeOf(entry.key));
      this.#check(entry.value);
      value = this.#join(value, this.#present(entry.value, entry.optional));
    }
    this.#set(expr, mapType(key ?? this.#newVariable(), value ?? this.#newVariable()));
  }

  /** The type of a value in a literal; of one written with `?` the optional's content. */
  #present(expr: Expr, optional: boolean): Type {
    const type = typeOf(expr);
    if (!optional) return type;
    const content = unwrapOptional(type);
    if (content === undefined && type.kind !== 'dyn') {
      this.#mismatch(expr.at, optionalType(type), type);
    }
    return content ?? type;
  }

  #struct(expr: StructLiteral): void {
    const found = this.#lookUp(expr.typeName);
    if (found === undefined) {
      this.#undeclared(expr, expr.typeName);
      return this.#set(expr, errorType);
    }
    expr.typeName = found.name;
    const type = this.#constructed(expr, found.type);
    this.#set(expr, type);
    for (const field of expr.fields) {
      this.#check(field.value);
      const declared = this.#structField(
        field.at,
        type.kind === 'struct' ? type.name : expr.typeName,
        field.name,
      );
      const given = this.#present(field.value, field.optional);
      if (this.#substitution.assignable(declared, given)) continue;
      const text = `expected type of field '${field.name}' is '${formatType(declared)}' but provided type is '${formatType(given)}'`;
      this.#report(field.at, text);
    }
  }

  #constructed(expr: StructLiteral, type: Type): Type {
    if (type.kind === 'error') return errorType;
    if (type.kind !== 'type' || type.of === undefined) {
      this.#report(expr.at, `'${formatType(type)}' is not a type`);
      return errorType;
    }
    if (type.of.kind === 'struct') return type.of;
    this.#report(expr.at, `'${formatType(type.of)}' is not a message type`);
    return errorType;
  }

  #macro(expr: Macro): void {
    const expansion = expand(expr);
    const optional = expr.name === 'optMap' || expr.name === 'optFlatMap';
    if (optional) this.#optionalMap(expr, expansion as Call);
    else this.#check(expansion);
    this.#options.onExpansion?.(expr, expansion);
    this.#set(expr, typeOf(expansion));
  }

  /**
   * `o.optMap(x, e)` is `o.hasValue() ? optional.of(e with x as o.value()) : optional.none()`: `o` stands there twice.
   * It is checked once, so that a chain of them stays linear, and what is wrong with it is reported twice.
   */
  #optionalMap(expr: Macro, expansion: Call): void {
    const before = this.issues.length;
    const variables = this.#typeVariables;
    this.#check(expr.range);
    const wrong = this.issues.slice(before);
    const copy = { variables: this.#typeVariables - variables, met: false, from: 0 };
    this.#checked.set(expr.range, copy);
    this.#check(expansion);
    this.#checked.delete(expr.range);
    for (const issue of wrong) this.#add(renumbered(issue, variables, copy.from - variables));
  }

  #comprehension(expr: Comprehension): void {
    this.#check(expr.range);
    this.#check(expr.initial);
    const range = this.#substitution.apply(typeOf(expr.range));
    const accumulated = typeOf(expr.initial);
    this.#enter(new Map([[expr.accumulator, accumulated]]));
    this.#enter(this.#iterationVariables(expr, range));
    this.#check(expr.condition);
    this.#expect(expr.condition, boolType);
    this.#check(expr.step);
    this.#expect(expr.step, accumulated);
    this.#leave();
    this.#check(expr.result);
    this.#leave();
    this.#set(expr, this.#substitution.apply(typeOf(expr.result)));
  }

  #iterationVariables(expr: Comprehension, range: Type): Map<string, Type> {
    const [first, second] = expr.variables;
    const types = this.#iterationTypes(expr, range, second !== undefined);
    const names = new Map([[first!, types[0]]]);
    if (second !== undefined) names.set(second, types[1]);
    return names;
  }

  /** The types of the one or two variables a range gives. */
  #iterationTypes(expr: Comprehension, range: Type, two: boolean): [Type, Type] {
    switch (range.kind) {
      case 'list':
        return two ? [intType, range.element] : [range.element, dynType];
      case 'map':
        return [range.key, range.value];
      case 'dyn':
      case 'error':
      case 'parameter':
        this.#substitution.assignable(dynType, range); // later uses must not narrow it
        return [dynType, dynType];
      default: {
        const text = `expression of type '${formatType(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`;
        this.#report(expr.range.at, text);
        return [errorType, errorType];
      }
    }
  }

  #expect(expr: ExpandedExpr, type: Type): void {
    if (!this.#substitution.assignable(type, typeOf(expr))) this.#mismatch(expr.at, type, typeOf(expr));
  }

  #join(previous: Type | undefined, current: Type): Type {
    if (previous === undefined) return current;
    if (this.#substitution.assignable(previous, current)) return mostGeneral(previous, current);
    return dynType; // mixed literals are judged by `validate`, where they are refused at all
  }

  #enter(names: ReadonlyMap<string, Type>): void {
    this.#scope = { names, outer: this.#scope };
    this.#crossTypeComparisons = true;
  }

  #leave(): void {
    this.#scope = this.#scope?.outer;
  }

  #lookUp(name: string): { name: string; type: Type; value?: Value } | undefined {
    for (const candidate of this.#candidates(name)) {
      for (let scope = this.#scope; scope !== undefined; scope = scope.outer) {
        const type = scope.names.get(candidate);
        if (type !== undefined) return { name: candidate, type };
      }
      const found = this.#environment.declaration(candidate);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #lookUpFunction(name: string): { name: string; overloads: readonly Overload[] } | undefined {
    for (const candidate of this.#candidates(name)) {
      const overloads = this.#environment.overloads(candidate) ?? internalFunctions.get(candidate);
      if (overloads !== undefined) return { name: candidate, overloads };
    }
    return undefined;
  }

  /** The names to try for `name` in container `a.b`: `a.b.name`, `a.name`, `name`; a leading dot means only itself. */
  #candidates(name: string): readonly string[] {
    if (name.startsWith('.')) return [name.slice(1)];
    const { container } = this.#environment;
    if (container === '') return [name];
    const candidates: string[] = [];
    for (let prefix = container; ; prefix = prefix.slice(0, prefix.lastIndexOf('.'))) {
      candidates.push(`${prefix}.${name}`);
      if (!prefix.includes('.')) return [...candidates, name];
    }
  }

  #set(expr: ExpandedExpr, type: Type): void {
    expr.type = this.#bounded(expr, type);
    this.#typed.push(expr);
  }

  /** `[1].map(a, {a: a}).map(b, {b: b})...` doubles a type with every step: cel-go would take for ever. */
  #bounded(expr: ExpandedExpr, type: Type): Type {
    if (type.kind !== 'map' && type.kind !== 'list' && type.kind !== 'opaque') return type;
    if (sizeOf(this.#substitution.apply(type), largestType) > 0) return type;
    this.#report(expr.at, 'type is too large');
    return errorType;
  }

  #newVariable(): Type {
    return typeParameter(`_var${this.#typeVariables++}`);
  }

  #undeclared(expr: ExpandedExpr, name: string): void {
    const message = `undeclared reference to '${name}' (in container '${this.#environment.container}')`;
    this.#add({ message, offset: expr.at, undeclared: name });
  }

  #mismatch(at: number, expected: Type, actual: Type): void {
    this.#report(at, `expected type '${formatType(expected)}' but found '${formatType(actual)}'`);
  }

  #report(offset: number, message: string): void {
    this.#add({ message, offset });
  }

  #add(issue: CheckIssue): void {
    if (this.issues.length < maxIssues) this.issues.push(issue);
    else this.truncated++;
  }
}

/** An issue of the second copy of an operand, whose type variables, those from `first` on, have other numbers. */
function renumbered(issue: CheckIssue, first: number, shift: number): CheckIssue {
  const message = issue.message.replaceAll(/\b_var(\d+)/g, (name, number: string) =>
    Number(number) < first ? name : `_var${Number(number) + shift}`,
  );
  return { ...issue, message };
}

/** Kubernetes knows the scalars as struct types without fields. */
const isScalarName = (name: string): boolean =>
  /^(?:bool|bytes|double|int|list|map|null_type|string|uint|google\.protobuf\.(?:Duration|Timestamp))$/.test(
    name,
  );

/** More nodes than any sensible type has; depth is bounded by the parser. */
const largestType = 5_000;

/** What is left of `budget` after counting the nodes of a type; not positive when it does not suffice. */
function sizeOf(type: Type, budget: number): number {
  if (budget <= 0) return 0;
  switch (type.kind) {
    case 'list':
      return sizeOf(type.element, budget - 1);
    case 'map':
      return sizeOf(type.value, sizeOf(type.key, budget - 1));
    case 'opaque':
      return type.parameters.reduce((left, parameter) => sizeOf(parameter, left), budget - 1);
    default:
      return budget - 1;
  }
}

const typeOf = (expr: ExpandedExpr): Type => expr.type!;

function unwrapOptional(type: Type): Type | undefined {
  return type.kind === 'opaque' && type.name === 'optional_type' ? type.parameters[0] : undefined;
}

/** `a.b.c` as one name, when the expression is nothing but names and dots. */
function qualifiedName(expr: ExpandedExpr): string | undefined {
  if (expr.kind === 'identifier') return expr.name;
  if (expr.kind !== 'select' || expr.test || expr.optional) return undefined;
  const prefix = qualifiedName(expr.operand);
  return prefix === undefined ? undefined : `${prefix}.${expr.field}`;
}

function literalType(value: Literal['value']): Type {
  switch (typeof value) {
    case 'boolean':
      return boolType;
    case 'string':
      return stringType;
    case 'bigint':
      return intType;
    case 'number':
      return Number.isInteger(value) ? intType : doubleType;
    default:
      if (value === null) return nullType;
      if (value instanceof Uint) return uintType;
      return value instanceof Double ? doubleType : bytesType;
  }
}
