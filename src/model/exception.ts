/** Findings that somebody accepts: of some controls, on some objects, for a reason and perhaps for a time. */
export interface Exception {
  /** Ids of controls. */
  readonly controls: readonly string[];
  readonly reason: string;
  /** The last day it counts, `YYYY-MM-DD`. */
  readonly until?: string;
  /** Who answers for it. */
  readonly owner?: string;
  /** What it is about; everything where nothing is said. */
  readonly match: ExceptionScope;
}

/**
 * What an exception is about: an object for which each list that is there holds something fitting.
 *
 * Kinds, namespaces, names and containers are written as they are, with `*` and `?` for some and for one character, or as a
 * regular expression of RE2 between slashes (`/^web-[0-9]+$/`).
 */
export interface ExceptionScope {
  /** Globs relative to the folder of the configuration. */
  readonly files?: readonly string[];
  readonly kinds?: readonly string[];
  /** As written in the object: `''` where none is written. */
  readonly namespaces?: readonly string[];
  readonly names?: readonly string[];
  /** Labels the object itself must have. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Only findings inside of these containers. */
  readonly containers?: readonly string[];
}

/** The lists of a scope. */
export const scopeLists = ['files', 'kinds', 'namespaces', 'names', 'containers'] as const;
