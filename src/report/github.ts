import type { Finding, Problem, Report } from '../model/finding.ts';
import type { Severity } from '../model/severity.ts';
import { eachFinding } from './each-finding.ts';
import { formatObject } from './group.ts';
import { printableLines } from './printable.ts';

type Level = 'error' | 'warning' | 'notice';

const levels: Readonly<Record<Severity, Level>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'notice',
  info: 'notice',
};

/**
 * Workflow commands that GitHub shows as annotations on the lines of a pull request.
 * Source: docs.github.com, "Workflow commands for GitHub Actions", "Setting an error message".
 */
export function* github(report: Report): Generator<string> {
  for (const problem of report.problems) yield problemCommand(problem);
  for (const finding of eachFinding(report)) {
    if (finding.verdict === 'fail' && finding.suppression === undefined) yield findingCommand(finding);
  }
}

function findingCommand(finding: Finding): string {
  const { location } = finding;
  const properties = {
    title: `${finding.control} (${finding.severity})`,
    ...(location && {
      file: location.file,
      line: location.line,
      col: location.column,
      endLine: location.endLine,
      endColumn: location.endColumn,
    }),
  };
  const path = finding.path === '' ? '' : ` at ${finding.path}`;
  return command(
    levels[finding.severity],
    properties,
    `${formatObject(finding.object)}: ${finding.message}${path}`,
  );
}

function problemCommand({ file, line, column, severity, reason }: Problem): string {
  return command(severity, line === 0 ? { file } : { file, line, col: column }, reason);
}

function command(
  level: Level,
  properties: Readonly<Record<string, string | number>>,
  message: string,
): string {
  const list = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(String(value))}`);
  return `::${level} ${list.join(',')}::${escapeData(message)}\n`;
}

const escapeData = (text: string): string =>
  printableLines(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const escapeProperty = (text: string): string =>
  escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
