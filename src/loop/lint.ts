import { collectManifests, type Manifest } from '../collect/manifests.ts';
import { suggestion } from '../config/did-you-mean.ts';
import type { FailOn } from '../config/settings.ts';
import { type Ignore, readIgnores } from '../exceptions/annotation.ts';
import { fingerprint } from '../exceptions/fingerprint.ts';
import type { KubernetesVersion } from '../cel/kubernetes/environment.ts';
import type { ControlMetadata } from '../model/control.ts';
import type { Failure, Finding, Location, Problem, Report, Summary } from '../model/finding.ts';
import { groupBy } from '../model/group-by.ts';
import { formatPath } from '../model/path.ts';
import { atLeast, compareSeverity, type Severity } from '../model/severity.ts';
import { PolicyCompiler } from '../policy/index.ts';
import { compileObject, lintedKind } from '../policy/lint/compile-object.ts';
import { KnownResources } from '../policy/lint/known-resources.ts';
import { lintBinding, type LintFinding, lintPolicy } from '../policy/lint/lint.ts';
import type { Surroundings } from '../policy/lint/linted-policy.ts';
import { MinimumVersions, needsNewerKubernetes } from '../policy/lint/minimum-version.ts';
import { refusals, refused } from '../policy/lint/refusal.ts';
import type { TrapDescription } from '../policy/lint/trap.ts';
import { traps } from '../policy/lint/traps/index.ts';
import type { PolicyProblem } from '../policy/problem.ts';
import { position, scalarAt } from '../yaml/index.ts';
import { foreignPolicies } from './foreign-policies.ts';
import { Places } from './located.ts';
import { thresholdOf } from './summary.ts';

/** Which policies are looked at, and for which cluster. */
export interface LintOptions {
  /** Files, folders, globs, `-`. */
  readonly inputs: readonly string[];
  readonly cwd: string;
  readonly exclude: readonly string[];
  /** The Kubernetes version whose API server the policies are for. */
  readonly version: KubernetesVersion;
  readonly failOn: readonly FailOn[];
  /** Whether the inputs are meant to be loaded from the API server's disk. */
  readonly staticManifests: boolean;
  /** `YYYY-MM-DD`, for suppressions that expire. */
  readonly today: string;
  readonly stdin?: () => Uint8Array;
  readonly onProgress?: (phase: 'reading' | 'linting', done: number, all: number) => void;
}

/** The outcome of a lint: a report of traps as if they were controls. */
export interface Lint {
  readonly report: Report;
  /** The text of a file of the report, for code frames. */
  readonly source: (file: string) => string | undefined;
  /** How many policies and bindings were looked at. */
  readonly policies: number;
  /** The policies of other engines, which were not. They are among the problems of the report, too. */
  readonly foreign: readonly Problem[];
}

/** Everything that is reported, as people read about it, in the order of docs/lint.md. */
export const described: readonly TrapDescription[] = [refused, ...traps, needsNewerKubernetes];

/**
 * Reads policies, bindings, definitions and parameters from the inputs and looks for what the API server refuses and for
 * the traps of `policy/lint`. What cannot be read is a problem of the report.
 */
export function lint(options: LintOptions): Lint {
  const { inputs, cwd, exclude, stdin, onProgress, version } = options;
  const collection = collectManifests(inputs, {
    cwd,
    exclude,
    stdin,
    onProgress: onProgress && ((done, all) => onProgress('reading', done, all)),
  });
  const looked = lintManifests(collection.manifests, {
    version,
    staticManifests: options.staticManifests,
    today: options.today,
    onProgress: onProgress && ((done, all) => onProgress('linting', done, all)),
  });
  const findings = looked.flatMap((one) => one.findings);
  const foreign = foreignPolicies(collection.manifests);
  const problems: Problem[] = [...collection.problems, ...foreign, ...looked.flatMap((one) => one.problems)];
  const failures = failuresOf(findings);
  const { files, manifests, notManifests, renderingNeeded } = collection;
  const report: Report = {
    apiVersion: 'scantling.dev/v1',
    kind: 'Report',
    controls: Object.fromEntries(described.map((one) => [one.id, metadataOf(one)])),
    findings,
    failures,
    problems: problems.sort(byPlace),
    coverage: {
      files,
      notManifests,
      objects: looked.length,
      renderingNeeded,
      unknown: {},
      practicesNotLookedAt: [],
    },
    summary: summaryOf(findings, failures, problems, options.failOn),
  };
  const texts = new Map(manifests.map(({ origin, source }) => [origin.file, source.lines.text]));
  return { report, source: (file) => texts.get(file), policies: looked.length, foreign };
}

/** A policy or binding with what was found in it, and what else there is to say of it. */
export interface LintedManifest {
  readonly manifest: Manifest;
  readonly findings: readonly Finding[];
  readonly problems: readonly Problem[];
}

/** The same for manifests that are at hand. */
export interface LintManifestsOptions extends Pick<LintOptions, 'version' | 'staticManifests' | 'today'> {
  /** Which policies and bindings to look at; the others are only looked up. All by default. */
  readonly isWanted?: (manifest: Manifest) => boolean;
  readonly onProgress?: ((done: number, all: number) => void) | undefined;
}

/** As {@link lint} for manifests that were read already. */
export function lintManifests(
  manifests: readonly Manifest[],
  options: LintManifestsOptions,
): readonly LintedManifest[] {
  const places = new Places();
  return new Linter(manifests, options).run().map(({ manifest, found, problems }) => {
    const written = suppressions(manifest, options.today);
    return {
      manifest,
      findings: found.map((one) => findingOf(manifest, one, written.ignores, places)),
      problems: [...problems, ...written.problems],
    };
  });
}

/** A policy or binding as the linter leaves it. */
interface Looked {
  readonly manifest: Manifest;
  readonly found: readonly LintFinding[];
  readonly problems: readonly Problem[];
}

class Linter {
  private readonly manifests: readonly Manifest[];
  private readonly options: LintManifestsOptions;
  private readonly version: KubernetesVersion;
  private readonly compiler: PolicyCompiler;
  private readonly minimumVersions = new MinimumVersions();

  constructor(manifests: readonly Manifest[], options: LintManifestsOptions) {
    this.manifests = manifests;
    this.options = options;
    this.version = options.version;
    this.compiler = new PolicyCompiler({ version: options.version });
  }

  run(): readonly Looked[] {
    const { isWanted = () => true, onProgress, staticManifests } = this.options;
    const all = this.manifests.filter(({ value }) => lintedKind(value) !== undefined);
    const read = all.map((manifest) => ({
      manifest,
      ...compileObject(this.compiler, manifest.value, this.version),
    }));
    const definitions = this.manifests.filter(
      ({ reference }) => reference.kind === 'CustomResourceDefinition',
    );
    const common = {
      version: this.version,
      resources: new KnownResources(definitions.map(({ value }) => value)),
      objects: this.manifests.map(({ value }) => value),
      staticManifests,
      suggest: suggestion,
    };
    const among = (prefix: string): Surroundings => {
      const own = read.filter(({ kind }) => kind.startsWith(prefix));
      return {
        ...common,
        policies: own.flatMap(({ policy }) => policy ?? []),
        bindings: own.flatMap(({ binding }) => binding ?? []),
      };
    };
    const surroundings = { validating: among('Validating'), mutating: among('Mutating') };
    const wanted = read.filter(({ manifest }) => isWanted(manifest));
    return wanted.map(({ manifest, kind, policy, binding, problems }, index) => {
      const around = kind.startsWith('Mutating') ? surroundings.mutating : surroundings.validating;
      const found = [
        ...refusals(manifest.value, problems),
        ...(policy === undefined ? [] : lintPolicy(policy, around)),
        ...(binding === undefined ? [] : lintBinding(binding, around)),
        ...this.minimumVersions.finding(manifest.value),
      ];
      onProgress?.(index + 1, wanted.length);
      return { manifest, found, problems: warningsOf(manifest, problems) };
    });
  }
}

/** What the API server takes but a person should know, such as an old version of the policy API. */
function warningsOf({ origin, source }: Manifest, problems: readonly PolicyProblem[]): Problem[] {
  const places = new Places();
  return problems
    .filter(({ severity }) => severity !== 'error')
    .map(({ path, reason, severity }) => {
      const { line, column } = places.find(origin.file, source, [...origin.path, ...path]);
      return { file: origin.file, line, column, severity, reason };
    });
}

function findingOf(
  manifest: Manifest,
  { trap, severity, path, span, message }: LintFinding,
  ignores: readonly Ignore[],
  places: Places,
): Finding {
  const { origin, reference, source, value } = manifest;
  const whole = [...origin.path, ...path];
  const written = span === undefined ? undefined : scalarAt(source, whole);
  const ignore = ignores.find(({ control }) => control === trap);
  const element = span === undefined ? [] : [written?.value.slice(span.start, span.end) ?? ''];
  let location: Location;
  if (written === undefined || span === undefined) {
    location = places.find(origin.file, source, whole);
  } else {
    const start = position(source, written.offsetOf(span.start));
    const end = position(source, written.offsetOf(Math.max(span.start, span.end - 1)) + 1);
    location = {
      file: origin.file,
      line: start.line,
      column: start.column,
      endLine: end.line,
      endColumn: end.column,
    };
  }
  return {
    control: trap,
    severity,
    verdict: 'fail',
    message,
    reason: '',
    object: reference,
    path: formatPath(path),
    location,
    fingerprint: fingerprint(trap, reference, [...path, ...element], value),
    suppression: ignore && { by: 'annotation', reason: ignore.reason },
  };
}

/** Annotations `ignore.scantling.dev/<trap>` of a policy or binding, and those that do not count. */
function suppressions(
  { origin, source, value }: Manifest,
  today: string,
): { readonly ignores: readonly Ignore[]; readonly problems: readonly Problem[] } {
  const { ignores, bad } = readIgnores(value, [['metadata']], today);
  const places = new Places();
  const problems = bad.map(({ path, reason }): Problem => {
    const { line, column } = places.find(origin.file, source, [...origin.path, ...path]);
    return { file: origin.file, line, column, severity: 'warning', reason };
  });
  return { ignores, problems };
}

function failuresOf(findings: readonly Finding[]): Failure[] {
  const counting = findings.filter(({ suppression }) => suppression === undefined);
  const groups = groupBy(counting, ({ control, location, object }) =>
    JSON.stringify([control, object, location?.file]),
  );
  return [...groups.values()].map((group) => {
    const severity = group.map((one) => one.severity).sort(compareSeverity)[0]!;
    return { control: group[0]!.control, severity, object: group[0]!.object, findings: group };
  });
}

function summaryOf(
  findings: readonly Finding[],
  failures: readonly Failure[],
  problems: readonly Problem[],
  failOn: readonly FailOn[],
): Summary {
  const bySeverity: Record<Severity, number> = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  for (const { severity } of failures) bySeverity[severity]++;
  const threshold = thresholdOf(failOn);
  const deciding = failures.filter(({ severity }) => atLeast(severity, threshold)).length;
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const reasons = [
    ...(errors > 0 ? [`${errors} ${errors === 1 ? 'input' : 'inputs'} could not be read`] : []),
    ...(deciding > 0
      ? [`${deciding} ${deciding === 1 ? 'failure' : 'failures'} at or above ${threshold}`]
      : failures.length > 0
        ? [`no failure at or above ${threshold}`]
        : []),
  ];
  const suppressed = findings.filter(({ suppression }) => suppression !== undefined).length;
  return {
    failures: bySeverity,
    verdicts: { pass: 0, fail: failures.length, 'not-applicable': 0, unknown: 0, error: 0 },
    suppressed,
    failingObjects: new Set(failures.map(({ object }) => JSON.stringify(object))).size,
    posture: [],
    exitCode: errors > 0 ? 3 : deciding > 0 ? 1 : 0,
    exitReason: reasons.length === 0 ? 'nothing that fails' : reasons.join(', '),
  };
}

/** A trap as the reporters know controls: it is about admission control, the tenth practice. */
function metadataOf({ title, severity, why, fix }: TrapDescription): Omit<ControlMetadata, 'id'> {
  return { title, practice: 10, severity, why, fix, frameworks: {}, aliases: {}, references: [] };
}

function byPlace(a: Problem, b: Problem): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}
