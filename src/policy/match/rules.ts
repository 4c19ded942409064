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

/** Something not known that decides whether a rule matches. */
export type Doubt = 'scope' | 'name' | 'versions';

/** Which version of the resource a rule matched, for certain unless there is a doubt. */
export interface RuleMatch {
  readonly resource: GroupVersionResource;
  readonly kind: GroupVersionKind;
  readonly doubt: Doubt | undefined;
}

interface Candidate {
  readonly resourceNames: readonly string[];
  /** Undefined where the rule has a scope and the resource's scope is not known. */
  readonly inScope: true | undefined;
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
    if ((exact !== undefined && exact.doubt === undefined) || !this.equivalent) return exact;
    const others = request.equivalents ?? equivalentResources(request.resource, request.kind);
    if (others === undefined) return exact ?? this.matchAnyVersion(request);
    for (const other of others) {
      const found = this.matchAs(other, request);
      if (found !== undefined) return exact ?? found;
    }
    return exact;
  }

  /** A rule on another version of a resource of which nobody knows whether it is served. */
  private matchAnyVersion(request: AdmissionRequest): RuleMatch | undefined {
    const { resource, kind } = request;
    for (const version of new Set(this.rules.flatMap(({ apiVersions }) => apiVersions))) {
      const other = { resource: { ...resource, version }, kind: { ...kind, version } };
      const found = this.matchAs(other, request);
      if (found !== undefined) return { ...found, doubt: 'versions' };
    }
    return undefined;
  }

  private matchAs(as: EquivalentResource, request: AdmissionRequest): RuleMatch | undefined {
    let doubt: Doubt | undefined;
    for (const { resourceNames, inScope } of this.candidatesFor(as.resource, request)) {
      const named = includesName(resourceNames, request.name);
      if (named === false) continue;
      if (named === true && inScope === true) return { ...as, doubt: undefined };
      doubt ??= inScope === true ? 'name' : 'scope';
    }
    return doubt && { ...as, doubt };
  }

  private candidatesFor(resource: GroupVersionResource, request: AdmissionRequest): readonly Candidate[] {
    const { operation, subresource, scope } = request;
    const key = resource === request.resource ? ownKey(request) : keyOf(resource, request);
    let candidates = this.candidates.get(key);
    if (candidates === undefined) {
      candidates = this.rules.flatMap((rule) => candidate(rule, operation, resource, subresource, scope));
      this.candidates.set(key, candidates);
    }
    return candidates;
  }
}

/** Every matcher asks for the key of the same request, so it is made once. */
const ownKeys = new WeakMap<AdmissionRequest, string>();

function ownKey(request: AdmissionRequest): string {
  let key = ownKeys.get(request);
  if (key === undefined) ownKeys.set(request, (key = keyOf(request.resource, request)));
  return key;
}

function keyOf(resource: GroupVersionResource, { operation, scope, subresource }: AdmissionRequest): string {
  return `${operation} ${scope ?? '?'} ${formatResource(resource, subresource)}`;
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
  if (rule.scope !== '*' && scope !== undefined && rule.scope !== scope) return [];
  const inScope = rule.scope === '*' || scope !== undefined ? true : undefined;
  return [{ resourceNames: rule.resourceNames, inScope }];
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
