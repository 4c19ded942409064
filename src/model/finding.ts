import type { Compliance } from './compliance.ts';
import type { ControlMetadata } from './control.ts';
import type { ObjectReference } from './object.ts';
import type { Severity } from './severity.ts';

/**
 * The five verdicts. `unknown` is never pass and `not-applicable` never fail: a control that could not look says so,
 * with its reason.
 */
export type Verdict = 'pass' | 'fail' | 'not-applicable' | 'unknown' | 'error';

/** A stretch of a file, 1-based; columns count UTF-16 code units, the end is exclusive. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** How the text at a location became what was judged, where the file is input of a renderer such as Helm. */
export interface Rendered {
  /** What was judged, as one line: `image: nginx:latest`; empty where the object has nothing there. */
  readonly text: string;
  /** What decides it: `.Values.image.tag`, a helper template, a part of a kustomization. */
  readonly by: string;
  /** Where that is set, if somewhere else. */
  readonly place: Location | undefined;
}

/** Why a failing finding does not count: an annotation on the object, an exception of the configuration, the baseline file. */
export interface Suppression {
  readonly by: 'annotation' | 'configuration' | 'baseline' | 'since';
  readonly reason: string;
  /** The last day an annotation or exception counts, `YYYY-MM-DD`. */
  readonly until?: string;
}

/** Control x object x failing element. */
export interface Finding {
  readonly control: string;
  readonly severity: Severity;
  readonly verdict: Verdict;
  /** What the API server would say; empty for a pass. */
  readonly message: string;
  /** Why the verdict is unknown, not applicable or an error; empty otherwise. */
  readonly reason: string;
  readonly object: ObjectReference;
  /** The full field path in the object as written, present or not; empty when the whole object is meant. */
  readonly path: string;
  readonly location: Location | undefined;
  /** Where what was judged reads otherwise than the text at `location`. */
  readonly rendered?: Rendered | undefined;
  /** Stable over moves: made of control, object and path with list-map keys. Empty for a pass. */
  readonly fingerprint: string;
  readonly suppression: Suppression | undefined;
  /** Controls that the object fails too and that this finding tells, so that they have none of their own. */
  readonly tells?: readonly string[] | undefined;
}

/**
 * A control that an object fails. Its findings, one for each failing element, may be worked out only when they are read:
 * a scan of thousands of objects shows a few of them.
 */
export interface Failure {
  readonly control: string;
  readonly severity: Severity;
  readonly object: ObjectReference;
  readonly findings: readonly Finding[];
}

/** Something about the input itself: a document that cannot be read, a duplicate key, a suppression without reason. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** `error`: something was not judged because of it; `warning`: everything was. */
  readonly severity: 'error' | 'warning';
  readonly reason: string;
}

/** What was looked at and what was not. */
export interface Coverage {
  readonly files: number;
  /** Files that hold no Kubernetes objects. */
  readonly notManifests: number;
  readonly objects: number;
  /** Helm charts and Kustomize directories whose files were not judged raw, POSIX paths. */
  readonly renderingNeeded: readonly string[];
  /** How many findings have verdict unknown, by reason. */
  readonly unknown: Readonly<Record<string, number>>;
  /** Names of the practices that no control of this run looked at. */
  readonly practicesNotLookedAt: readonly string[];
}

/** How one practice stands: objects judged by its controls and how many of them fail. */
export interface Posture {
  readonly practice: string;
  readonly controls: number;
  readonly objects: number;
  readonly failing: number;
  /** Objects that fail its controls only in ways that are suppressed. */
  readonly suppressed?: number;
}

/** How a scan ended, in numbers. */
export interface Summary {
  /** Controls failing objects, by severity, without what is suppressed. One of them may have several findings. */
  readonly failures: Readonly<Record<Severity, number>>;
  /** Controls judging objects, by verdict. */
  readonly verdicts: Readonly<Record<Verdict, number>>;
  /** Controls failing objects whose findings are all suppressed. */
  readonly suppressed: number;
  /** Objects with at least one counting failure. */
  readonly failingObjects: number;
  readonly posture: readonly Posture[];
  readonly exitCode: 0 | 1 | 2 | 3;
  /** Why the exit code is what it is, in a few words. */
  readonly exitReason: string;
}

/** What a scan yields: the same for every output format. */
export interface Report {
  readonly apiVersion: 'scantling.dev/v1';
  readonly kind: 'Report';
  readonly controls: Readonly<Record<string, Omit<ControlMetadata, 'id'>>>;
  readonly findings: readonly Finding[];
  /** The same one by one, for those who are done with each before they ask for the next: none of them is kept. */
  readonly eachFinding?: () => Iterable<Finding>;
  /** The failures that count, for those who need not know every element; not part of the written report. */
  readonly failures: readonly Failure[];
  /** The same one by one, for those who count them or look at a few: none of them is kept. */
  readonly eachFailure?: () => Iterable<Failure>;
  /** What could not be judged, where it can be told without working out all findings. */
  readonly eachError?: () => Iterable<Finding>;
  readonly problems: readonly Problem[];
  readonly coverage: Coverage;
  readonly summary: Summary;
  /** The frameworks that the profiles asked for are about; absent where they are about none. */
  readonly compliance?: readonly Compliance[];
}
