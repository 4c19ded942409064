import type { Json } from '../model/object.ts';

/** What happens to a request when a policy cannot be evaluated. */
export type FailurePolicy = 'Fail' | 'Ignore';

/** What a binding does with a failed validation. */
export type ValidationAction = 'Deny' | 'Warn' | 'Audit';

/** The kind of object that parameterises a policy. */
export interface ParamKind {
  readonly apiVersion: string;
  readonly kind: string;
}

/** A `LabelSelector` as written; an absent selector decodes to the empty one, which selects everything. */
export interface LabelSelector {
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly matchExpressions: readonly LabelRequirement[];
}

/** One requirement of a label selector. */
export interface LabelRequirement {
  readonly key: string;
  /** `In`, `NotIn`, `Exists` or `DoesNotExist` where the object is valid. */
  readonly operator: string;
  readonly values: readonly string[];
}

/** Which requests a policy or binding is about, by resource. */
export interface ResourceRule {
  readonly operations: readonly string[];
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  /** `pods`, `pods/status`, `pods/*`, `*` (no subresources), `*` + `/scale`, or everything. */
  readonly resources: readonly string[];
  /** Empty means any name. */
  readonly resourceNames: readonly string[];
  /** `Cluster`, `Namespaced` or `*`. */
  readonly scope: string;
}

/** Which requests a policy or binding is about. */
export interface MatchResources {
  readonly namespaceSelector: LabelSelector;
  readonly objectSelector: LabelSelector;
  readonly resourceRules: readonly ResourceRule[];
  readonly excludeResourceRules: readonly ResourceRule[];
  /** `Equivalent` or `Exact`. */
  readonly matchPolicy: string;
}

/** A match condition or a variable. */
export interface NamedExpression {
  readonly name: string;
  readonly expression: string;
}

/** One rule of a policy. Texts are empty where they are not written. */
export interface Validation {
  readonly expression: string;
  readonly message: string;
  readonly messageExpression: string;
  /** `Forbidden`, `Invalid`, `RequestEntityTooLarge`, or empty. */
  readonly reason: string;
}

/** What is added to the audit event of a request. */
export interface AuditAnnotation {
  readonly key: string;
  readonly valueExpression: string;
}

/**
 * A ValidatingAdmissionPolicy after decoding and defaulting.
 *
 * Source: `k8s.io/api/admissionregistration/v1` types, `pkg/apis/admissionregistration/v1/defaults.go`.
 */
export interface PolicyDefinition {
  readonly name: string;
  /** `Fail` or `Ignore` where the object is valid. */
  readonly failurePolicy: string;
  readonly paramKind: ParamKind | undefined;
  readonly matchConstraints: MatchResources | undefined;
  readonly matchConditions: readonly NamedExpression[];
  readonly variables: readonly NamedExpression[];
  readonly validations: readonly Validation[];
  readonly auditAnnotations: readonly AuditAnnotation[];
  /** The object's own labels and annotations, for whoever catalogues policies. */
  readonly metadata: { readonly labels: Json; readonly annotations: Json };
}

/** Which objects of the policy's param kind a binding passes. */
export interface ParamRef {
  readonly name: string;
  readonly namespace: string;
  readonly selector: LabelSelector | undefined;
  /** `Allow` or `Deny` where the object is valid; empty when it is not written, which the server refuses. */
  readonly parameterNotFoundAction: string;
}

/** A ValidatingAdmissionPolicyBinding after decoding and defaulting. */
export interface BindingDefinition {
  readonly name: string;
  readonly policyName: string;
  readonly paramRef: ParamRef | undefined;
  readonly matchResources: MatchResources | undefined;
  /** `Deny`, `Warn` or `Audit` where the object is valid. */
  readonly validationActions: readonly string[];
}
