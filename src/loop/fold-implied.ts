import type { LocatedFinding } from './located.ts';
import type { ManifestVerdicts, RuleFailure } from './manifest-verdicts.ts';
import type { Rule } from './ruleset.ts';

/**
 * Takes out of the failures what others of the same manifest say already: findings of a control that is implied by one
 * which fails at the same place, or anywhere where they are about the object as a whole. A control whose findings are all told moves to `implied`, where frameworks count it; what
 * was accepted of the telling control is accepted of it as well. Runs after suppressions, so that theirs are used.
 * `onStep` is called now and then, when what was read is not needed any more.
 */
export function foldImplied(all: readonly ManifestVerdicts[], onStep?: () => void): void {
  const known = new WeakMap<readonly Rule[], ReadonlySet<string>>();
  let count = 0;
  for (const one of all) {
    const { rules } = one.failing;
    let tellers = known.get(rules);
    if (tellers === undefined) known.set(rules, (tellers = tellersAmong(rules)));
    if (tellers.size === 0) continue;
    foldInto(tellers, one);
    if (++count % stepLength === 0) onStep?.();
  }
}

/** After how many objects `onStep` is called. */
const stepLength = 256;

/** The controls that tell what others of the same rules say. */
function tellersAmong(rules: readonly Rule[]): ReadonlySet<string> {
  const ids = new Set(rules.map(({ id }) => id));
  return new Set(rules.flatMap(({ impliedBy = [] }) => impliedBy.filter((id) => ids.has(id))));
}

function foldInto(tellers: ReadonlySet<string>, one: ManifestVerdicts): void {
  const { failures } = one;
  const told = new Map(
    [...tellers].map((id) => {
      const telling = failures.find(({ control }) => control === id)!;
      return [id, new Map(telling.look().map((finding) => [finding.path, finding]))] as const;
    }),
  );
  one.imply((failure) => isTold(failure, told));
}

/** Whether all findings of a failure are told; if only some of them are, they are taken out of it. */
function isTold(
  failure: RuleFailure,
  told: ReadonlyMap<string, ReadonlyMap<string, LocatedFinding>>,
): boolean {
  const ids = (failure.rule.impliedBy ?? []).filter((id) => told.has(id));
  if (ids.length === 0) return false;
  const tellerOf = ({ path }: LocatedFinding): LocatedFinding | undefined =>
    ids.map((id) => findingAt(path, told.get(id)!)).find((teller) => teller !== undefined);
  const tellers = failure.look().map(tellerOf);
  if (tellers.includes(undefined)) {
    failure.keep((finding) => tellerOf(finding) === undefined);
    return false;
  }
  if (tellers.some((teller) => teller!.suppression !== undefined))
    for (const [i, finding] of failure.findings.entries()) finding.suppression ??= tellers[i]!.suppression;
  return true;
}

function findingAt(path: string, found: ReadonlyMap<string, LocatedFinding>): LocatedFinding | undefined {
  return path === '' ? found.values().next().value : found.get(path);
}
