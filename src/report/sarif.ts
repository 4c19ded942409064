import type { Finding, Location, Problem, Report } from '../model/finding.ts';
import { practiceName } from '../model/practice.ts';
import type { Severity } from '../model/severity.ts';
import { eachFinding } from './each-finding.ts';
import { idsAs } from './ids-as.ts';
import { formatObject } from './group.ts';
import { printableJson } from './printable.ts';

/** What SARIF calls the severities; `security-severity` is what GitHub sorts by. */
const levels: Readonly<Record<Severity, { level: 'error' | 'warning' | 'note'; score: string }>> = {
  critical: { level: 'error', score: '9.5' },
  high: { level: 'error', score: '8.0' },
  medium: { level: 'warning', score: '5.5' },
  low: { level: 'note', score: '2.5' },
  info: { level: 'note', score: '0.0' },
};

/**
 * The report as SARIF 2.1.0: a rule for each control, a result for each failure with its region, its fingerprint and,
 * when suppressed, why; what could not be read as notifications of the run.
 * Source: OASIS SARIF 2.1.0; docs.github.com, "SARIF support for code scanning".
 */
export function* sarif(
  report: Report,
  options: { readonly version: string; readonly as?: string | undefined },
): Generator<string> {
  const { as } = options;
  const ids = Object.keys(report.controls);
  const driver = {
    name: 'scantling',
    version: options.version,
    informationUri: 'https://scantling.dev',
    rules: ids.map((id) => rule(id, report, as)),
  };
  yield `{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{"tool":{"driver":${printableJson(driver)}},\n`;
  yield `"columnKind":"utf16CodeUnits","invocations":[${printableJson(invocation(report))}],\n"results":[`;
  let first = true;
  for (const finding of eachFinding(report)) {
    if (finding.verdict !== 'fail') continue;
    yield `${first ? '' : ','}\n${printableJson(result(finding, ids.indexOf(finding.control), as === undefined ? undefined : { [as]: idsAs(report, finding, as) }))}`;
    first = false;
  }
  yield ']}]}\n';
}

/** The ids of the tool that was asked for. */
function idsOf(id: string, report: Report, as: string | undefined): object | undefined {
  return as === undefined ? undefined : { [as]: report.controls[id]?.aliases[as] ?? [] };
}

function rule(id: string, report: Report, as: string | undefined): object {
  const control = report.controls[id]!;
  const { level, score } = levels[control.severity];
  const frameworks = Object.entries(control.frameworks).flatMap(([name, parts]) =>
    parts.map((part) => `${name}/${part}`),
  );
  return {
    id,
    name: id,
    shortDescription: { text: control.title },
    fullDescription: { text: control.why || control.title },
    help: { text: `${control.why}\n\n${control.fix}`, markdown: `${control.why}\n\n**Fix:** ${control.fix}` },
    ...(control.references.length > 0 && { helpUri: control.references[0] }),
    defaultConfiguration: { level },
    properties: {
      'security-severity': score,
      tags: ['security', 'kubernetes', practiceName(control.practice), ...frameworks],
      ...idsOf(id, report, as),
    },
  };
}

function result(finding: Finding, ruleIndex: number, ids: object | undefined): object {
  const { control, fingerprint, location, message, object, path, severity, suppression } = finding;
  const where = path === '' ? '' : ` (${path})`;
  return {
    ruleId: control,
    ...(ruleIndex >= 0 && { ruleIndex }),
    level: levels[severity].level,
    message: { text: `${formatObject(object)}: ${message}${where}` },
    ...(location && { locations: [sarifLocation(location, object, path)] }),
    partialFingerprints: { 'scantling/v1': fingerprint },
    ...(ids && { properties: ids }),
    ...(suppression && {
      suppressions: [
        {
          kind: suppression.by === 'annotation' ? 'inSource' : 'external',
          justification: suppression.reason,
        },
      ],
    }),
  };
}

function sarifLocation(location: Location, object: Finding['object'], path: string): object {
  return {
    physicalLocation: {
      artifactLocation: artifact(location.file),
      region: {
        startLine: location.line,
        startColumn: location.column,
        endLine: location.endLine,
        endColumn: location.endColumn,
      },
    },
    logicalLocations: [
      { name: object.name, kind: 'object', fullyQualifiedName: `${formatObject(object)} ${path}`.trim() },
    ],
  };
}

const artifact = (file: string): object => ({
  uri: file.startsWith('/') ? `file://${encodeURI(file)}` : encodeURI(file),
});

function invocation(report: Report): object {
  return {
    executionSuccessful: report.summary.exitCode < 2,
    exitCode: report.summary.exitCode,
    toolExecutionNotifications: report.problems.map(notification),
  };
}

function notification({ file, line, column, severity, reason }: Problem): object {
  const region = line === 0 ? {} : { region: { startLine: line, startColumn: column } };
  return {
    level: severity,
    message: { text: reason },
    locations: [{ physicalLocation: { artifactLocation: artifact(file), ...region } }],
  };
}
