import type {
  AdmissionRequest,
  BoundMutation,
  BoundPolicy,
  JudgeContext,
  Judgement,
  MutationResult,
} from '../../policy/index.ts';
import type { Problem } from '../../model/finding.ts';
import type { CaseStatus } from '../../model/policy-test.ts';
import type { Place } from './files.ts';

/** What the policies said about one request. */
export interface Judged {
  readonly request: AdmissionRequest;
  /** Empty where something before the policies keeps the request from them. */
  readonly judgements: readonly Judgement[];
  /** Why no policy was asked; else empty. */
  readonly excluded: string;
  /** What the mutating policies made of the object before the others saw it; undefined where there are none. */
  readonly mutation: MutationResult | undefined;
}

/** Something other than what a case expects. */
export interface Mismatch {
  readonly status: Exclude<CaseStatus, 'passed'>;
  /** What came instead, in a few words. */
  readonly got: string;
}

/** What a case expects of the policies. */
export interface Expectation {
  readonly text: string;
  /** Whether it names failing elements, which cost more than verdicts. */
  readonly elements: boolean;
  /** Undefined where it is met. */
  readonly unmet: (judged: Judged) => Mismatch | undefined;
}

/** One request of a case. */
export interface Trial {
  /** What is tried, where a case stands for several objects; else empty. */
  readonly what: string;
  readonly request: AdmissionRequest;
  /** The same request as mutating policies see it; undefined where there are none. */
  readonly mutating?: AdmissionRequest | undefined;
  /** Where the object is written; undefined where a case only sketches it. */
  readonly object: Place | undefined;
  /** Why the request never reaches the policies; else empty. */
  readonly excluded: string;
  readonly expectation: Expectation;
}

/** A test case of any format, ready to be run. */
export interface PolicyCase {
  readonly name: string;
  readonly place: Place;
  /** What is known without judging anything: an author's `skip`, a policy in another language, a file that is missing. */
  readonly settled: { readonly status: Exclude<CaseStatus, 'passed'>; readonly reason: string } | undefined;
  readonly policies: readonly BoundPolicy[];
  /** They run before the others see the object. */
  readonly mutations?: readonly BoundMutation[];
  readonly context: JudgeContext;
  readonly trials: readonly Trial[];
}

/** A file of test cases, read. */
export interface TestSuite {
  readonly format: string;
  readonly cases: readonly PolicyCase[];
  readonly problems: readonly Problem[];
}

const nobody: JudgeContext = {
  findNamespace: () => undefined,
  params: { objects: [], complete: true, scopeOf: () => undefined },
};

/** A case that needs no judging. */
export function settledCase(
  name: string,
  place: Place,
  status: Exclude<CaseStatus, 'passed'>,
  reason: string,
): PolicyCase {
  return { name, place, settled: { status, reason }, policies: [], context: nobody, trials: [] };
}

/** A case that is as expected without judging anything. */
export function metCase(name: string, place: Place): PolicyCase {
  return { name, place, settled: undefined, policies: [], context: nobody, trials: [] };
}
