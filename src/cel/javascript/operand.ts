import type { Value } from '../value.ts';

/** What is certain about a value at run time, which is less than its static type says. */
export type Kind = 'any' | 'bool' | 'int' | 'string' | 'list';

/** The code that stands for a value: a temporary, a constant, or an expression without effects. */
export interface Operand {
  readonly code: string;
  readonly kind: Kind;
  /** Whether it may still be a failure, which whoever looks at it must then pass on. */
  readonly failure: boolean;
  /** Whether the code may be written more than once. */
  readonly atomic: boolean;
  /** The value where it is known already. */
  readonly constant?: { readonly value: Value };
  /** The temporary of the property load that the value comes from. */
  readonly load?: string | undefined;
}

/** A value that a temporary holds; what may be a failure is of no certain kind. */
export function held(code: string, kind: Kind = 'any', failure = false, load?: string): Operand {
  return { code, kind: failure ? 'any' : kind, failure, atomic: true, load };
}

/** A condition that is written where it is used. */
export function condition(code: string): Operand {
  return { code, kind: 'bool', failure: false, atomic: false };
}

/** The kind of a value. */
export function kindOf(value: Value): Kind {
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'any';
  return Array.isArray(value) ? 'list' : 'any';
}
