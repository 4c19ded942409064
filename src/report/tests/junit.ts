import type { CaseResult, PolicyTestReport, SuiteResult } from '../../model/policy-test.ts';
import { xmlText } from '../xml-text.ts';
import { totalsOf } from './totals.ts';

/**
 * A run of tests as JUnit XML: a test suite for each file. What is unknown is an `error`, which no CI server takes for
 * passed; what its author skips is `skipped`.
 *
 * Source: the de facto schema of Apache Ant's JUnitReport task.
 */
export function* testJunit(
  report: PolicyTestReport,
  options: { readonly elapsedMilliseconds: number },
): Generator<string> {
  const { cases, errors } = totalsOf(report);
  const all = Object.values(cases).reduce((sum, count) => sum + count, 0);
  const lost = report.suites.reduce((sum, suite) => sum + brokenInput(suite).length, 0);
  const totals = `tests="${all + lost}" failures="${cases.failed}" errors="${cases.error + cases.unknown + (errors > 0 ? lost : 0)}" skipped="${cases.skipped}"`;
  const seconds = (options.elapsedMilliseconds / 1000).toFixed(3);
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="scantling test" ${totals} time="${seconds}">\n`;
  for (const suite of report.suites) yield* suiteXml(suite);
  yield '</testsuites>\n';
}

function* suiteXml(suite: SuiteResult): Generator<string> {
  const { file, cases } = suite;
  const count = (...statuses: CaseResult['status'][]): number =>
    cases.filter(({ status }) => statuses.includes(status)).length;
  const lost = brokenInput(suite);
  const totals = `tests="${cases.length + lost.length}" failures="${count('failed')}" errors="${count('error', 'unknown') + lost.length}" skipped="${count('skipped')}"`;
  yield `  <testsuite name="${xmlText(file)}" ${totals}>\n`;
  for (const one of cases) yield caseXml(file, one);
  for (const { file: at, line, column, reason } of lost) {
    yield `    <testcase classname="${xmlText(file)}" name="input"><error message="${xmlText(reason)}">${xmlText(`${at}:${line}:${column}: ${reason}`)}</error></testcase>\n`;
  }
  yield '  </testsuite>\n';
}

/** What went wrong in a file whose cases do not say so themselves. */
function brokenInput({ cases, problems }: SuiteResult): SuiteResult['problems'] {
  if (cases.some(({ status }) => status === 'error')) return [];
  return problems.filter(({ severity }) => severity === 'error');
}

function caseXml(suite: string, one: CaseResult): string {
  const { name, what, status, location, expected, got } = one;
  const label = [name, what].filter((text) => text !== '').join(' · ');
  const start = `    <testcase classname="${xmlText(suite)}" name="${xmlText(label)}" file="${xmlText(location.file)}" line="${location.line}"`;
  if (status === 'passed') return `${start}/>\n`;
  if (status === 'skipped') return `${start}><skipped message="${xmlText(got)}"/></testcase>\n`;
  const element = status === 'failed' ? 'failure' : 'error';
  const message = expected === '' ? got : `expected ${expected}, got ${got}`;
  return `${start}><${element} message="${xmlText(message)}" type="${status}">${xmlText(details(one))}</${element}></testcase>\n`;
}

function details({ location, elements, expressions, got }: CaseResult): string {
  const lines = [`${location.file}:${location.line}:${location.column}: ${got}`];
  for (const { path, message, location: at } of elements) {
    lines.push(`${at === undefined ? '' : `${at.file}:${at.line}:${at.column}: `}${path} ${message}`);
  }
  for (const { title, result, values, location: at } of expressions) {
    lines.push(`${at === undefined ? '' : `${at.file}:${at.line}:${at.column}: `}${title} is ${result}`);
    for (const { expression, value } of values) lines.push(`  ${expression} = ${value}`);
  }
  return lines.join('\n');
}
