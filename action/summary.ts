import type { Environment } from './inputs.ts';
import { countingFindings, type ScanFinding, type ScanReport, severities } from './report.ts';

/** How many findings a summary lists; GitHub takes 1 MiB, a reader less. */
const listed = 25;

/** The summary of a run in GitHub's Markdown: what counts, the posture by practice, the worst findings with links to their lines. */
export function formatSummary(report: ScanReport, env: Environment): string {
  const { coverage, problems, summary } = report;
  const findings = countingFindings(report);
  const judged = summary.posture.filter(({ objects }) => objects > 0);
  const unknown = Object.entries(coverage.unknown);
  return [
    `## ${summary.exitCode === 0 ? '✅' : '❌'} Scantling: ${escape(summary.exitReason)}`,
    table(severities, [severities.map((severity) => String(summary.failures[severity]))]),
    `Looked at ${count(coverage.objects, 'object')} in ${count(coverage.files, 'file')}; ${summary.suppressed} suppressed.`,
    ...(judged.length === 0
      ? []
      : [
          '### Posture',
          table(
            ['practice', 'objects', 'failing'],
            judged.map(({ failing, objects, practice }) => [practice, String(objects), String(failing)]),
          ),
        ]),
    ...(findings.length === 0
      ? []
      : [
          '### Findings',
          `| severity | control | object | where | what |\n|---|---|---|---|---|\n${findings
            .slice(0, listed)
            .map((one) => findingRow(one, env))
            .join('\n')}`,
        ]),
    ...(findings.length > listed
      ? [`${findings.length - listed} more; \`scantling scan --all\` shows each with its place in the file.`]
      : []),
    ...list(
      'Not judged',
      problems.map(({ file, line, reason }) => `${line === 0 ? file : `${file}:${line}`}: ${reason}`),
    ),
    ...list(
      'Unknown',
      unknown.map(([reason, number]) => `${number}: ${reason}`),
    ),
    ...list('Needs rendering', coverage.renderingNeeded),
    '',
  ].join('\n\n');
}

function findingRow(finding: ScanFinding, env: Environment): string {
  const { control, location, message, object, severity } = finding;
  const name = object.namespace === '' ? object.name : `${object.namespace}/${object.name}`;
  const cells = [severity, control, `${object.kind} ${name}`].map(escape);
  return `| ${[...cells, where(location, env), escape(message)].join(' | ')} |`;
}

/** A link to the line where GitHub says which repository and commit this is. */
function where(location: ScanFinding['location'], env: Environment): string {
  if (location === null) return '';
  const text = escape(`${location.file}:${location.line}`);
  const { GITHUB_REPOSITORY: repository, GITHUB_SERVER_URL: server, GITHUB_SHA: commit } = env;
  if (!repository || !server || !commit || location.file === '-') return text;
  // A name may hold whatever ends a link.
  const name = location.file.split('/').map(encodeURIComponent).join('/').replaceAll(/[()']/g, percent);
  return `[${text}](${server}/${repository}/blob/${commit}/${name}#L${location.line})`;
}

const percent = (letter: string): string => `%${letter.charCodeAt(0).toString(16)}`;

function list(title: string, items: readonly string[]): readonly string[] {
  if (items.length === 0) return [];
  const more = items.length > listed ? [`- ${items.length - listed} more`] : [];
  const lines = [...items.slice(0, listed).map((item) => `- ${escape(item)}`), ...more];
  return [`### ${title}`, lines.join('\n')];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escape).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/**
 * Text as Markdown shows it, in one line: names and messages come from manifests, and a manifest can hold Markdown, HTML and
 * mentions of people, none of which may work here.
 */
export function escape(text: string): string {
  return text
    .slice(0, 500)
    .replaceAll(/[\0-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*_[\]|#~!$]/g, (letter) => `\\${letter}`)
    .replaceAll('@', '&#64;')
    .replaceAll('://', '&#58;//');
}
