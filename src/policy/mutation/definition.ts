import type { BindingDefinition, PolicyDefinition } from '../definition.ts';

/** One mutation as written. */
export interface MutationDefinition {
  /** `ApplyConfiguration` or `JSONPatch` where the policy is valid. */
  readonly patchType: string;
  /** The expression of `applyConfiguration`; undefined where that is not given. */
  readonly applyConfiguration: string | undefined;
  /** The expression of `jsonPatch`; undefined where that is not given. */
  readonly jsonPatch: string | undefined;
}

/**
 * A MutatingAdmissionPolicy after decoding and defaulting: what it shares with a validating one, and mutations in place of
 * validations.
 *
 * Source: `k8s.io/api/admissionregistration/v1` types.
 */
export interface MutatingPolicyDefinition extends PolicyDefinition {
  readonly mutations: readonly MutationDefinition[];
  /** `Never` or `IfNeeded` where the policy is valid; empty when it is not written, which the server refuses. */
  readonly reinvocationPolicy: string;
}

/** A MutatingAdmissionPolicyBinding after decoding: it has no validation actions. */
export type MutatingBindingDefinition = BindingDefinition;
