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
  const known = new WeakMap<readonly Rule[], readonly Telling[]>();
  const folds: KnownFolds = new WeakMap();
  let count = 0;
  for (const one of all) {
    const { rules } = one.failing;
    let telling = known.get(rules);
    if (telling === undefined) known.set(rules, (telling = tellingAmong(rules)));
    if (telling.length === 0) continue;
    foldInto(telling, one, folds);
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

/** Of one rule among others: who of them may tell what it says, by their places. */
interface Telling {
  readonly told: number;
  readonly tellers: readonly number[];
  /** Equal where the same may tell the same; undefined where they look at more than the object itself. */
  readonly signature: string | undefined;
}

function tellingAmong(rules: readonly Rule[]): readonly Telling[] {
  const found: Telling[] = [];
  for (let told = 0; told < rules.length; told++) {
    const { id, impliedBy } = rules[told]!;
    // Few rules are, and what objects fail is of thousands of kinds.
    if (impliedBy === undefined) continue;
    const tellers = impliedBy.map((teller) => rules.findIndex((rule) => rule.id === teller));
    const present = tellers.filter((i) => i >= 0);
    if (present.length === 0) continue;
    const isOwn = [told, ...present].every((i) => rules[i]!.derivation === undefined);
    const names = present.map((i) => rules[i]!.id).join();
    found.push({ told, tellers: present, signature: isOwn ? `${id} ${names}` : undefined });
  }
  return found;
}

/** Whether all or none of the findings of a rule are told, for objects that look alike to it and to those who may tell it. */
type KnownFolds = WeakMap<object, Map<string, boolean>>;

function foldInto(tellings: readonly Telling[], one: ManifestVerdicts, known: KnownFolds): void {
  const byTeller = new Map<number, ReadonlyMap<string, LocatedFinding>>();
  const found = tellings.filter(({ told, tellers, signature }) => {
    const like =
      one.known === undefined && signature !== undefined
        ? one.likeness?.get(one.failing.rules[told]!.id)
        : undefined;
    const before = like === undefined ? undefined : known.get(like)?.get(signature!);
    if (before !== undefined) return before;
    for (const i of tellers) if (!byTeller.has(i)) byTeller.set(i, byPath(one.failure(i)));
    const answer = isTold(
      one.failure(told),
      tellers.map((i) => byTeller.get(i)!),
    );
    // Findings are known now where some of a failure were taken out.
    if (like !== undefined && one.known === undefined) {
      let folds = known.get(like);
      if (folds === undefined) known.set(like, (folds = new Map()));
      folds.set(signature!, answer);
    }
    return answer;
  });
  one.imply(found.map(({ told }) => told));
}

function byPath(failure: RuleFailure): ReadonlyMap<string, LocatedFinding> {
  return new Map(failure.look().map((finding) => [finding.path, finding]));
}

/** Whether all findings of a failure are told; if only some of them are, they are taken out of it. */
function isTold(failure: RuleFailure, told: readonly ReadonlyMap<string, LocatedFinding>[]): boolean {
  const tellerOf = ({ path }: LocatedFinding): LocatedFinding | undefined =>
    told.map((found) => findingAt(path, found)).find((teller) => teller !== undefined);
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
