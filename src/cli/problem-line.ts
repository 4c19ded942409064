import type { Problem } from '../model/finding.ts';
import { printable } from '../report/printable.ts';

/** What a verb says of a problem on standard error: how bad, the place if there is one, and why; no name steers the terminal. */
export function problemLine({
  file,
  line,
  column,
  severity,
  reason,
}: Omit<Problem, 'severity'> & { readonly severity: string }): string {
  const place = line === 0 ? file : `${file}:${line}:${column}`;
  return `${severity}  ${printable(place)}  ${printable(reason)}\n`;
}
