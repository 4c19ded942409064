import type { Location, Problem } from '../../model/finding.ts';
import type { CaseResult, PolicyTestReport } from '../../model/policy-test.ts';
import { printableJson } from '../printable.ts';
import { coveragePercent, totalsOf } from './totals.ts';

/** A run of tests as one JSON document, `kind: PolicyTestReport`: every case, passed or not. */
export function* testJson(report: PolicyTestReport): Generator<string> {
  const { cases, verdicts } = totalsOf(report);
  const summary = { ...cases, verdicts };
  yield '{\n  "apiVersion": "scantling.dev/v1",\n  "kind": "PolicyTestReport",\n';
  yield `  "summary": ${printableJson(summary)},\n  "suites": [`;
  let isFirst = true;
  for (const { file, format, cases: results, problems } of report.suites) {
    yield `${isFirst ? '' : ','}\n    {"file": ${printableJson(file)}, "format": ${printableJson(format)}, "problems": ${printableJson(problems.map(problemFields))}, "cases": [`;
    isFirst = false;
    for (const [i, one] of results.entries())
      yield `${i === 0 ? '' : ','}\n      ${printableJson(caseFields(one))}`;
    yield `${results.length === 0 ? '' : '\n    '}]}`;
  }
  yield '\n  ]';
  if (report.coverage !== undefined) {
    const policies = report.coverage.map((one) => ({
      ...one,
      gaps: one.gaps.map(({ where, missing, location }) => ({ where, missing, location: place(location) })),
    }));
    yield `,\n  "coverage": ${printableJson({ percent: coveragePercent(report), policies })}`;
  }
  yield '\n}\n';
}

function caseFields(one: CaseResult): unknown {
  const { name, status, what, expected, got, location, elements, expressions } = one;
  return {
    name,
    status,
    location: place(location),
    ...(expected !== '' && { expected }),
    ...(status !== 'passed' && {
      got,
      what,
      elements: elements.map((each) => ({ ...each, location: place(each.location) })),
    }),
    ...(expressions.length > 0 && {
      expressions: expressions.map((each) => ({ ...each, location: place(each.location) })),
    }),
  };
}

function place(location: Location | undefined): Location | null {
  if (location === undefined) return null;
  const { file, line, column, endLine, endColumn } = location;
  return { file, line, column, endLine, endColumn };
}

/** The fields of the format alone, whatever else a problem carries. */
function problemFields({ file, line, column, severity, reason }: Problem): Problem {
  return { file, line, column, severity, reason };
}
