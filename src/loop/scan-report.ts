import type { Catalogue } from '../catalogue/catalogue.ts';
import type { MinorVersion } from '../catalogue/versions.ts';
import { Garbage } from '../collect/dump/garbage.ts';
import type { Collection, Manifest } from '../collect/manifests.ts';
import type { FailOn } from '../config/settings.ts';
import type { Finding, Problem, Report } from '../model/finding.ts';
import { complianceOf } from './compliance.ts';
import { noteTold } from './fold-implied.ts';
import type { LocatedFinding } from './located.ts';
import type { ManifestVerdicts, RuleFailure } from './manifest-verdicts.ts';
import type { Rule } from './ruleset.ts';
import { practicesWithout, summarise } from './summary.ts';

/** What a report is made of. */
export interface Reported {
  readonly catalogue: Catalogue;
  readonly profiles: readonly string[];
  readonly version: MinorVersion;
  readonly collection: Omit<Collection, 'manifests'>;
  readonly verdicts: readonly ManifestVerdicts[];
  /** Manifests whose findings are told at their owners. */
  readonly owned: ReadonlySet<Manifest>;
  /** All rules that counted for some file. */
  readonly rules: readonly Rule[];
  /** Those of the user's own policies among them. */
  readonly problems: Problem[];
  readonly policyProblems: readonly Problem[];
  /** Rendering was asked for, and there is neither a chart nor a kustomization. */
  readonly rendersNothing: boolean;
  readonly failOn: (file: string) => readonly FailOn[];
  /** A file of a folder, as configuration applies to it; a file itself. */
  readonly inside: (shown: string) => string;
  /** Whether findings were worked out and are held. */
  readonly holdsFindings: boolean;
}

/** The report of a scan. Findings are worked out when somebody asks for them: most formats look at few. */
export function reportOf(reported: Reported): Report {
  const { verdicts, rules, problems, policyProblems, collection, failOn } = reported;
  const unknown: Record<string, number> = {};
  for (const { remarks } of verdicts) {
    for (const { verdict, reason } of remarks)
      if (verdict === 'unknown') unknown[reason] = (unknown[reason] ?? 0) + 1;
  }
  const { files, notManifests, renderingNeeded } = collection;
  if (reported.rendersNothing) problems.push(...aboutWrappers(problems, renderingNeeded));
  const compliance = complianceOf(reported.profiles, {
    catalogue: reported.catalogue,
    version: reported.version,
    verdicts,
    run: new Set(rules.map(({ id }) => id)),
    unread: unread(problems, renderingNeeded.length),
  });
  let findings: readonly Finding[] | undefined;
  let failures: readonly RuleFailure[] | undefined;
  return {
    apiVersion: 'scantling.dev/v1',
    kind: 'Report',
    controls: Object.fromEntries(rules.map(({ id, metadata }) => [id, metadata])),
    get findings() {
      return (findings ??= verdicts.flatMap((one) => {
        const failing = one.failures.flatMap((failure) => failure.findings);
        noteTold(one, failing);
        return [...failing, ...one.others];
      }));
    },
    // What was worked out already need not be worked out anew.
    ...(!reported.holdsFindings && { eachFinding: () => eachFinding(verdicts) }),
    get failures() {
      return (failures ??= verdicts.flatMap(({ countingFailures }) => countingFailures));
    },
    eachFailure: () => eachFailure(verdicts),
    eachError: () => eachError(verdicts),
    problems: problems.sort(byPlace),
    coverage: {
      files,
      notManifests,
      objects: verdicts.length,
      renderingNeeded,
      unknown,
      practicesNotLookedAt: practicesWithout(rules),
    },
    summary: summarise({
      verdicts,
      owned: reported.owned,
      rules,
      errors: problems.filter(isError).length - policyProblems.filter(isError).length,
      policyMistakes: policyProblems.filter(isError).length,
      renderingNeeded: renderingNeeded.length,
      renderingAsked: renderingNeeded.filter((one) => failOn(reported.inside(one)).includes('unknown'))
        .length,
      failOn: ({ origin }) => failOn(origin.file),
    }),
    ...(compliance.length > 0 && { compliance }),
  };
}

/** Whether something could not be read. */
export const isError = ({ severity }: Problem): boolean => severity === 'error';

/** Says of files with objects of Argo CD or Flux why what they apply is not judged, in one sentence for all. */
function aboutWrappers(problems: readonly Problem[], renderingNeeded: readonly string[]): Problem[] {
  // A template without a chart waits for rendering too, and says so itself.
  const templates = problems.filter(({ reason }) => reason.startsWith('looks like a template'));
  const told = new Set(templates.map(({ file }) => file));
  const [file, ...others] = renderingNeeded.filter((one) => !told.has(one));
  if (file === undefined) return [];
  const more =
    others.length === 0 ? '' : `, nor in ${others.length} more ${others.length === 1 ? 'file' : 'files'}`;
  const reason = `what Argo CD or Flux applies here is not judged${more}: the chart or folder it names is not among the inputs`;
  return [{ file, line: 0, column: 0, severity: 'warning', reason }];
}

/** Why something that fails may not have been seen at all. */
function unread(problems: readonly Problem[], renderingNeeded: number): string {
  const errors = problems.filter(isError).length;
  if (errors > 0) return `${errors} ${errors === 1 ? 'input' : 'inputs'} could not be read`;
  if (renderingNeeded === 0) return '';
  return `${renderingNeeded} ${renderingNeeded === 1 ? 'folder needs' : 'folders need'} rendering`;
}

/** What could not be judged, of one manifest after the other. */
function* eachError(verdicts: readonly ManifestVerdicts[]): Generator<LocatedFinding> {
  for (const one of verdicts) {
    if (one.verdicts.error > 0) yield* one.others.filter(({ verdict }) => verdict === 'error');
  }
}

/** The failures that count, of one manifest after the other, none of which is kept. */
function* eachFailure(verdicts: readonly ManifestVerdicts[]): Generator<RuleFailure> {
  for (const one of verdicts) yield* one.countingFailures;
}

/** The findings of one manifest after the other, none of which is kept. */
function* eachFinding(verdicts: readonly ManifestVerdicts[]): Generator<Finding> {
  const garbage = new Garbage();
  for (const [i, one] of verdicts.entries()) {
    if (i % 256 === 255) garbage.check();
    const failing = one.failures.flatMap((failure) => failure.look());
    noteTold(one, failing);
    const found = [...failing, ...one.others];
    // All of them first: their places are found in one reading of the document.
    yield* found.map((finding) => finding.fresh());
  }
}

/** By file, then from its top to its end, whichever part of the scan noticed the problem. */
function byPlace(a: Problem, b: Problem): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}
