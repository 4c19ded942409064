import type { AdmissionRequest } from '../policy/index.ts';
import type { Rule, Ruleset } from './ruleset.ts';

/**
 * Picks the rules that may have something to say about a request. Rules that select by resource alone are asked once for
 * each resource; a scan of thousands of Services does not ask the rules on pods each time.
 */
export class ApplicableRules {
  private readonly byResource = new Map<Ruleset, Map<string, readonly Rule[]>>();

  for(ruleset: Ruleset, request: AdmissionRequest): readonly Rule[] {
    let known = this.byResource.get(ruleset);
    if (known === undefined) this.byResource.set(ruleset, (known = new Map()));
    const { group, version, resource } = request.resource;
    const key = `${group}/${version}/${resource} ${request.scope}`;
    let rules = known.get(key);
    if (rules === undefined) {
      rules = ruleset.rules.filter((rule) => !isDecidedByResource(rule) || mayMatch(rule, request));
      known.set(key, rules);
    }
    return rules;
  }
}

/** Whether nothing but the resource decides if the policy matches. */
function isDecidedByResource({ bound }: Rule): boolean {
  const match = bound.policy.definition.matchConstraints;
  if (match === undefined) return false;
  const selectors = [match.namespaceSelector, match.objectSelector];
  const rules = [...match.resourceRules, ...match.excludeResourceRules];
  return (
    selectors.every(
      ({ matchLabels, matchExpressions }) => Object.keys(matchLabels).length + matchExpressions.length === 0,
    ) && rules.every(({ resourceNames }) => resourceNames.length === 0)
  );
}

/** Whether a rule may be about a request, whatever the namespace's labels are. */
export function mayMatch({ bound }: Rule, request: AdmissionRequest): boolean {
  return bound.policy.matcher.match(request, () => undefined).matches !== 'no';
}
