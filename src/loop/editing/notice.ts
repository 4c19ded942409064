import type { Manifest } from '../../collect/manifests.ts';
import type { Finding, Location, Problem } from '../../model/finding.ts';
import type { Path } from '../../model/object.ts';
import type { Severity } from '../../model/severity.ts';
import { formatObject } from '../../report/group.ts';
import type { LineIndex } from '../../yaml/index.ts';
import type { RuleFailure } from '../manifest-verdicts.ts';
import type { LocatedFinding } from '../located.ts';

/** How loud an editor should be about something. */
export type Loudness = 'error' | 'warning' | 'information' | 'hint';

/** Something that an editor marks in a text. */
export interface Notice {
  readonly location: Location;
  readonly loudness: Loudness;
  /** The control or trap; undefined for what is wrong with the text itself. */
  readonly code: string | undefined;
  /** Where one can read more. */
  readonly href: string | undefined;
  readonly message: string;
  readonly related: readonly { readonly location: Location; readonly message: string }[];
  /** What a finding is about. */
  readonly about?: FindingSubject;
}

/** What a finding in a text is about. */
export interface FindingSubject {
  readonly manifest: Manifest;
  readonly control: string;
  /** In the manifest's object; undefined where only the text's place is known. */
  readonly at: Path | undefined;
  /** What can be mended; undefined for what lint finds. */
  readonly failure: RuleFailure | undefined;
}

/** Critical and high are errors, as they fail a scan by default. */
const loudness: Readonly<Record<Severity, Loudness>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'information',
  info: 'hint',
};

/** Of how many other elements of a failure a notice tells. */
const mostRelated = 5;

/** A notice about one failing element; the others of its object are related, and so is the object's name. */
export function findingNotice(finding: LocatedFinding, failure: RuleFailure, object: Location): Notice {
  const { control, location, message, severity } = finding;
  const others = failure.findings.filter((one) => one !== finding && one.suppression === undefined);
  const shown = formatObject(finding.object);
  return {
    location,
    loudness: loudness[severity],
    code: control,
    href: failure.rule.metadata.references[0],
    message,
    related: [
      ...(object.line === location.line ? [] : [{ location: object, message: shown }]),
      ...others.slice(0, mostRelated).map((one) => ({ location: one.location, message: one.path })),
    ],
    about: { manifest: finding.manifest, control, at: finding.at, failure },
  };
}

/** A notice about what lint finds in a policy or binding. */
export function trapNotice(finding: Finding, location: Location, manifest: Manifest): Notice {
  const { control, message, severity } = finding;
  return {
    location,
    loudness: loudness[severity],
    code: control,
    href: undefined,
    message,
    related: [],
    about: { manifest, control, at: undefined, failure: undefined },
  };
}

/** A notice about the text itself; a problem is a place, of which the word that stands there is marked. */
export function problemNotice(problem: Problem, lines: LineIndex): Notice {
  const { file, line, column, reason, severity } = problem;
  return {
    location: { file, ...wordAt(lines, line, column) },
    loudness: severity,
    code: undefined,
    href: undefined,
    message: reason,
    related: [],
  };
}

/** The word at a place of which only the start is known; one character where there is none. */
export function wordAt(lines: LineIndex, line: number, column: number): Omit<Location, 'file'> {
  if (line < 1) return { line: 1, column: 1, endLine: 1, endColumn: 1 };
  const rest = lines.line(line).slice(column - 1);
  const word = /^(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s,[\]{}]+)/.exec(rest)?.[0].replace(/:$/, '') ?? '';
  const length = Math.max(word.length, Math.min(rest.length, 1));
  return { line, column, endLine: line, endColumn: column + length };
}
