import type { JsonObject } from '../../model/object.ts';
import { containerClauses } from './container-clauses.ts';
import { defaultsOf, withNonRoot } from './defaults.ts';
import type { PodSecurityPolicy } from './definition.ts';
import { mutatingPolicy } from './mutating-policy.ts';
import type { AdmissionOptions, Part } from './part.ts';
import { podClauses, volumeClauses } from './pod-clauses.ts';
import { profileClauses } from './profile-clauses.ts';
import { validatingPolicy } from './validating-policy.ts';

/** What becomes of PodSecurityPolicies in a cluster that has none. */
export interface AdmissionPolicies {
  /** A ValidatingAdmissionPolicy and its binding; undefined where nothing is left to forbid. */
  readonly validating: readonly [JsonObject, JsonObject] | undefined;
  /** A MutatingAdmissionPolicy and its binding; undefined where nothing is filled in. */
  readonly mutating: readonly [JsonObject, JsonObject] | undefined;
}

/**
 * Admission policies that do to pods what the admission plugin of PodSecurityPolicies did.
 *
 * A pod is admitted if one policy that may be used takes it as it is. Before that, and only while a pod is created, the
 * first policy by name that takes it with its defaults filled in does so, unless some policy takes it as it is.
 *
 * Source: Kubernetes 1.24 `plugin/pkg/admission/security/podsecuritypolicy/admission.go` and
 * `pkg/security/podsecuritypolicy/provider.go`.
 */
export function admissionPolicies(
  policies: readonly PodSecurityPolicy[],
  options: AdmissionOptions,
): AdmissionPolicies {
  const sorted = policies.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const parts = sorted.map((policy, i): Part => {
    const clauses = [
      ...containerClauses(policy),
      ...podClauses(policy),
      ...volumeClauses(policy),
      ...profileClauses(policy),
    ];
    const own = defaultsOf(policy);
    const defaults = options.enforced === 'restricted' ? withNonRoot(policy, own) : own;
    return { policy, prefix: sorted.length === 1 ? '' : `p${i + 1}_`, clauses, defaults };
  });
  return { validating: validatingPolicy(parts, options), mutating: mutatingPolicy(parts, options) };
}
