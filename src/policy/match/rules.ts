import type { ResourceRule } from '../definition.ts';
import {
  type AdmissionRequest,
  type EquivalentResource,
  formatResource,
  type GroupVersionKind,
  type GroupVersionResource,
  type Operation,
} from '../request.ts';
import { equivalentResources } from './equivalent.ts';

/** Which version of the resource a rule matched; `certain` is false where an unknown scope or name decides. */
export interface RuleMatch {
  readonly resource: GroupVersionResource;
  readonly kind: GroupVersionKind;
  readonly certain: boolean;
}

interface Candidate {
  readonly resourceNames: readonly string[];
  /** False where the rule has a scope and the resource's scope is not known. */
  readonly certain: boolean;
}

/**
 * Matches requests against a list of resource rules.
 *
 * What the rules say about an operation on a resource is worked out once and remembered, because a scan asks the same
 * question for thousands of objects.
 * Source: apiserver `pkg/admission/plugin/policy/matching/matching.go`, `webhook/predicates/rules/rules.go`.
 */
export class RuleMatcher {
  private readonly rules: readonly ResourceRule[];
  private readonly equivalent: boolean;
  private readonly candidates = new Map<string, readonly Candidate[]>();
  constructor(rules: readonly ResourceRule[], matchPolicy: string) {
    this.rules = rules;
    this.equivalent = matchPolicy === 'Equivalent';
  }

  /** The first rule that matches in the request's own version, else in another served one; undefined for none. */
  match(request: AdmissionRequest): RuleMatch | undefined {
    if (this.rules.length === 0) return undefined;
    const exact = this.matchAs({ resource: request.resource, kind: request.kind }, request);
    if (exact?.certain === true || !this.equivalent) return exact;
    let possible = exact;
    for (const other of request.equivalents ?? equivalentResources(request.resource, request.kind)) {
      const found = this.matchAs(other, request);
      if (found?.certain === true && possible === undefined) return found;
      // Which of two versions matches would change what the policy sees, so neither is certain.
      if (found !== undefined) possible ??= { ...found, certain: false };
    }
    return possible;
  }

  private matchAs(as: EquivalentResource, request: AdmissionRequest): RuleMatch | undefined {
    let possible = false;
    for (const { resourceNames, certain } of this.candidatesFor(as.resource, request)) {
      const named = includesName(resourceNames, request.name);
      if (named === true && certain) return { ...as, certain: true };
      if (named !== false) possible = true;
    }
    return possible ? { ...as, certain: false } : undefined;
  }

  private candidatesFor(resource: GroupVersionResource, request: AdmissionRequest): readonly Candidate[] {
    const { operation, subresource, scope } = request;
    const key = `${operation} ${scope ?? '?'} ${formatResource(resource, subresource)}`;
    let candidates = this.candidates.get(key);
    if (candidates === undefined) {
      candidates = this.rules.flatMap((rule) => candidate(rule, operation, resource, subresource, scope));
      this.candidates.set(key, candidates);
    }
    return candidates;
  }
}

function candidate(
  rule: ResourceRule,
  operation: Operation,
  resource: GroupVersionResource,
  subresource: string,
  scope: AdmissionRequest['scope'],
): Candidate[] {
  const fits =
    includesOrAny(rule.operations, operation) &&
    includesOrAny(rule.apiGroups, resource.group) &&
    includesOrAny(rule.apiVersions, resource.version) &&
    rule.resources.some((entry) => namesResource(entry, resource.resource, subresource));
  if (!fits) return [];
  const inScope = rule.scope === '*' ? true : scope === undefined ? undefined : rule.scope === scope;
  return inScope === false ? [] : [{ resourceNames: rule.resourceNames, certain: inScope !== undefined }];
}

function includesOrAny(items: readonly string[], item: string): boolean {
  return items.includes('*') || items.includes(item);
}

/** `pods` and `*` name no subresource; `pods/*`, `*` + `/scale` and `*` + `/*` name both parts separately. */
function namesResource(entry: string, resource: string, subresource: string): boolean {
  const slash = entry.indexOf('/');
  const first = slash < 0 ? entry : entry.slice(0, slash);
  const second = slash < 0 ? '' : entry.slice(slash + 1);
  return (first === '*' || first === resource) && (second === '*' || second === subresource);
}

function includesName(names: readonly string[], name: string | undefined): boolean | undefined {
  if (names.length === 0) return true;
  return name === undefined ? undefined : names.includes(name);
}
