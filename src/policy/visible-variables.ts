import { dynType, type Type } from '../cel/type.ts';
import type { NamedExpression } from './definition.ts';
import type { CompiledVariable } from './policy.ts';

/** The variables an expression can see: one, and those before it. A policy may have thousands. */
export interface Visible {
  readonly name: string;
  readonly type: Type;
  /** Equal for variables of equal values in any policy. */
  readonly id: number;
  readonly before: Visible | undefined;
}

/** Before the first variable. */
export const noVariables: Visible = { name: '', type: dynType, id: -1, before: undefined };

/** The variables with one of the names, in their order; of two with one name the later. */
export function visibleAmong(names: ReadonlySet<string>, last: Visible): readonly Visible[] {
  const found = new Map<string, Visible>();
  for (let at = last; at.before !== undefined && found.size < names.size; at = at.before) {
    if (names.has(at.name) && !found.has(at.name)) found.set(at.name, at);
  }
  return [...found.values()].reverse();
}

/** Where the variables of trusted policies part ways: what follows on those so far, by expression and name. */
export interface VariableScope {
  readonly next: Map<string, Map<string, KnownVariable>>;
}

/** A variable as it is behind certain others. */
export interface KnownVariable extends VariableScope {
  readonly variable: CompiledVariable;
  /** What is visible behind it. */
  readonly visible: Visible;
}

/** Adds a variable behind a scope: the scope that is behind it. */
export function extended(
  { next }: VariableScope,
  { name, expression }: NamedExpression,
  variable: CompiledVariable,
  visible: Visible,
): KnownVariable {
  const added = { next: new Map(), variable, visible };
  const byName = next.get(expression);
  if (byName === undefined) next.set(expression, new Map([[name, added]]));
  else byName.set(name, added);
  return added;
}
