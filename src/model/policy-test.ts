import type { Location, Problem } from './finding.ts';

/**
 * How a test case ended. `unknown`: what is known of the request does not decide, or nobody here can judge the policy; it
 * never counts as passed. `error`: the case cannot be run as it is written. `skipped`: its author said so.
 */
export type CaseStatus = 'passed' | 'failed' | 'unknown' | 'error' | 'skipped';

/** A sub-expression and what it evaluated to, both as text. */
export interface ShownValue {
  readonly expression: string;
  readonly value: string;
}

/** One expression of a policy that decided a case. */
export interface ShownExpression {
  /** `validations[0]`, `matchConditions[1] "not-system"`, `variables "containers"`. */
  readonly title: string;
  /** Its own result: `false`, `error: no such key: team`. */
  readonly result: string;
  readonly location: Location | undefined;
  readonly values: readonly ShownValue[];
}

/** A place in the tested object that fails a policy. */
export interface ShownElement {
  readonly path: string;
  readonly message: string;
  readonly location: Location | undefined;
}

/** What one test case came to. */
export interface CaseResult {
  readonly name: string;
  readonly status: CaseStatus;
  /** Where the case is written. */
  readonly location: Location;
  /** What was tried, where a case stands for several objects; else empty. */
  readonly what: string;
  /** What the case expects; empty where it cannot be said. */
  readonly expected: string;
  /** What came instead, or why there is no answer; empty for a case that passed. */
  readonly got: string;
  readonly elements: readonly ShownElement[];
  readonly expressions: readonly ShownExpression[];
}

/** What one file of test cases came to. */
export interface SuiteResult {
  /** As shown: a POSIX path. */
  readonly file: string;
  /** `tests.yaml`, `control`, `gator Suite`, `kyverno-test.yaml`, `tests.json`. */
  readonly format: string;
  readonly cases: readonly CaseResult[];
  /** Requests that were judged: at least one a case, more where a case stands for several objects. */
  readonly verdicts: number;
  /** What is wrong with the file and those it names. */
  readonly problems: readonly Problem[];
}

/** Something of a policy that no test has made happen. */
export interface CoverageGap {
  /** `validations[0]`, `variables "containers"`. */
  readonly where: string;
  /** `never false`, `never evaluated`. */
  readonly missing: string;
  readonly location: Location | undefined;
}

/** How much of one policy the tests have made happen. */
export interface PolicyCoverage {
  readonly policy: string;
  /** The file it stands in, as shown. */
  readonly file: string;
  readonly reached: number;
  readonly all: number;
  readonly gaps: readonly CoverageGap[];
}

/** What a run of tests yields: the same for every output format. */
export interface PolicyTestReport {
  readonly suites: readonly SuiteResult[];
  /** Undefined where nobody asked for it. */
  readonly coverage: readonly PolicyCoverage[] | undefined;
}
