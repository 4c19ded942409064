import type { ControlMetadata } from '../../model/control.ts';
import type { Failure, Finding, Report } from '../../model/finding.ts';
import type { ObjectReference } from '../../model/object.ts';
import { compareSeverity, type Severity } from '../../model/severity.ts';
import { type Status, statuses, statusOf } from './status.ts';

/** What one control says of one object: its failing elements, or that it is unknown. The unit of a page's counts. */
export interface Entry {
  readonly control: string;
  readonly severity: Severity;
  readonly status: Status;
  readonly object: ObjectReference;
  /** At least one; for a failure one for each failing element. */
  readonly findings: readonly [Finding, ...Finding[]];
  /** The failure that counts, for its fix. */
  readonly failure: Failure | undefined;
}

/** All that one control says. */
export interface EntryGroup {
  readonly id: string;
  readonly control: Omit<ControlMetadata, 'id'> | undefined;
  /** The worst among what fails, else that of the control. */
  readonly severity: Severity;
  /** What fails first, then what is not decided, then what is accepted. */
  readonly entries: readonly Entry[];
  readonly counts: Readonly<Record<Status, number>>;
}

interface OpenEntry extends Entry {
  readonly findings: [Finding, ...Finding[]];
}

/** The findings of a report by control: worst severity first, then most failures; what nothing fails comes last. */
export function groupEntries(report: Report): EntryGroup[] {
  const failureOf = new Map<Finding, Failure>();
  for (const failure of report.failures) {
    for (const finding of failure.findings) failureOf.set(finding, failure);
  }
  const byControl = new Map<string, OpenEntry[]>();
  for (const finding of report.findings) {
    const { control, object, severity } = finding;
    let entries = byControl.get(control);
    if (entries === undefined) byControl.set(control, (entries = []));
    const status = statusOf(finding);
    const known = sameEntry(entries, object, status);
    if (known !== undefined) known.findings.push(finding);
    else
      entries.push({
        control,
        severity,
        status,
        object,
        findings: [finding],
        failure: failureOf.get(finding),
      });
  }
  return [...byControl].map(([id, entries]) => group(id, entries, report)).sort(byInterest);
}

/** The findings of an object follow one another, accepted ones among them. */
function sameEntry(
  entries: readonly OpenEntry[],
  object: ObjectReference,
  status: Status,
): OpenEntry | undefined {
  for (let i = entries.length - 1; i >= 0 && entries[i]!.object === object; i--) {
    if (entries[i]!.status === status) return entries[i];
  }
  return undefined;
}

function group(id: string, entries: readonly Entry[], { controls }: Report): EntryGroup {
  const counts = { fail: 0, error: 0, unknown: 0, accepted: 0, pass: 0, 'not-applicable': 0 };
  let worst: Severity | undefined;
  for (const { severity, status } of entries) {
    counts[status]++;
    if (status === 'fail' && (worst === undefined || compareSeverity(severity, worst) < 0)) worst = severity;
  }
  const control = Object.hasOwn(controls, id) ? controls[id] : undefined;
  const sorted = [...entries].sort((a, b) => rank(a.status) - rank(b.status));
  return {
    id,
    control,
    severity: worst ?? control?.severity ?? entries[0]!.severity,
    entries: sorted,
    counts,
  };
}

const rank = (status: Status): number => statuses.indexOf(status);

function byInterest(a: EntryGroup, b: EntryGroup): number {
  return (
    rank(a.entries[0]!.status) - rank(b.entries[0]!.status) ||
    compareSeverity(a.severity, b.severity) ||
    b.counts.fail - a.counts.fail ||
    b.entries.length - a.entries.length ||
    (a.id < b.id ? -1 : 1)
  );
}
