import type { Location, Problem } from '../../model/finding.ts';
import type { CaseResult, PolicyCoverage, PolicyTestReport, SuiteResult } from '../../model/policy-test.ts';
import { codeFrame } from '../frame.ts';
import type { Paint } from '../paint.ts';
import { printable } from '../printable.ts';
import { cut, pad } from '../width.ts';
import { coveragePercent, totalsOf } from './totals.ts';

/** How the results of tests are printed. */
export interface TestTextOptions {
  readonly paint: Paint;
  readonly width: number;
  /** The text of a file, for code frames. */
  readonly source: (file: string) => string | undefined;
  /** Leave out the suites in which everything is as expected. */
  readonly quiet: boolean;
  readonly elapsedMilliseconds: number;
}

/** More gaps of one policy than anybody reads at once. */
const mostGaps = 20;

/** A run of tests for people: a line for each file, each case that is not as expected with what decided it, the totals. */
export function* testText(report: PolicyTestReport, options: TestTextOptions): Generator<string> {
  for (const suite of report.suites) yield* suiteText(suite, options);
  if (report.coverage !== undefined) {
    for (const one of report.coverage) yield* coverageText(one, options);
    yield `${coveragePercent(report)} % of the policies' branches were reached\n`;
  }
  yield lastLine(report, options);
}

/** One file of tests. */
export function* suiteText(suite: SuiteResult, options: TestTextOptions): Generator<string> {
  const { paint, quiet } = options;
  const { cases, problems, verdicts, file, format } = suite;
  const notable = cases.filter(({ status, got }) => {
    // What is wrong with a case stands among the problems of its file, at the very place.
    if (status === 'error') return !problems.some(({ reason }) => got.includes(reason));
    return status !== 'passed' && status !== 'skipped';
  });
  const isBroken = problems.some(({ severity }) => severity === 'error');
  const isGood = notable.length === 0 && !isBroken && cases.every(({ status }) => status !== 'error');
  const skipped = cases.filter(({ status }) => status === 'skipped').length;
  const counted = format === 'control' ? plural(verdicts, 'verdict') : plural(cases.length - skipped, 'case');
  const more = skipped === 0 ? '' : `, ${skipped} skipped`;
  if (isGood && !(quiet && problems.length === 0)) {
    yield `${paint('green', 'ok')}    ${printable(file)}  ${counted}${more}\n`;
  }
  if (!isGood) yield `${paint('red', wordFor(suite))}  ${printable(file)}  ${counted}${more}\n`;
  for (const problem of problems) yield problemLine(problem, options);
  for (const one of grouped(notable)) yield* caseText(one, options);
}

/** The worst there is in a file, in a word as wide as the others. */
function wordFor({ cases, problems }: SuiteResult): string {
  const has = (status: CaseResult['status']): boolean => cases.some((one) => one.status === status);
  if (has('failed')) return 'fail';
  return has('error') || problems.some(({ severity }) => severity === 'error') ? 'err ' : '??? ';
}

function problemLine({ file, line, column, severity, reason }: Problem, { paint }: TestTextOptions): string {
  const where = line === 0 ? file : `${file}:${line}:${column}`;
  return `      ${paint(severity === 'error' ? 'red' : 'yellow', severity)}  ${paint('cyan', printable(where))}  ${printable(reason)}\n`;
}

/** Cases that are not known for one and the same reason, together. */
interface CaseGroup {
  readonly first: CaseResult;
  readonly more: number;
}

function grouped(cases: readonly CaseResult[]): CaseGroup[] {
  const groups = new Map<string, { first: CaseResult; more: number }>();
  for (const [i, one] of cases.entries()) {
    const isBare = one.expressions.length === 0 && one.elements.length === 0 && one.expected === '';
    const key = isBare ? `${one.status} ${one.got}` : `#${i}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { first: one, more: 0 });
    else known.more++;
  }
  return [...groups.values()];
}

function* caseText({ first, more }: CaseGroup, options: TestTextOptions): Generator<string> {
  const { paint, width } = options;
  const { name, status, location, what, expected, got } = first;
  const label = [name, what].filter((text) => text !== '').join(' · ');
  const style = status === 'unknown' ? 'yellow' : 'red';
  const others = more === 0 ? '' : paint('gray', ` and ${more} more`);
  yield `      ${paint(style, status)}  ${printable(label)}${others}  ${paint('cyan', `${printable(location.file)}:${location.line}`)}\n`;
  if (expected !== '') yield `        expected  ${cut(printable(expected), width - 18)}\n`;
  yield `        got       ${cut(printable(got), Math.max(width - 18, 200))}\n`;
  for (const { location: at, path, message } of first.elements) {
    yield* frame(at, [path, message].filter((text) => text !== '').join('  '), options);
  }
  for (const { title, result, location: at, values } of first.expressions) {
    yield* frame(at, `${title} is ${result}`, options);
    const longest = Math.min(60, Math.max(0, ...values.map(({ expression }) => expression.length)));
    for (const { expression, value } of values) {
      const left = pad(cut(printable(expression), 60), longest);
      yield `          ${left}  ${cut(printable(value), Math.max(20, width - longest - 12))}\n`;
    }
  }
}

function* frame(location: Location | undefined, label: string, options: TestTextOptions): Generator<string> {
  const { paint, width, source } = options;
  if (location === undefined) {
    yield `        ${cut(printable(label), width - 8)}\n`;
    return;
  }
  const text = source(location.file);
  const where = paint('cyan', `${printable(location.file)}:${location.line}:${location.column}`);
  yield `        ${where}  ${cut(printable(label), width - 8)}\n`;
  if (text === undefined) return;
  for (const line of codeFrame(text, location, { width: width - 8, paint, label: '' }))
    yield `        ${line}\n`;
}

/** What of one policy the tests have not reached. */
export function* coverageText(one: PolicyCoverage, options: TestTextOptions): Generator<string> {
  const { paint } = options;
  const { policy, file, reached, all, gaps } = one;
  const isWhole = gaps.length === 0;
  if (isWhole && options.quiet) return;
  const share = `${reached} of ${all}`;
  yield `${paint(isWhole ? 'green' : 'yellow', 'cover')} ${printable(policy)}  ${share}  ${paint('cyan', printable(file))}\n`;
  for (const { where, missing, location } of gaps.slice(0, mostGaps)) {
    yield* frame(location, `${where}: ${missing}`, options);
  }
  if (gaps.length > mostGaps) yield `        and ${gaps.length - mostGaps} more\n`;
}

function lastLine(report: PolicyTestReport, { elapsedMilliseconds }: TestTextOptions): string {
  const { cases, suites, verdicts, errors } = totalsOf(report);
  const seconds = (elapsedMilliseconds / 1000).toFixed(2);
  const wrong = [
    cases.failed > 0 ? `${cases.failed} not as expected` : '',
    cases.unknown > 0 ? `${cases.unknown} unknown` : '',
    cases.error > 0 ? `${cases.error} that cannot be run` : '',
    cases.error === 0 && errors > 0 ? plural(errors, 'error') : '',
    cases.skipped > 0 ? `${cases.skipped} skipped` : '',
  ].filter((text) => text !== '');
  const isGood = cases.failed + cases.unknown + cases.error + errors === 0;
  const outcome = [...(isGood ? ['all as expected'] : []), ...wrong].join(', ');
  const all = Object.values(cases).reduce((sum, count) => sum + count, 0);
  return `${plural(all, 'case')} (${plural(verdicts, 'verdict')}) in ${plural(suites, 'file')}: ${outcome}; ${seconds} s\n`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
