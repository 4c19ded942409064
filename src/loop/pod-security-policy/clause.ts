/**
 * One thing that a PodSecurityPolicy demands, as CEL about a pod. Expressions may use `object` and the variables
 * `containers` (all of them, of every list) and `volumes`.
 */
export interface Clause {
  /** Names the variable that holds what stands against it. */
  readonly name: string;
  /** The field of the PodSecurityPolicy that demands it. */
  readonly field: string;
  /** A list of what stands against it; empty where the pod is as the policy wants it, without any default to fill in. */
  readonly bad: string;
  /** The same of a pod whose defaults this policy has still to fill in. */
  readonly badBefore: string;
  /** What is wrong with an element `e` of the list, as a string. */
  readonly message: string;
  /** Whether a namespace that enforces `baseline` refuses all that this refuses. */
  readonly inBaseline: boolean;
}

/** A clause that no default can satisfy, so that it is the same before and after. */
export function demand(
  clause: Pick<Clause, 'name' | 'field' | 'bad' | 'message'> & { readonly inBaseline?: boolean },
): Clause {
  return { ...clause, badBefore: clause.bad, inBaseline: clause.inBaseline ?? false };
}

/** A clause about something that the policy's own default sets where it is not set. */
export function defaulted(clause: Omit<Clause, 'inBaseline'>): Clause {
  return { ...clause, inBaseline: false };
}

/** The start of a message about a container. */
export const containerNamed = `'container "' + e.name + '" '`;
