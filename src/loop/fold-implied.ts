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
  const known = new WeakMap<readonly Rule[], Telling>();
  let count = 0;
  for (const one of all) {
    const { rules } = one.failing;
    let telling = known.get(rules);
    if (telling === undefined) known.set(rules, (telling = tellingAmong(rules)));
    if (telling.told.length === 0) continue;
    foldInto(telling, one);
    if (++count % stepLength === 0) onStep?.();
  }
}

/** Says of findings of a manifest which other controls they tell; to be called when somebody reads them. */
export function noteTold(
  { implied }: Pick<ManifestVerdicts, 'implied'>,
  findings: readonly LocatedFinding[],
): void {
  if (implied.length === 0) return;
  const tells = new Map<string, string[]>();
  for (const { control, rule } of implied)
    for (const teller of rule.impliedBy ?? []) tells.set(teller, [...(tells.get(teller) ?? []), control]);
  for (const finding of findings) finding.tells = tells.get(finding.control);
}

/** After how many objects `onStep` is called. */
const stepLength = 256;

/** Who may tell what of the same rules, by their places: of thousands of objects that fail the same it is the same. */
interface Telling {
  readonly tellers: readonly (readonly [string, number])[];
  readonly told: readonly number[];
  /** What is told of manifests by their likeness, where all findings of a failure are told or none. */
  readonly known: Map<number, readonly number[]> | undefined;
}

function tellingAmong(rules: readonly Rule[]): Telling {
  const places = new Map(rules.map(({ id }, i) => [id, i] as const).toReversed());
  const tellersOf = ({ impliedBy = [] }: Rule): readonly string[] => impliedBy.filter((id) => places.has(id));
  const tellers = [...new Set(rules.flatMap(tellersOf))].map((id) => [id, places.get(id)!] as const);
  const told = [...rules.keys()].filter((i) => tellersOf(rules[i]!).length > 0);
  // Likeness is about what the object itself shows.
  const isOwn = [...told, ...tellers.map(([, i]) => i)].every((i) => rules[i]!.derivation === undefined);
  return { tellers, told, known: isOwn ? new Map() : undefined };
}

function foldInto({ tellers, told, known }: Telling, one: ManifestVerdicts): void {
  const like = one.known === undefined ? one.likeness : undefined;
  const before = like === undefined ? undefined : known?.get(like);
  if (before !== undefined) {
    one.imply(before);
    return;
  }
  const byTeller = new Map(
    tellers.map(([id, i]) => [
      id,
      new Map(
        one
          .failure(i)
          .look()
          .map((finding) => [finding.path, finding]),
      ),
    ]),
  );
  const found = told.filter((i) => isTold(one.failure(i), byTeller));
  // Findings are known now where some of a failure were taken out.
  if (like !== undefined && one.known === undefined) known?.set(like, found);
  one.imply(found);
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
