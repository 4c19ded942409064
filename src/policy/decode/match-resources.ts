import type { LabelSelector, MatchResources, ResourceRule } from '../definition.ts';
import { list, map, type Shape, string, struct } from './shape.ts';

/** The form of a label selector. */
export const labelSelectorShape: Shape = struct({
  matchLabels: map(string),
  matchExpressions: list(struct({ key: string, operator: string, values: list(string) })),
});

const resourceRuleShape: Shape = struct({
  resourceNames: list(string),
  operations: list(string),
  apiGroups: list(string),
  apiVersions: list(string),
  resources: list(string),
  scope: string,
});

/** The form of `matchConstraints` and `matchResources`. */
export const matchResourcesShape: Shape = struct({
  namespaceSelector: labelSelectorShape,
  objectSelector: labelSelectorShape,
  resourceRules: list(resourceRuleShape),
  excludeResourceRules: list(resourceRuleShape),
  matchPolicy: string,
});

/** What `matchConstraints` conforms to before defaults are filled in. */
export interface RawMatchResources {
  readonly namespaceSelector?: Partial<LabelSelector>;
  readonly objectSelector?: Partial<LabelSelector>;
  readonly resourceRules?: readonly Partial<ResourceRule>[];
  readonly excludeResourceRules?: readonly Partial<ResourceRule>[];
  readonly matchPolicy?: string;
}

/** Fills in what the server defaults: empty selectors, `Equivalent`, scope `*`. */
export function matchResources(raw: RawMatchResources): MatchResources {
  return {
    namespaceSelector: labelSelector(raw.namespaceSelector ?? {}),
    objectSelector: labelSelector(raw.objectSelector ?? {}),
    resourceRules: (raw.resourceRules ?? []).map(resourceRule),
    excludeResourceRules: (raw.excludeResourceRules ?? []).map(resourceRule),
    matchPolicy: raw.matchPolicy ?? 'Equivalent',
  };
}

/** A label selector with nothing left undefined. */
export function labelSelector(raw: Partial<LabelSelector>): LabelSelector {
  return {
    matchLabels: raw.matchLabels ?? {},
    matchExpressions: (raw.matchExpressions ?? []).map((requirement) => ({
      key: requirement.key ?? '',
      operator: requirement.operator ?? '',
      values: requirement.values ?? [],
    })),
  };
}

function resourceRule(raw: Partial<ResourceRule>): ResourceRule {
  return {
    operations: raw.operations ?? [],
    apiGroups: raw.apiGroups ?? [],
    apiVersions: raw.apiVersions ?? [],
    resources: raw.resources ?? [],
    resourceNames: raw.resourceNames ?? [],
    scope: raw.scope ?? '*',
  };
}
