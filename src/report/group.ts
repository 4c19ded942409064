import type { ControlMetadata } from '../model/control.ts';
import type { Failure, Finding, Report } from '../model/finding.ts';
import type { ObjectReference } from '../model/object.ts';
import { compareSeverity, type Severity } from '../model/severity.ts';

/** All counting failures of one control, in the order of the input: one for each object. */
export interface ControlGroup {
  readonly id: string;
  readonly control: Omit<ControlMetadata, 'id'> | undefined;
  /** The worst severity among the failures; a configuration may override it for some paths. */
  readonly severity: Severity;
  readonly failures: readonly Failure[];
}

/** The failures that count, by control: worst severity first, then most failures, then by id. */
export function groupFailures(report: Report): ControlGroup[] {
  const byControl = new Map<string, Failure[]>();
  for (const failure of report.failures) {
    const known = byControl.get(failure.control);
    if (known === undefined) byControl.set(failure.control, [failure]);
    else known.push(failure);
  }
  const groups = [...byControl].map(([id, failures]): ControlGroup => ({
    id,
    control: report.controls[id],
    severity: failures.reduce<Severity>(worse, 'info'),
    failures,
  }));
  return groups.sort(
    (a, b) =>
      compareSeverity(a.severity, b.severity) ||
      b.failures.length - a.failures.length ||
      (a.id < b.id ? -1 : 1),
  );
}

const worse = (worst: Severity, { severity }: Failure): Severity =>
  compareSeverity(severity, worst) < 0 ? severity : worst;

/** The findings of a failure that count: some of its elements may be suppressed. */
export function countingFindings({ findings }: Failure): readonly Finding[] {
  return findings.filter(({ suppression }) => suppression === undefined);
}

/** `Deployment shop/web`, `ClusterRole admin`. */
export function formatObject({ kind, namespace, name }: ObjectReference): string {
  const shown = name === '' ? '(no name)' : name;
  return `${kind} ${namespace === '' ? shown : `${namespace}/${shown}`}`;
}
