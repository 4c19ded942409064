import type { ControlMetadata } from '../model/control.ts';
import type { Finding, Report } from '../model/finding.ts';
import type { ObjectReference } from '../model/object.ts';
import { compareSeverity, type Severity } from '../model/severity.ts';

/** All counting failures of one control, in the order of the input. */
export interface ControlGroup {
  readonly id: string;
  readonly control: Omit<ControlMetadata, 'id'> | undefined;
  /** The worst severity among the findings; a configuration may override it for some paths. */
  readonly severity: Severity;
  readonly findings: readonly Finding[];
  /** The findings object by object. */
  readonly objects: readonly (readonly Finding[])[];
}

/** Failures that are not suppressed, by control: worst severity first, then most findings, then by id. */
export function groupFailures(report: Report): ControlGroup[] {
  const byControl = new Map<string, Finding[]>();
  for (const finding of report.findings) {
    if (finding.verdict !== 'fail' || finding.suppression !== undefined) continue;
    const known = byControl.get(finding.control);
    if (known === undefined) byControl.set(finding.control, [finding]);
    else known.push(finding);
  }
  const groups = [...byControl].map(([id, findings]): ControlGroup => ({
    id,
    control: report.controls[id],
    severity: findings.map((f) => f.severity).sort(compareSeverity)[0]!,
    findings,
    objects: byObject(findings),
  }));
  return groups.sort(
    (a, b) =>
      compareSeverity(a.severity, b.severity) ||
      b.findings.length - a.findings.length ||
      (a.id < b.id ? -1 : 1),
  );
}

function byObject(findings: readonly Finding[]): Finding[][] {
  const objects = new Map<string, Finding[]>();
  for (const finding of findings) {
    const { apiVersion, kind, namespace, name } = finding.object;
    const key = [finding.location?.file, apiVersion, kind, namespace, name].join('\n');
    const known = objects.get(key);
    if (known === undefined) objects.set(key, [finding]);
    else known.push(finding);
  }
  return [...objects.values()];
}

/** `Deployment shop/web`, `ClusterRole admin`. */
export function formatObject({ kind, namespace, name }: ObjectReference): string {
  const shown = name === '' ? '(no name)' : name;
  return `${kind} ${namespace === '' ? shown : `${namespace}/${shown}`}`;
}
