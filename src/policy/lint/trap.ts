import type { Path } from '../../model/object.ts';
import type { Severity } from '../../model/severity.ts';
import type { LintedBinding } from './linted-binding.ts';
import type { LintedPolicy } from './linted-policy.ts';

/** A stretch of a text, in UTF-16 units; the end is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A place in a policy or binding where a trap lies. */
export interface Sighting {
  /** Where in the object; a path that is not written means its nearest ancestor that is. */
  readonly path: Path;
  /** The part of the string at `path` that is meant; the whole value without it. */
  readonly span?: Span;
  /** What is wrong here, in one sentence, with the names of this policy. */
  readonly message: string;
  /** Where it is worse or better here than usual. */
  readonly severity?: Severity;
}

/** What people read of a trap, whatever the policy. */
export interface TrapDescription {
  /** A DNS-1123 label, never reused. */
  readonly id: string;
  /** One line, lower case, no full stop. */
  readonly title: string;
  readonly severity: Severity;
  /** What goes wrong in a cluster. */
  readonly why: string;
  /** What to write instead. */
  readonly fix: string;
}

/**
 * A mistake that the API server accepts, or accepts in some version only. A trap says that it is there only where it is
 * certain: what depends on something not known is left alone.
 */
export interface Trap extends TrapDescription {
  readonly inPolicy?: (linted: LintedPolicy) => Iterable<Sighting>;
  readonly inBinding?: (linted: LintedBinding) => Iterable<Sighting>;
}
