import type { Finding, Report } from '../model/finding.ts';
import { groupBy } from '../model/group-by.ts';
import { formatObject } from './group.ts';
import { xmlText as xml } from './xml-text.ts';

/**
 * The report as JUnit XML, the form CI servers read: a test suite for each control, a test case for each finding, and a
 * suite `input` for documents that could not be read. Unknown is `skipped` with its reason, never passed.
 * Source: the de facto schema of Apache Ant's JUnitReport task.
 */
export function* junit(report: Report, options: { readonly elapsedMilliseconds: number }): Generator<string> {
  const suites = groupBy(report.findings, (finding) => finding.control);
  const errors = report.problems.filter((problem) => problem.severity === 'error');
  const failures = report.findings.filter(isFailure).length;
  const seconds = (options.elapsedMilliseconds / 1000).toFixed(3);
  const totals = `tests="${report.findings.length + errors.length}" failures="${failures}" errors="${errors.length + report.findings.filter((f) => f.verdict === 'error').length}"`;
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="scantling" ${totals} time="${seconds}">\n`;
  for (const [control, findings] of suites) {
    const failed = findings.filter(isFailure).length;
    const wrong = findings.filter((finding) => finding.verdict === 'error').length;
    const skipped = findings.filter(isSkipped).length;
    yield `  <testsuite name="${xml(control)}" tests="${findings.length}" failures="${failed}" errors="${wrong}" skipped="${skipped}">\n`;
    for (const finding of findings) yield testCase(finding);
    yield '  </testsuite>\n';
  }
  if (errors.length > 0) {
    yield `  <testsuite name="input" tests="${errors.length}" failures="0" errors="${errors.length}" skipped="0">\n`;
    for (const { file, line, column, reason } of errors) {
      yield `    <testcase classname="input" name="${xml(file)}"><error message="${xml(reason)}">${xml(`${file}:${line}:${column}: ${reason}`)}</error></testcase>\n`;
    }
    yield '  </testsuite>\n';
  }
  yield '</testsuites>\n';
}

const isFailure = (finding: Finding): boolean =>
  finding.verdict === 'fail' && finding.suppression === undefined;

const isSkipped = (finding: Finding): boolean =>
  finding.verdict === 'unknown' ||
  finding.verdict === 'not-applicable' ||
  (finding.verdict === 'fail' && finding.suppression !== undefined);

function testCase(finding: Finding): string {
  const { location, path } = finding;
  const name = `${formatObject(finding.object)}${path === '' ? '' : ` ${path}`}`;
  const file = location === undefined ? '' : ` file="${xml(location.file)}" line="${location.line}"`;
  const start = `    <testcase classname="${xml(finding.control)}" name="${xml(name)}"${file}`;
  const outcome = outcomeOf(finding);
  return outcome === '' ? `${start}/>\n` : `${start}>${outcome}</testcase>\n`;
}

function outcomeOf(finding: Finding): string {
  const { location, message, reason, severity, suppression, verdict } = finding;
  if (verdict === 'error') return `<error message="${xml(reason)}"/>`;
  if (suppression !== undefined) return `<skipped message="${xml(`suppressed: ${suppression.reason}`)}"/>`;
  if (isSkipped(finding)) return `<skipped message="${xml(`${verdict}: ${reason}`)}"/>`;
  if (verdict !== 'fail') return '';
  const where = location === undefined ? '' : `${location.file}:${location.line}:${location.column}: `;
  return `<failure message="${xml(message)}" type="${severity}">${xml(where + message)}</failure>`;
}
