import type { Finding, Report } from '../model/finding.ts';

/**
 * What another tool calls a finding: the ids of its control, and of the controls that it tells besides, each once. A role
 * that may do everything is told by one finding, and that tool has an id for each of its rights.
 */
export function idsAs(report: Report, { control, tells = [] }: Finding, tool: string): readonly string[] {
  const idsOf = (id: string): readonly string[] => report.controls[id]?.aliases[tool] ?? [];
  return tells.length === 0 ? idsOf(control) : [...new Set([control, ...tells].flatMap(idsOf))];
}
