/** How a requirement of a framework stands after a scan. `not-covered`: the catalogue has nothing that answers it. */
export type Answer = 'pass' | 'fail' | 'not-applicable' | 'unknown' | 'not-covered';
/** All of them, in the order in which they are told. */
export const answers = [
  'fail',
  'unknown',
  'not-covered',
  'not-applicable',
  'pass',
] as const satisfies Answer[];

/** What a scan says of every requirement of a framework. */
export interface Compliance {
  /** `cis-1.12`. */
  readonly framework: string;
  readonly title: string;
  readonly url: string;
  readonly sections: readonly ComplianceSection[];
  /** How many requirements have each answer. */
  readonly answers: Readonly<Record<Answer, number>>;
}

/** The answers to a chapter of a framework. */
export interface ComplianceSection {
  readonly id: string;
  readonly title: string;
  readonly requirements: readonly RequirementAnswer[];
}

/** The answer to one requirement, and what it rests on. */
export interface RequirementAnswer {
  readonly id: string;
  readonly title: string;
  readonly assessment: 'automated' | 'manual';
  readonly answer: Answer;
  /** Why it is neither pass nor fail, or what is left although it passes; else empty. */
  readonly reason: string;
  /** The controls that answer it. */
  readonly controls: readonly string[];
  /** Those that something fails. */
  readonly failedBy: readonly string[];
  /** Objects that its controls judged, and how many of them fail, and fail only in ways that are accepted. */
  readonly objects: number;
  readonly failing: number;
  readonly accepted: number;
}
