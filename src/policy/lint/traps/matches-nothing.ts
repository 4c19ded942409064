import type { Path } from '../../../model/object.ts';
import type { MatchResources, ResourceRule } from '../../definition.ts';
import { apiVersionOf, type KnownResource, operationsOf } from '../known-resources.ts';
import type { Surroundings } from '../linted-policy.ts';
import type { Sighting, Trap } from '../trap.ts';

/** A rule, or a part of one, that no request fits. */
export const matchesNothing: Trap = {
  id: 'matches-nothing',
  title: 'a resource rule that no request fits',
  severity: 'high',
  why: 'The API server takes any text as group, version or resource: what is misspelt or in the wrong group matches nothing, and the policy silently protects nothing.',
  fix: 'Write the plural in lower case with its own group and a served version: `apps`, `v1`, `deployments`. `kubectl api-resources` lists them.',
  *inPolicy({ policy, surroundings }) {
    const match = policy.definition.matchConstraints;
    if (match !== undefined) yield* inMatch(match, ['spec', 'matchConstraints'], surroundings);
  },
  *inBinding({ binding, surroundings }) {
    const match = binding.definition.matchResources;
    if (match !== undefined) yield* inMatch(match, ['spec', 'matchResources'], surroundings);
  },
};

function* inMatch(match: MatchResources, path: Path, surroundings: Surroundings): Generator<Sighting> {
  for (const list of ['resourceRules', 'excludeResourceRules'] as const) {
    for (const [index, rule] of match[list].entries()) {
      yield* inRule(rule, [...path, list, index], surroundings);
    }
  }
}

function* inRule(rule: ResourceRule, path: Path, surroundings: Surroundings): Generator<Sighting> {
  const { resources } = surroundings;
  const { apiGroups, apiVersions, operations, scope } = rule;
  // What a group of somebody else holds is not known.
  if (apiGroups.some((group) => group === '*' || !resources.isComplete(group))) return;
  for (const [index, entry] of rule.resources.entries()) {
    const at = [...path, 'resources', index];
    const [plural = '', subresource = ''] = entry.split('/');
    if (plural === '*' || plural === '') continue;
    const inGroups = resources.all.filter((one) => one.plural === plural && apiGroups.includes(one.group));
    if (inGroups.length === 0) {
      yield { path: at, message: unknownResource(plural, apiGroups, surroundings) };
      continue;
    }
    const versions = inGroups.map(({ version }) => version);
    if (!apiVersions.includes('*') && !apiVersions.some((version) => versions.includes(version))) {
      const message = `${plural} of ${groupsText(apiGroups)} are served as ${list(versions)}, not as ${list(apiVersions)}`;
      yield { path: [...path, 'apiVersions'], message };
      continue;
    }
    const possible = subresource === '*' ? undefined : operationsOf(plural, subresource);
    if (possible !== undefined && !operations.includes('*')) {
      if (!operations.some((operation) => (possible as readonly string[]).includes(operation))) {
        const what =
          possible.length === 0 ? 'never meet admission' : `meet admission as ${list(possible)} only`;
        const where = operations.length === 1 ? [...path, 'operations', 0] : [...path, 'operations'];
        yield {
          path: possible.length === 0 ? at : where,
          message: `requests for ${entry} ${what}, not as ${list(operations)}`,
        };
        continue;
      }
    }
    const isNamespaced = inGroups.some(({ namespaced }) => namespaced);
    if ((scope === 'Namespaced' && !isNamespaced) || (scope === 'Cluster' && isNamespaced)) {
      const message = `${plural} are ${isNamespaced ? 'namespaced' : 'cluster-scoped'}: scope ${scope} leaves none of them`;
      yield { path: [...path, 'scope'], message };
    }
  }
}

function unknownResource(
  plural: string,
  groups: readonly string[],
  { resources, suggest }: Surroundings,
): string {
  const missing = `there is no resource "${plural}" in ${groupsText(groups)}`;
  const elsewhere = resources.all.find((one) => one.plural === plural);
  if (elsewhere !== undefined) return `${missing}; ${plural} are in ${groupText(elsewhere)}`;
  const meant = resources.all.find((one) => called(one, plural));
  if (meant !== undefined)
    return `${missing}; the resource of ${meant.kind} is "${meant.plural}" in ${groupText(meant)}`;
  const plurals = resources.all.filter(({ group }) => groups.includes(group)).map((one) => one.plural);
  return missing + suggest(plural, plurals);
}

const called = ({ kind }: KnownResource, written: string): boolean =>
  kind.toLowerCase() === written.toLowerCase() || `${kind.toLowerCase()}s` === written.toLowerCase();

const groupText = (resource: KnownResource): string =>
  resource.group === '' ? 'the core group ""' : `group "${resource.group}" (${apiVersionOf(resource)})`;

const groupsText = (groups: readonly string[]): string =>
  groups.length === 1 && groups[0] === ''
    ? 'the core group ""'
    : `${groups.length === 1 ? 'group' : 'groups'} ${groups.map((group) => `"${group}"`).join(', ')}`;

const list = (items: readonly string[]): string => [...new Set(items)].join(', ');
