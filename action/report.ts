import { readFileSync } from 'node:fs';

/** From bad to less bad, as the report has them. */
export const severities = ['critical', 'high', 'medium', 'low', 'info'] as const;
/** How bad a finding is. */
export type Severity = (typeof severities)[number];

/** What the action reads of a JSON report; `schemas/report.schema.json` has all of it. */
export interface ScanReport {
  readonly findings: readonly ScanFinding[];
  readonly problems: readonly { readonly file: string; readonly line: number; readonly reason: string }[];
  readonly coverage: {
    readonly files: number;
    readonly objects: number;
    readonly unknown: Readonly<Record<string, number>>;
    readonly renderingNeeded: readonly string[];
  };
  readonly summary: {
    readonly failures: Readonly<Record<Severity, number>>;
    readonly suppressed: number;
    readonly posture: readonly {
      readonly practice: string;
      readonly objects: number;
      readonly failing: number;
    }[];
    readonly exitCode: number;
    readonly exitReason: string;
  };
}

/** What the action reads of a finding. */
export interface ScanFinding {
  readonly control: string;
  readonly severity: Severity;
  readonly verdict: string;
  readonly message: string;
  readonly object: { readonly kind: string; readonly namespace: string; readonly name: string };
  readonly location: { readonly file: string; readonly line: number } | null;
  readonly suppression: object | null;
}

/** Reads the report of a scan; undefined where the scan ended before there was one. */
export function readReport(file: string): ScanReport | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ScanReport;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The findings that count, worst first. */
export function countingFindings({ findings }: ScanReport): readonly ScanFinding[] {
  const rank = ({ severity }: ScanFinding): number => severities.indexOf(severity);
  return findings
    .filter(({ suppression, verdict }) => verdict === 'fail' && suppression === null)
    .sort((a, b) => rank(a) - rank(b));
}
