import type { CaseStatus, PolicyTestReport } from '../../model/policy-test.ts';

/** A run of tests in numbers. */
export interface TestTotals {
  readonly cases: Readonly<Record<CaseStatus, number>>;
  readonly suites: number;
  readonly verdicts: number;
  /** Problems that kept something from being tested. */
  readonly errors: number;
}

/** Counts the cases of a run by how they ended. */
export function totalsOf({ suites }: PolicyTestReport): TestTotals {
  const cases: Record<CaseStatus, number> = { passed: 0, failed: 0, unknown: 0, error: 0, skipped: 0 };
  let verdicts = 0;
  let errors = 0;
  for (const suite of suites) {
    for (const { status } of suite.cases) cases[status]++;
    verdicts += suite.verdicts;
    errors += suite.problems.filter(({ severity }) => severity === 'error').length;
  }
  return { cases, suites: suites.length, verdicts, errors };
}

/** How much of all policies the tests reached, from 0 to 100 and never rounded up; 100 where there is nothing to reach. */
export function coveragePercent({ coverage = [] }: PolicyTestReport): number {
  const all = coverage.reduce((sum, one) => sum + one.all, 0);
  const reached = coverage.reduce((sum, one) => sum + one.reached, 0);
  return all === 0 ? 100 : Math.floor((reached / all) * 1000) / 10;
}
