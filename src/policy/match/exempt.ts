import type { GroupVersionResource } from '../request.ts';

/** Resources about permissions and identity that nothing may intercept, lest the cluster break. */
const reviews: Readonly<Record<string, readonly string[]>> = {
  'authentication.k8s.io': ['selfsubjectreviews', 'tokenreviews'],
  'authorization.k8s.io': [
    'localsubjectaccessreviews',
    'selfsubjectaccessreviews',
    'selfsubjectrulesreviews',
    'subjectaccessreviews',
  ],
};

/** Policies do not judge policies. */
const policies = [
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
  'mutatingadmissionpolicies',
  'mutatingadmissionpolicybindings',
];

/**
 * Whether the server keeps requests on a resource from all policies, whatever they match.
 *
 * Source: apiserver `pkg/admission/plugin/policy/generic/plugin.go`, kubernetes `pkg/kubeapiserver/admission/exclusion`.
 */
export function isExempt({ group, resource }: GroupVersionResource): boolean {
  if (group === 'admissionregistration.k8s.io') return policies.includes(resource);
  return Object.hasOwn(reviews, group) && reviews[group]!.includes(resource);
}
