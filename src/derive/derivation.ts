import type { Derived } from './derived.ts';
import { duplicates } from './duplicates.ts';
import type { Inventory } from './inventory.ts';
import { namespaces } from './namespaces.ts';
import { references } from './references.ts';
import { roles } from './roles.ts';
import { selections } from './selections.ts';
import { serviceAccounts } from './service-accounts.ts';
import { workloads } from './workloads.ts';

/** Something that is worked out of all objects together. */
export interface Derivation {
  /** The kind of the objects it yields, in `scantling.dev/v1alpha1`. */
  readonly kind: string;
  /** What policies match. */
  readonly resource: string;
  /** Pure: the same inventory yields the same objects, in the order of the input. */
  readonly derive: (inventory: Inventory) => Iterable<Derived>;
}

/** The closed set of derivations, by the name that a control gives. docs/derivations.md says what they yield. */
export const derivations = {
  references: { kind: 'References', resource: 'references', derive: references },
  selections: { kind: 'Selections', resource: 'selections', derive: selections },
  namespaces: { kind: 'NamespaceContent', resource: 'namespacecontents', derive: namespaces },
  workloads: { kind: 'WorkloadCover', resource: 'workloadcovers', derive: workloads },
  'service-accounts': {
    kind: 'ServiceAccountUse',
    resource: 'serviceaccountuses',
    derive: serviceAccounts,
  },
  roles: { kind: 'RoleGrants', resource: 'rolegrants', derive: roles },
  duplicates: { kind: 'Duplicates', resource: 'duplicates', derive: duplicates },
} satisfies Readonly<Record<string, Derivation>>;

/** The name of a derivation. */
export type DerivationName = keyof typeof derivations;

/** All names, in the order in which they are documented. */
export const derivationNames = Object.keys(derivations) as readonly DerivationName[];

/** Whether there is a derivation of that name. */
export function isDerivationName(text: string): text is DerivationName {
  return Object.hasOwn(derivations, text);
}
