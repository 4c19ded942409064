import type { Path } from '../../../model/object.ts';
import type { MatchResources } from '../../definition.ts';
import { isEmptySelector } from '../../match/selector.ts';
import type { Surroundings } from '../linted-policy.ts';
import type { Sighting, Trap } from '../trap.ts';

/** A namespaceSelector on resources that are in no namespace: they are always selected. */
export const selectorIgnored: Trap = {
  id: 'selector-ignored',
  title: 'a namespaceSelector on cluster-scoped resources',
  severity: 'medium',
  why: 'A namespaceSelector never leaves out a cluster-scoped object: the policy judges all of them, whatever the selector says. (Namespaces are matched by their own labels.)',
  fix: 'Use an objectSelector, a resourceName or a match condition for cluster-scoped resources, in a policy of their own.',
  *inPolicy({ policy, surroundings }) {
    const match = policy.definition.matchConstraints;
    if (match !== undefined) yield* inMatch(match, ['spec', 'matchConstraints'], surroundings);
  },
  *inBinding({ binding, policy, surroundings }) {
    const match = binding.definition.matchResources;
    if (match === undefined) return;
    const rules =
      match.resourceRules.length > 0
        ? match.resourceRules
        : policy?.definition.matchConstraints?.resourceRules;
    yield* inMatch({ ...match, resourceRules: rules ?? [] }, ['spec', 'matchResources'], surroundings);
  },
};

function* inMatch(match: MatchResources, path: Path, { resources }: Surroundings): Generator<Sighting> {
  if (isEmptySelector(match.namespaceSelector)) return;
  const named = match.resourceRules
    .filter(
      ({ resources: entries, scope }) =>
        !entries.some((entry) => entry.startsWith('*')) && scope !== 'Namespaced',
    )
    .flatMap((rule) => resources.of(rule));
  const ignored = named.filter(({ namespaced, kind }) => !namespaced && kind !== 'Namespace');
  if (ignored.length === 0) return;
  const plurals = [...new Set(ignored.map(({ plural }) => plural))].join(', ');
  const message = `${plurals} are in no namespace: this selector does not narrow them`;
  yield { path: [...path, 'namespaceSelector'], message };
}
