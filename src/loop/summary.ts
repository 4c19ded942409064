import type { Manifest } from '../collect/manifests.ts';
import type { FailOn } from '../config/settings.ts';
import type { Posture, Summary, Verdict } from '../model/finding.ts';
import { practiceName, practices } from '../model/practice.ts';
import { atLeast, severities, type Severity } from '../model/severity.ts';
import type { ManifestVerdicts } from './manifest-verdicts.ts';
import type { Rule } from './ruleset.ts';

/** What a summary is made of. */
export interface SummaryInput {
  readonly verdicts: readonly ManifestVerdicts[];
  /** Manifests whose owner is judged in their place. */
  readonly owned: ReadonlySet<Manifest>;
  readonly rules: readonly Rule[];
  readonly errors: number;
  /** What is wrong with the user's own policies. */
  readonly policyMistakes: number;
  /** Folders that were not judged because they have to be rendered first. */
  readonly renderingNeeded: number;
  /** Those of them for which `failOn` has `unknown`. */
  readonly renderingAsked: number;
  readonly failOn: (manifest: Manifest) => readonly FailOn[];
}

/** Counts what was found and decides the exit code. */
export function summarise(input: SummaryInput): Summary {
  const failures: Record<Severity, number> = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  const verdicts: Record<Verdict, number> = { pass: 0, fail: 0, 'not-applicable': 0, unknown: 0, error: 0 };
  const tally = { deciding: 0, undecided: 0, thresholds: new Set<FailOn>(), below: new Set<FailOn>() };
  let suppressed = 0;
  let failingObjects = 0;
  for (const { manifest, failing, counting, verdicts: given } of input.verdicts) {
    for (const verdict of ['pass', 'not-applicable', 'unknown', 'error'] as const)
      verdicts[verdict] += given[verdict];
    verdicts.fail += failing.rules.length;
    const failOn = input.failOn(manifest);
    const threshold = thresholdOf(failOn);
    if (failOn.includes('unknown')) tally.undecided += given.unknown;
    suppressed += failing.rules.length - counting.length;
    if (counting.length > 0) failingObjects++;
    for (const { severity } of counting) {
      failures[severity]++;
      if (!atLeast(severity, threshold)) {
        tally.below.add(threshold);
        continue;
      }
      tally.deciding++;
      tally.thresholds.add(threshold);
    }
  }
  const reasons = incompleteness(input, verdicts.error, tally.undecided);
  const exitCode = reasons.length > 0 ? 3 : tally.deciding > 0 ? 1 : 0;
  if (tally.deciding > 0) {
    const level = levelOf(tally.thresholds);
    reasons.push(`${tally.deciding} ${tally.deciding === 1 ? 'failure' : 'failures'} at or above ${level}`);
  } else if (tally.below.size > 0) {
    reasons.push(`no failure at or above ${levelOf(tally.below)}`);
  }
  // The last line is often all that is read: where something was not judged, it must not sound like a pass.
  if (reasons.length === 0) {
    reasons.push(input.verdicts.length === 0 ? 'there was nothing to judge' : 'nothing that fails');
  }
  const but = exitCode === 0 && input.renderingNeeded > 0 ? `, but ${rendering(input.renderingNeeded)}` : '';
  const exitReason = `${reasons.join(', ')}${but}`;
  const posture = postureOf(input);
  return { failures, verdicts, suppressed, failingObjects, posture, exitCode, exitReason };
}

/** The least severity that fails; `unknown` alone leaves it at high. */
export function thresholdOf(failOn: readonly FailOn[]): Severity {
  const written = severities.filter((severity) => failOn.includes(severity));
  return written.at(-1) ?? 'high';
}

/** What kept the scan from judging everything, as far as that is exit code 3. */
function incompleteness(
  { errors, policyMistakes, renderingAsked }: SummaryInput,
  wrong: number,
  undecided: number,
): string[] {
  const reasons: string[] = [];
  if (errors > 0) reasons.push(`${errors} ${errors === 1 ? 'input' : 'inputs'} could not be read`);
  if (policyMistakes > 0)
    reasons.push(`${policyMistakes} ${policyMistakes === 1 ? 'mistake' : 'mistakes'} in the policies`);
  if (wrong > 0) reasons.push(`${wrong} ${wrong === 1 ? 'verdict is an error' : 'verdicts are errors'}`);
  if (undecided > 0) reasons.push(`${undecided} ${undecided === 1 ? 'verdict is' : 'verdicts are'} unknown`);
  if (renderingAsked > 0) reasons.push(rendering(renderingAsked));
  return reasons;
}

function rendering(folders: number): string {
  return `${folders} ${folders === 1 ? 'folder needs' : 'folders need'} rendering`;
}

/** The threshold where all files have the same one. */
function levelOf(thresholds: ReadonlySet<FailOn>): string {
  return thresholds.size === 1 ? [...thresholds][0]! : 'the configured severities';
}

function postureOf({ verdicts, owned, rules }: SummaryInput): Posture[] {
  const rows = new Map<
    number,
    { controls: Set<string>; objects: number; failing: number; suppressed: number }
  >();
  for (const { id, metadata } of rules) {
    const row = rows.get(metadata.practice);
    if (row === undefined)
      rows.set(metadata.practice, { controls: new Set([id]), objects: 0, failing: 0, suppressed: 0 });
    else row.controls.add(id);
  }
  const practiceOf = new Map(rules.map(({ id, metadata }) => [id, metadata.practice]));
  const known = new WeakMap<readonly Rule[], ReadonlySet<number>>();
  const practicesOf = (rules: readonly Rule[]): ReadonlySet<number> => {
    let found = known.get(rules);
    if (found === undefined) known.set(rules, (found = new Set(rules.map(({ id }) => practiceOf.get(id)!))));
    return found;
  };
  for (const { manifest, failing: failed, counting, judgedBy } of verdicts) {
    const failing = practicesOf(counting);
    const accepted = practicesOf(failed.rules);
    for (const practice of practicesOf(judgedBy)) {
      if (owned.has(manifest) && !failing.has(practice)) continue;
      const row = rows.get(practice)!;
      row.objects++;
      if (failing.has(practice)) row.failing++;
      else if (accepted.has(practice)) row.suppressed++;
    }
  }
  return [...rows]
    .sort(([a], [b]) => a - b)
    .map(([practice, { controls, objects, failing, suppressed }]) => ({
      practice: practiceName(practice),
      controls: controls.size,
      objects,
      failing,
      suppressed,
    }));
}

/** The practices that none of the rules is about. */
export function practicesWithout(rules: readonly Rule[]): string[] {
  const looked = new Set(rules.map(({ metadata }) => metadata.practice));
  return practices.filter((_, i) => !looked.has(i + 1));
}
