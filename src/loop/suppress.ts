import { calledHere, type OtherName } from '../catalogue/cross-walk.ts';
import { suggestion } from '../config/did-you-mean.ts';
import { covers, ignorePrefix, readIgnores } from '../exceptions/annotation.ts';
import { podTemplatePath } from '../kube/pod-template.ts';
import type { Manifest } from '../collect/manifests.ts';
import type { JsonObject, Path } from '../model/object.ts';
import { parseApiVersion } from '../kube/group-version.ts';
import { valueAt } from '../model/path.ts';
import { trapIds } from '../policy/lint/trap-ids.ts';
import type { LocatedFinding } from './located.ts';
import type { ManifestVerdicts } from './manifest-verdicts.ts';
import type { SubjectProblem } from './subject.ts';

/** What a suppression may call a control. */
export interface KnownControls {
  readonly ids: ReadonlySet<string>;
  /** Controls by the ids of other tools and by their names of before. */
  readonly called: (name: string) => readonly OtherName[];
}

/**
 * Marks the failures that the manifest's own annotations suppress, and tells of annotations that do not count: without a
 * reason, expired, for a control that does not exist, or for one that nothing here fails. A control that was not run is
 * passed over: another profile may need the annotation.
 */
export function suppress(
  { manifest, failures }: ManifestVerdicts,
  run: { has(id: string): boolean },
  known: KnownControls,
  today: string,
): SubjectProblem[] {
  const { reference, value } = manifest;
  const { ignores, bad } = readIgnores(value, metadataPaths(reference.apiVersion, reference.kind), today);
  const isPolicy = parseApiVersion(reference.apiVersion)?.group === 'admissionregistration.k8s.io';
  const problems: SubjectProblem[] = bad.map(({ path, reason }) => ({ severity: 'warning', path, reason }));
  for (const ignore of ignores) {
    const { container, path, reason, until } = ignore;
    const written = ignore.control;
    const others = known.ids.has(written) ? [] : known.called(written);
    const control = others.find(({ tool }) => tool === undefined)?.control ?? written;
    if (!known.ids.has(control)) {
      // A policy may suppress what lint says of it; a scan does not lint.
      if (isPolicy && trapIds.has(control)) continue;
      const hint = others.length === 0 ? suggestion(control, known.ids) : `; ${calledHere(control, others)}`;
      const words = `${ignorePrefix}${control}: there is no control "${control}"${hint}`;
      problems.push({ severity: 'warning', path, reason: words });
      continue;
    }
    if (!run.has(control)) continue;
    const covered = failures
      .filter((failure) => failure.control === control)
      .flatMap(({ findings }) =>
        findings.filter(({ at }) => covers({ ...ignore, control }, control, at, value)),
      );
    for (const finding of covered)
      finding.suppression ??= { by: 'annotation', reason, ...(until !== undefined && { until }) };
    if (covered.length > 0) continue;
    const where = container === undefined ? 'nothing here' : `nothing in container "${container}"`;
    problems.push({
      severity: 'warning',
      path,
      reason: `this suppression is not used: ${where} fails ${control}`,
    });
  }
  return problems;
}

/** Whether a manifest has annotations that `suppress` would have to look at. */
export function saysIgnore({ reference, value }: Manifest): boolean {
  return metadataPaths(reference.apiVersion, reference.kind).some((path) => {
    const annotations = valueAt(value, [...path, 'annotations']);
    if (annotations === null || typeof annotations !== 'object') return false;
    return Object.keys(annotations as JsonObject).some((key) => key.startsWith(ignorePrefix));
  });
}

/** The object's own metadata, and those of the templates it holds. */
function metadataPaths(apiVersion: string, kind: string): Path[] {
  const template = podTemplatePath(apiVersion, kind);
  const own: Path[] = [['metadata']];
  return template === undefined || template.length === 0 ? own : [...own, [...template, 'metadata']];
}

/** Marks the failing findings whose fingerprint was known before. */
export function suppressKnown(
  findings: readonly LocatedFinding[],
  isKnown: (finding: LocatedFinding) => boolean,
  by: 'baseline' | 'since',
  reason: string,
): void {
  for (const finding of findings) {
    if (finding.suppression === undefined && isKnown(finding)) finding.suppression = { by, reason };
  }
}
