import type { Manifest } from '../collect/manifests.ts';
import { isShelved } from '../collect/shelf.ts';
import { fingerprint } from '../exceptions/fingerprint.ts';
import type { RenderedFrom, RenderedPlace } from '../collect/rendered.ts';
import type { Finding, Location, Problem, Rendered, Suppression, Verdict } from '../model/finding.ts';
import type { ObjectReference, Path } from '../model/object.ts';
import { formatPath } from '../model/path.ts';
import type { Severity } from '../model/severity.ts';
import { type Document, locate, type Location as Place, position } from '../yaml/index.ts';

/**
 * Works out where paths stand, document by document: the first question about a document answers all that were
 * announced, with one more reading of it. Most findings of a large scan are never asked.
 */
export class Places {
  private readonly announced = new WeakMap<Document, Path[]>();
  private readonly located = new WeakMap<Document, Map<Path, Place>>();

  /** Says that the place of `path` may be asked for later; the same array has to be passed then. */
  announce(document: Document, path: Path): void {
    const paths = this.announced.get(document);
    if (paths === undefined) this.announced.set(document, [path]);
    else paths.push(path);
  }

  find(file: string, document: Document, path: Path): Location {
    let places = this.located.get(document);
    if (places?.has(path) !== true) {
      const paths = this.announced.get(document) ?? [];
      const all = paths.includes(path) ? paths : [...paths, path];
      const found = locate(document, all);
      places = new Map(all.map((one, i) => [one, found[i]!]));
      this.located.set(document, places);
    }
    const place = places.get(path)!;
    // What is missing is shown at its nearest ancestor's key: that is where it has to be written.
    const span = place.found ? place.span : (place.key ?? place.span);
    const start = position(document, span.start);
    const end = position(document, span.end);
    return { file, line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
  }
}

/** What a finding is made of; where it stands and how it is recognized follow from that. */
export interface FindingParts {
  readonly control: string;
  readonly severity: Severity;
  readonly verdict: Verdict;
  /** The text, or what makes it when somebody looks. */
  readonly message: string | ((finding: LocatedFinding) => string);
  readonly reason: string;
  readonly manifest: Manifest;
  /** In the manifest's object. */
  readonly at: Path;
}

/** A finding whose place and fingerprint are worked out when somebody looks at them. */
export class LocatedFinding implements Finding {
  readonly control: string;
  readonly severity: Severity;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly manifest: Manifest;
  readonly at: Path;
  suppression: Suppression | undefined;
  tells: readonly string[] | undefined;
  private readonly places: Places;
  private knownMessage: string | ((finding: LocatedFinding) => string);
  private readonly whole: Path;
  private knownLocation: Location | undefined;
  private knownSource: RenderedPlace | undefined;
  private knownFingerprint: string | undefined;

  constructor(parts: FindingParts, places: Places) {
    this.control = parts.control;
    this.severity = parts.severity;
    this.verdict = parts.verdict;
    this.knownMessage = parts.message;
    this.reason = parts.reason;
    this.manifest = parts.manifest;
    this.at = parts.at;
    this.places = places;
    const { path } = parts.manifest.origin;
    this.whole = parts.at.length === 0 ? path : [...path, ...parts.at];
    // A shelved document is read when somebody asks for a place, which is seldom.
    if (parts.manifest.rendered === undefined && !isShelved(parts.manifest))
      places.announce(parts.manifest.source, this.whole);
  }

  /** The same for somebody who reads it once and asks for its place: what is worked out for them is not kept. */
  fresh(): LocatedFinding {
    const { knownMessage: message, suppression, tells } = this;
    const copy = new LocatedFinding({ ...this, message }, this.places);
    copy.suppression = suppression;
    copy.tells = tells;
    if (this.manifest.rendered === undefined) this.places.announce(this.manifest.source, copy.whole);
    return copy;
  }

  /** The same with another severity, and why in the message. */
  raised(severity: Severity, why: string): LocatedFinding {
    const message = (): string => `${this.message}; ${why}`;
    return new LocatedFinding({ ...this, severity, message }, this.places);
  }

  get message(): string {
    if (typeof this.knownMessage !== 'string') this.knownMessage = this.knownMessage(this);
    return this.knownMessage;
  }

  get object(): ObjectReference {
    return this.manifest.reference;
  }

  get path(): string {
    return formatPath(this.at);
  }

  get location(): Location {
    const { origin, source, rendered } = this.manifest;
    if (rendered !== undefined) return this.writtenAs(rendered).location;
    return (this.knownLocation ??= this.places.find(origin.file, source, this.whole));
  }

  get rendered(): Rendered | undefined {
    const { rendered } = this.manifest;
    return rendered === undefined ? undefined : this.writtenAs(rendered).rendered;
  }

  private writtenAs({ locate: find }: RenderedFrom): RenderedPlace {
    return (this.knownSource ??= find(this.manifest.source, this.whole));
  }

  get fingerprint(): string {
    if (this.verdict === 'pass' || this.verdict === 'not-applicable') return '';
    const { reference, value } = this.manifest;
    return (this.knownFingerprint ??= fingerprint(this.control, reference, this.at, value));
  }

  /** Its fingerprint if its control were called otherwise. */
  fingerprintAs(control: string): string {
    const { reference, value } = this.manifest;
    return fingerprint(control, reference, this.at, value);
  }
}

/** Where a problem at a path of a manifest is shown: at its key, or where it should stand. */
export function placeOf(
  { origin, rendered, source }: Manifest,
  at: Path,
): Pick<Problem, 'file' | 'line' | 'column'> {
  if (rendered !== undefined) {
    const { file, line, column } = rendered.locate(source, [...origin.path, ...at]).location;
    return { file, line, column };
  }
  const [place] = locate(source, [[...origin.path, ...at]]);
  const { line, column } = position(source, (place!.key ?? place!.span).start);
  return { file: origin.file, line, column };
}
