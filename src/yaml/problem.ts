/**
 * A half-open range of UTF-16 code units in the source text: `start` is the first unit, `end` the one after the
 * last. `start === end` marks a point.
 */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Something a reader of the file should know. An `error` means that the document has no value, because the API
 * server would refuse to read it; a `warning` leaves the value as the API server sees it.
 * `reason` is lower-case prose without a full stop; for what sigs.k8s.io/yaml itself refuses it is that library's text
 * without its `yaml:` and `line N:` prefixes wherever we know the exact wording.
 */
export interface Problem extends Span {
  readonly severity: 'error' | 'warning';
  readonly reason: string;
  /** Other places that help to understand, such as the first of two equal keys. */
  readonly related?: readonly Span[];
}

/** Thrown inside the reader only; every public function turns it into a {@link Problem}. */
export class Refusal extends Error {
  readonly start: number;
  readonly end: number;

  constructor(start: number, end: number, reason: string) {
    super(reason);
    this.start = start;
    this.end = end;
  }
}
