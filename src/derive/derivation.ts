import type { Derived } from './derived.ts';
import type { Inventory } from './inventory.ts';
import { references } from './references.ts';

/** Something that is worked out of all objects together. */
export interface Derivation {
  /** The kind of the objects it yields; their resource is called like the derivation. */
  readonly kind: string;
  readonly resource: string;
  readonly derive: (inventory: Inventory) => Iterable<Derived>;
}

/** The closed set of derivations, by the name that a control gives. docs/derivations.md says what they yield. */
export const derivations: Readonly<Record<DerivationName, Derivation>> = {
  references: { kind: 'References', resource: 'references', derive: references },
};

/** The name of a derivation. */
export type DerivationName = 'references';

/** All names, in the order in which they are documented. */
export const derivationNames = Object.keys(derivations) as readonly DerivationName[];

/** Whether there is a derivation of that name. */
export function isDerivationName(text: string): text is DerivationName {
  return Object.hasOwn(derivations, text);
}
