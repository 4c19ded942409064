import { failingPaths } from './failing-paths.ts';
import type { LocatedFinding } from './located.ts';
import type { ManifestVerdicts, RuleFailure } from './manifest-verdicts.ts';
import { type Telling, tellingAmong } from './telling.ts';

/**
 * Takes out of the failures what others of the same manifest say already: findings of a control that is implied by one
 * which fails at the same place, or anywhere where they are about the object as a whole. A control whose findings are all told moves to `implied`, where frameworks count it; what
 * was accepted of the telling control is accepted of it as well. Runs after suppressions, so that theirs are used.
 * `onStep` is called now and then, when what was read is not needed any more.
 */
export function foldImplied(all: readonly ManifestVerdicts[], onStep?: () => void): void {
  let count = 0;
  for (const one of all) {
    const telling = tellingAmong(one.failing.rules);
    if (telling.length > 0) {
      foldInto(telling, one);
      if (++count % stepLength === 0) onStep?.();
    }
    one.likeness = undefined;
  }
}

/** Says of findings of a manifest which other controls they tell; to be called when somebody reads them. */
export function noteTold(
  { implied }: Pick<ManifestVerdicts, 'implied'>,
  findings: readonly LocatedFinding[],
): void {
  if (implied.length === 0) return;
  const tells = new Map<LocatedFinding, string[]>();
  for (const failure of implied) {
    const { control, rule } = failure;
    const tellers = findings.filter((finding) => rule.impliedBy?.includes(finding.control) === true);
    for (const teller of tellersOf(failure, tellers))
      tells.set(teller, [...(tells.get(teller) ?? []), control]);
  }
  for (const finding of findings) finding.tells = tells.get(finding);
}

/** Those of the findings that tell one of a failure. */
function tellersOf(failure: RuleFailure, findings: readonly LocatedFinding[]): readonly LocatedFinding[] {
  if (findings.length < 2) return findings;
  const paths = new Set(failure.look().map(({ path }) => path));
  return findings.filter(({ path }, i) => paths.has(path) || (i === 0 && paths.has('')));
}

/** After how many objects `onStep` is called. */
const stepLength = 256;

function foldInto(tellings: readonly Telling[], one: ManifestVerdicts): void {
  const byTeller = new Map<number, ReadonlyMap<string, LocatedFinding>>();
  const found = tellings.filter(({ told, tellers }) => {
    const known = isToldAlike(one, told, tellers);
    if (known !== undefined) return known;
    for (const i of tellers) if (!byTeller.has(i)) byTeller.set(i, byPath(one.failure(i)));
    return isTold(
      one.failure(told),
      tellers.map((i) => byTeller.get(i)!),
    );
  });
  one.imply(found.map(({ told }) => told));
}

/**
 * Whether all findings of a rule are told, by where objects that look alike fail it and those who may tell it; if only some of
 * them are, they are left out. Undefined where the findings of this object are not those of others.
 */
function isToldAlike(one: ManifestVerdicts, told: number, tellers: readonly number[]): boolean | undefined {
  const paths = pathsAlike(one, told);
  if (paths === undefined) return undefined;
  const telling: (readonly string[])[] = [];
  for (const i of tellers) {
    const found = pathsAlike(one, i);
    if (found === undefined) return undefined;
    telling.push(found);
  }
  const isTold = (path: string): boolean =>
    telling.some((found) => (path === '' ? found.length > 0 : found.includes(path)));
  const found = paths.filter(isTold);
  if (found.length === paths.length) return true;
  if (found.length > 0) one.failure(told).leaveOut(found);
  return false;
}

function pathsAlike(one: ManifestVerdicts, index: number): readonly string[] | undefined {
  // Findings that are known may have been left out or suppressed.
  if (one.known !== undefined) return undefined;
  const rule = one.failing.rules[index]!;
  const alike = one.likeness?.get(rule.id);
  if (alike === undefined || one.leftOut?.has(rule) === true) return undefined;
  return failingPaths(alike, rule.id, () =>
    one
      .failure(index)
      .look()
      .map(({ path }) => path),
  );
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
