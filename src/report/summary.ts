import type { Problem, Report } from '../model/finding.ts';
import { severities } from '../model/severity.ts';
import { severityStyle, type Paint } from './paint.ts';
import { printable } from './printable.ts';
import type { ReportOptions } from './reporter.ts';
import { cut, pad } from './width.ts';

/** `1 file`, `2 files`. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}

/** One line for each problem of the input, errors first: `error  web.yaml:3:1  found a tab`. */
export function problemLines(report: Report, { width }: ReportOptions, paint: Paint): string[] {
  const order = (problem: Problem): number => (problem.severity === 'error' ? 0 : 1);
  const sorted = [...report.problems].sort((a, b) => order(a) - order(b));
  const lines = sorted.map(({ file, line, column, severity, reason }) => {
    const where = line === 0 ? printable(file) : `${printable(file)}:${line}:${column}`;
    const style = severity === 'error' ? 'red' : 'yellow';
    return `${paint(style, severity)}  ${paint('cyan', where)}  ${cut(printable(reason), Math.max(60, 2 * width - where.length - 11))}`;
  });
  return lines.length === 0 ? [] : [...lines, ''];
}

/** The last lines: counts, posture, what was not looked at, coverage; the very last states the exit code. */
export function summaryLines(report: Report, options: ReportOptions, paint: Paint): string[] {
  return [
    totals(report, paint),
    ...posture(report, options, paint),
    ...notLookedAt(report),
    coverage(report),
    ending(report, options, paint),
  ];
}

function totals({ summary, coverage }: Report, paint: Paint): string {
  const bySeverity = severities
    .filter((severity) => summary.failures[severity] > 0)
    .map((severity) => paint(severityStyle[severity], `${summary.failures[severity]} ${severity}`));
  const all = severities.reduce((sum, severity) => sum + summary.failures[severity], 0);
  const suppressed = summary.suppressed > 0 ? `; ${summary.suppressed} suppressed` : '';
  if (all === 0) return `no failures in ${count(coverage.objects, 'object')}${suppressed}`;
  return `${count(all, 'failure')} in ${summary.failingObjects} of ${count(coverage.objects, 'object')}: ${bySeverity.join(', ')}${suppressed}`;
}

const barLength = 20;

function posture({ summary }: Report, { width }: ReportOptions, paint: Paint): string[] {
  const rows = summary.posture;
  const longest = Math.max(0, ...rows.map((row) => row.practice.length));
  return rows.map(({ practice, objects, failing, suppressed = 0 }) => {
    const bad =
      objects === 0 ? 0 : Math.max(failing > 0 ? 1 : 0, Math.round((failing / objects) * barLength));
    const bar =
      paint('red', '■'.repeat(bad)) + paint('green', '■'.repeat(objects === 0 ? 0 : barLength - bad));
    const words =
      objects === 0
        ? 'nothing to judge'
        : `${failing} of ${count(objects, 'object')} ${failing === 1 ? 'fails' : 'fail'}${suppressed > 0 ? `, ${suppressed} accepted` : ''}`;
    const gap = width > 80 ? `${bar}${objects === 0 ? ' '.repeat(barLength) : ''}  ` : '';
    return `  ${pad(practice, longest)}  ${gap}${words}`;
  });
}

function notLookedAt({ coverage }: Report): string[] {
  const practices = coverage.practicesNotLookedAt;
  if (practices.length === 0) return [];
  return [`not looked at: ${practices.join(', ')}`];
}

function coverage({ coverage, summary }: Report): string {
  const parts = [`looked at ${count(coverage.objects, 'object')} in ${count(coverage.files, 'file')}`];
  const rendering = renderingNeeded(coverage);
  if (rendering !== '') parts.push(rendering);
  if (coverage.notManifests > 0) {
    parts.push(
      `${count(coverage.notManifests, 'file')} ${coverage.notManifests === 1 ? 'is no manifest' : 'are no manifests'}`,
    );
  }
  const unknown = unknownVerdicts({ coverage, summary });
  if (unknown !== '') parts.push(unknown);
  return printable(parts.join('; '));
}

/** What stands between the verdicts and a full answer, in one line; empty where nothing does. */
export function incomplete(report: Report): string {
  const parts = [renderingNeeded(report.coverage), unknownVerdicts(report)].filter((part) => part !== '');
  return parts.length === 0 ? '' : printable(`not judged: ${parts.join('; ')}`);
}

function renderingNeeded({ renderingNeeded: folders }: Report['coverage']): string {
  if (folders.length === 0) return '';
  return `${count(folders.length, 'folder')} ${folders.length === 1 ? 'needs' : 'need'} rendering`;
}

function unknownVerdicts({ coverage, summary }: Pick<Report, 'coverage' | 'summary'>): string {
  if (summary.verdicts.unknown === 0) return '';
  const [reason] = Object.entries(coverage.unknown).sort((a, b) => b[1] - a[1])[0] ?? [''];
  return `${summary.verdicts.unknown} unknown (${reason})`;
}

function ending({ summary }: Report, { elapsedMilliseconds }: ReportOptions, paint: Paint): string {
  const style = summary.exitCode === 0 ? 'green' : 'red';
  const seconds = (elapsedMilliseconds / 1000).toFixed(2);
  return `${paint(style, `exit ${summary.exitCode}`)}: ${summary.exitReason}; ${seconds} s`;
}
