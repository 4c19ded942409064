import type { ManifestVerdicts, RuleFailure } from './judging.ts';
import type { LocatedFinding } from './located.ts';

/**
 * Takes out of the failures what others of the same manifest say already: findings of a control that is implied by one
 * which fails at the same place, or anywhere where they are about the object as a whole. A control whose findings are all told moves to `implied`, where frameworks count it; what
 * was accepted of the telling control is accepted of it as well. Runs after suppressions, so that theirs are used.
 */
export function foldImplied(all: readonly ManifestVerdicts[]): void {
  for (const one of all) {
    const telling = new Map<string, RuleFailure>();
    for (const { rule } of one.failures)
      for (const id of rule.impliedBy ?? []) {
        const found = one.failures.find(({ control }) => control === id);
        if (found !== undefined) telling.set(id, found);
      }
    if (telling.size === 0) continue;
    const told = new Map(
      [...telling].map(([id, failure]) => [
        id,
        new Map(failure.look().map((finding) => [finding.path, finding])),
      ]),
    );
    const implied: RuleFailure[] = [];
    const left = one.failures.filter((failure) => {
      const ids = (failure.rule.impliedBy ?? []).filter((id) => told.has(id));
      if (ids.length === 0) return true;
      const tellerOf = ({ path }: LocatedFinding): LocatedFinding | undefined =>
        ids.map((id) => findingAt(path, told.get(id)!)).find((teller) => teller !== undefined);
      const tellers = failure.look().map(tellerOf);
      if (tellers.includes(undefined)) {
        failure.keep((finding) => tellerOf(finding) === undefined);
        return true;
      }
      const isAccepted = tellers.some((teller) => teller!.suppression !== undefined);
      if (isAccepted)
        for (const [i, finding] of failure.findings.entries())
          finding.suppression ??= tellers[i]!.suppression;
      implied.push(failure);
      return false;
    });
    one.failures.splice(0, one.failures.length, ...left);
    one.implied = implied;
  }
}

function findingAt(path: string, found: ReadonlyMap<string, LocatedFinding>): LocatedFinding | undefined {
  return path === '' ? found.values().next().value : found.get(path);
}
