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
  readonly count: number;
  readonly first: Failure;
  /** All of them; the first few cost nothing, those behind them are looked up among all failures of the report. */
  readonly failures: Iterable<Failure>;
}

/** How many failures of a control are at hand: more than fit on a line. */
const atHand = 16;

/**
 * The failures that count, by control: worst severity first, then most failures, then by id. Only a few of each are held
 * unless `all` of them will be read.
 */
export function groupFailures(report: Report, all = true): ControlGroup[] {
  const each = (): Iterable<Failure> => (all ? undefined : report.eachFailure?.()) ?? report.failures;
  const most = all ? Infinity : atHand;
  const byControl = new Map<string, OpenGroup>();
  for (const failure of each()) {
    const { control, severity } = failure;
    const known = byControl.get(control);
    if (known === undefined) byControl.set(control, { first: failure, some: [failure], count: 1, severity });
    else {
      known.count++;
      if (known.some.length < most) known.some.push(failure);
      if (compareSeverity(severity, known.severity) < 0) known.severity = severity;
    }
  }
  const groups = [...byControl].map(([id, { count, first, severity, some }]): ControlGroup => ({
    id,
    control: report.controls[id],
    severity,
    count,
    first,
    failures: count === some.length ? some : { [Symbol.iterator]: () => failuresOf(id, some, each) },
  }));
  return groups.sort(
    (a, b) => compareSeverity(a.severity, b.severity) || b.count - a.count || (a.id < b.id ? -1 : 1),
  );
}

interface OpenGroup {
  readonly first: Failure;
  readonly some: Failure[];
  count: number;
  severity: Severity;
}

function* failuresOf(
  id: string,
  some: readonly Failure[],
  each: () => Iterable<Failure>,
): Generator<Failure> {
  yield* some;
  let known = some.length;
  for (const failure of each()) if (failure.control === id && known-- <= 0) yield failure;
}

/** The findings of a failure that count: some of its elements may be suppressed. */
export function countingFindings({ findings }: Failure): readonly Finding[] {
  return findings.filter(({ suppression }) => suppression === undefined);
}

/** `Deployment shop/web`, `ClusterRole admin`. */
export function formatObject({ kind, namespace, name }: ObjectReference): string {
  const shown = name === '' ? '(no name)' : name;
  return `${kind} ${namespace === '' ? shown : `${namespace}/${shown}`}`;
}
