import type { Finding, Report } from '../model/finding.ts';

/** The findings of a report, for a format that writes one after the other and needs none of them twice. */
export function eachFinding(report: Report): Iterable<Finding> {
  return report.eachFinding?.() ?? report.findings;
}
