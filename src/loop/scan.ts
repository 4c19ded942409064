import path from 'node:path';
import { type Catalogue, controlCompiler } from '../catalogue/catalogue.ts';
import { Garbage } from '../collect/dump/garbage.ts';
import { controlsCalled } from '../catalogue/cross-walk.ts';
import { formatMinorVersion, type MinorVersion } from '../catalogue/versions.ts';
import {
  type Collection,
  collectText,
  type FoundInput,
  type Manifest,
  ManifestReader,
} from '../collect/manifests.ts';
import type { RenderOptions } from '../collect/render/render-folders.ts';
import { shelve } from '../collect/shelf.ts';
import { showPath } from '../collect/walk.ts';
import type { Configurations } from '../config/discover.ts';
import type { FailOn } from '../config/settings.ts';
import { extract, ExtractKeeper, type KeptExtract } from '../derive/extract.ts';
import type { Given } from '../derive/inventory.ts';
import type { Baseline } from '../exceptions/baseline.ts';
import { type KindRegistry, kindRegistry } from '../kube/kinds.ts';
import { serverView } from '../kube/view/server-view.ts';
import type { Location, Problem, Report } from '../model/finding.ts';
import type { JsonObject } from '../model/object.ts';
import { PolicyCompiler } from '../policy/index.ts';
import type { Passage } from '../report/frame.ts';
import { defaultMaxDepth } from '../yaml/index.ts';
import { judgeDerivations } from './deriving.ts';
import { type FileVerdicts, judgeFile } from './file-judging.ts';
import { FileSettings, isFolder } from './file-settings.ts';
import { foldImplied } from './fold-implied.ts';
import { ConfiguredExceptions } from './except.ts';
import { foldIntoOwners } from './fold.ts';
import type { Changes } from './git.ts';
import { Judging, type JudgingOptions, namespacesOf } from './judging.ts';
import { type LocatedFinding, placeOf, Places } from './located.ts';
import { type ManifestVerdicts, type RuleFailure, unjudged } from './manifest-verdicts.ts';
import { Helper, isWorthwhile, readAgain, worthwhile } from './parallel/helper.ts';
import { Unpacker } from './parallel/pack.ts';
import { type Rule, type Ruleset, Rulesets, type Selection } from './ruleset.ts';
import { isError, reportOf } from './scan-report.ts';
import { type KnownControls, suppress, suppressKnown } from './suppress.ts';
import { noUserPolicies, readUserPolicies } from './user-policies.ts';

/** What is scanned, by what, and what for. */
export interface ScanOptions {
  /** Files, folders, globs, `-`. */
  readonly inputs: readonly string[];
  readonly cwd: string;
  readonly catalogue: Catalogue;
  readonly version: MinorVersion;
  readonly selection: Selection;
  /** The configurations of the files; their problems are the caller's to look at before a scan. */
  readonly configurations: Configurations;
  readonly exclude: readonly string[];
  /** Files and folders of the user's own policies. */
  readonly policies: readonly string[];
  /** Reads them; by default from the disk. */
  readonly readPolicies?: (paths: readonly string[]) => Collection;
  /** Wins over the configurations. */
  readonly failOn: readonly FailOn[] | undefined;
  readonly baseline: Baseline | undefined;
  /** Only findings that were not there before count; with the ref for people. */
  readonly since: { readonly ref: string; readonly changes: Changes } | undefined;
  /** Whether the input is the whole cluster: what is absent from it does not exist. */
  readonly complete?: boolean;
  /** Passes and not-applicables too. */
  readonly showAll: boolean;
  /** Whether every finding will be read; else only those that are looked at are worked out. */
  readonly elements: boolean;
  /** `YYYY-MM-DD`, for suppressions that expire. */
  readonly today: string;
  readonly maxDepth?: number;
  /** Bytes of input from which on a second thread helps; with 0 it is waited for. */
  readonly parallelFrom?: number;
  readonly stdin?: () => Uint8Array;
  /** The same in blocks, for a dump of a cluster. */
  readonly stdinBlocks?: () => Iterable<Uint8Array>;
  /** Reads a file (absolute), by default from the disk, in this thread. */
  readonly readBytes?: (absolute: string) => Uint8Array;
  /** Bytes of a file from which on it is read part by part; by default every file is held. */
  readonly dumpFrom?: number;
  readonly onProgress?: (phase: 'reading' | 'judging', done: number, all: number) => void;
}

/** What a scan found, and the texts it was found in. */
export interface Scan {
  readonly report: Report;
  /** The failures of the report, with what they are about. */
  readonly failures: readonly RuleFailure[];
  /** The text of a file of the report, for code frames. */
  readonly source: (file: string) => string | undefined;
  /** The text around a place of a file that is too large to be held, and where that text begins. */
  readonly excerpt: (place: Location) => Passage | undefined;
}

/** See and judge: reads the inputs, judges every object by the rules that count for its file, and reports. */
export function scan(options: ScanOptions): Scan {
  return new Scanner(options).run();
}

/** The same with charts and kustomizations rendered first, by the programs that are installed for that. */
export async function scanRendered(options: ScanOptions, how: RenderOptions): Promise<Scan> {
  const scanner = new Scanner(options);
  return scanner.run(await scanner.rendered(how));
}

class Scanner {
  private readonly options: ScanOptions;
  private readonly rulesets: Rulesets;
  private readonly own: ReturnType<typeof readUserPolicies>;
  private readonly settings: FileSettings;
  private readonly problems: Problem[] = [];
  /** How much of a cluster the input is; undefined where no rule asks for it. */
  private given: Given | undefined;
  private holdsFindings = true;
  /** Rendering was asked for, and there is neither a chart nor a kustomization. */
  private rendersNothing = false;
  private onStep: ((isEnd?: boolean) => void) | undefined;

  constructor(options: ScanOptions) {
    this.options = options;
    this.settings = new FileSettings(options.configurations, options.cwd);
    const version = formatMinorVersion(options.version);
    const compiler = new PolicyCompiler({ version });
    this.own =
      options.policies.length === 0
        ? noUserPolicies
        : readUserPolicies(
            options.policies,
            options.cwd,
            compiler,
            options.catalogue.controls,
            options.readPolicies?.(options.policies),
          );
    const trusting = controlCompiler(options.catalogue, options.version);
    this.rulesets = new Rulesets(options.catalogue, options.version, trusting, options.selection, this.own);
  }

  /** A reader of the inputs in which what has to be rendered is rendered. */
  async rendered(how: RenderOptions): Promise<ManifestReader> {
    const reader = this.reader(this.options.inputs);
    const folders = reader.renderedFolders;
    this.rendersNothing = folders.charts.size + folders.kustomizations.size === 0;
    if (this.rendersNothing) return reader;
    const { renderFolders } = await import('../collect/render/render-folders.ts');
    const { found, problems, unrendered, unwrapped } = await renderFolders(reader.found, folders, how);
    this.problems.push(...problems);
    const again = this.reader(found, unwrapped);
    again.add(reader.result());
    again.add({ problems: [], files: 0, notManifests: 0, renderingNeeded: unrendered });
    return again;
  }

  private reader(
    inputs: readonly string[] | readonly FoundInput[],
    unwrapped?: ReadonlySet<string>,
  ): ManifestReader {
    return new ManifestReader(inputs, {
      ...this.options,
      // A scan tells of its progress by itself.
      onProgress: undefined,
      unwrapped,
      accept: (absolute) => !this.settings.isExcluded(absolute),
    });
  }

  run(reader = this.reader(this.options.inputs)): Scan {
    this.holdsFindings = this.isWhole(reader);
    const garbage = new Garbage();
    if (reader.hasDumps) this.onStep = (isEnd) => garbage.check(isEnd);
    const verdicts = this.holdsFindings ? this.judgeWhole(reader) : this.judgeByFile(reader);
    const collection = reader.result();
    this.problems.push(...this.own.problems, ...collection.problems);
    this.onStep?.(true);
    const owned = foldIntoOwners(verdicts, this.onStep);
    this.except(verdicts);
    foldImplied(verdicts, this.onStep);
    this.onStep?.(true);
    const report = reportOf({
      catalogue: this.options.catalogue,
      profiles: this.options.selection.profiles ?? [],
      version: this.options.version,
      collection,
      verdicts,
      owned,
      rules: this.rulesRun(verdicts),
      problems: this.problems,
      policyProblems: this.own.problems,
      rendersNothing: this.rendersNothing,
      failOn: (file) => this.options.failOn ?? this.settings.of(file).failOn ?? ['high'],
      inside: (shown) => this.settings.inside(shown),
      holdsFindings: this.holdsFindings,
    });
    const excerpt = (place: Location) => reader.dump(place.file)?.excerpt(place);
    return {
      report,
      get failures() {
        return report.failures as readonly RuleFailure[];
      },
      source: sourcesOf(verdicts, reader),
      excerpt,
    };
  }

  /** Whether all objects have to be at hand: for policies that look at others of them, and for reports of everything. */
  private isWhole(reader: ManifestReader): boolean {
    const { baseline, elements, showAll, since } = this.options;
    const looksAtOthers =
      showAll || baseline !== undefined || since !== undefined || this.own.rules.length > 0;
    // What there is to say of a dump is worked out while it is written.
    return looksAtOthers || (elements && !reader.hasDumps);
  }

  private judgeWhole(reader: ManifestReader): ManifestVerdicts[] {
    const manifests = [...reader.files.keys()].flatMap((i) => {
      this.options.onProgress?.('reading', i + 1, reader.files.length);
      const batches = [...reader.batches(i)];
      return batches.flatMap((batch) =>
        reader.dump(reader.files[i]!) === undefined ? batch : shelve(batch),
      );
    });
    const verdicts = this.judgeAll(manifests, { showAll: this.options.showAll, elements: true });
    this.withDerivations(verdicts, reader, undefined);
    return verdicts;
  }

  /** Judges each file as it is read and forgets its objects, with a second thread where there is much to do. */
  private judgeByFile(reader: ManifestReader): ManifestVerdicts[] {
    const { files } = reader;
    const paths = reader.found.map(({ absolute }) => absolute);
    const derives = this.derives(files);
    const keeper = derives ? new ExtractKeeper(reader.hasDumps ? 0 : undefined) : undefined;
    const isWhole = reader.hasDumps || reader.found.some(({ rendered }) => rendered !== undefined);
    const from = isWhole ? Infinity : (this.options.parallelFrom ?? worthwhile);
    const helper = isWorthwhile(paths, from) ? this.helper(reader, derives) : undefined;
    const how = { showAll: false, elements: false };
    const judging = this.judging(kindRegistry(), new Map(), how);
    const rulesetOf = ({ origin }: Manifest): Ruleset => this.rulesets.for(this.settings.of(origin.file));
    const found: FileVerdicts[] = [];
    const judgeNext = (): void => {
      this.options.onProgress?.('judging', found.length + 1, files.length);
      found.push(judgeFile(reader, found.length, judging, rulesetOf, keeper));
    };
    if (this.options.parallelFrom === 0) helper?.letStart();
    while (found.length < files.length && helper?.take() !== false) judgeNext();
    const answer = helper?.answer(found.length);
    if (answer !== undefined) {
      const unpacker = new Unpacker(answer, judging);
      for (const packed of answer.files.toReversed()) {
        const file = files[packed.index]!;
        const lines = once(() => readAgain(paths[packed.index]!, packed.length));
        const ruleset = this.rulesets.for(this.settings.of(file));
        found.push(
          unpacker.unpack(packed, {
            file,
            lines,
            maxDepth: this.options.maxDepth ?? defaultMaxDepth,
            ruleset,
          }),
        );
      }
      reader.add(answer.rest);
    }
    // Without an answer the second thread's files are judged here.
    while (found.length < files.length) judgeNext();
    const definitions = found.flatMap((file) => file.definitions);
    const late = this.judging(kindRegistry(definitions), new Map(), how);
    const verdicts = found.flatMap(({ objects }) =>
      objects.map((object) =>
        'waiting' in object ? late.judge(object.waiting, rulesetOf(object.waiting), object.waiting) : object,
      ),
    );
    for (const one of [judging, late]) one.forget();
    const extracts = found.flatMap((file) => file.extracts);
    this.withDerivations(verdicts, reader, extracts);
    return verdicts;
  }

  /** Adds what rules say of derived objects; `extracts` are those of the objects where these are not at hand. */
  private withDerivations(
    verdicts: readonly ManifestVerdicts[],
    reader: ManifestReader,
    extracts: readonly KeptExtract[] | undefined,
  ): void {
    if (!this.derives(reader.files)) return;
    this.given = this.givenBy(reader);
    this.judgeTogether(verdicts, this.given, extracts);
  }

  private judgeTogether(
    verdicts: readonly ManifestVerdicts[],
    given: Given,
    extracts: readonly KeptExtract[] | undefined,
  ): void {
    judgeDerivations(verdicts, extracts ?? verdicts.map(({ manifest }) => extractOf(manifest)), {
      given,
      rulesetOf: ({ origin }) => this.rulesets.for(this.settings.of(origin.file)),
      judging: this.judging(kindRegistry(), new Map(), { showAll: false, elements: false }),
      showAll: this.options.showAll,
      elements: extracts === undefined,
      onStep: this.onStep,
    });
  }

  /** Whether any rule asks for something worked out of all objects. */
  private derives(files: readonly string[]): boolean {
    return files.some((file) => this.rulesets.for(this.settings.of(file)).derivations.size > 0);
  }

  /** How much of a cluster was read. What could not be read or has to be rendered first may hold what seems to be absent. */
  private givenBy(reader: ManifestReader): Given {
    if (this.options.complete === true) return 'cluster';
    const { problems, renderingNeeded } = reader.result();
    if (renderingNeeded.length > 0 || problems.some(isError)) return 'files';
    const areFolders = this.options.inputs.every((input) => isFolder(path.resolve(this.options.cwd, input)));
    return areFolders ? 'folder' : 'files';
  }

  private helper(reader: ManifestReader, derives: boolean): Helper {
    const { cwd, maxDepth, selection, version } = this.options;
    const settings = [...new Set(reader.files.map((file) => this.settings.of(file)))];
    const settingsOf = reader.files.map((file) => settings.indexOf(this.settings.of(file)));
    return new Helper({
      files: reader.found,
      cwd,
      maxDepth,
      selection,
      version,
      settings,
      settingsOf,
      derives,
    });
  }

  private judgeAll(manifests: readonly Manifest[], how: JudgingOptions): ManifestVerdicts[] {
    const ofKind = (kind: string): JsonObject[] =>
      manifests.filter(({ reference }) => reference.kind === kind).map(({ value }) => value);
    const kinds = kindRegistry([
      ...ofKind('CustomResourceDefinition'),
      ...this.own.objects.filter(({ kind }) => kind === 'CustomResourceDefinition'),
    ]);
    const judging = this.judging(kinds, namespacesOf(manifests), how, manifests);
    return manifests.map((manifest, i) => {
      if (i % 256 === 255) this.options.onProgress?.('judging', i + 1, manifests.length);
      return judging.judge(manifest, this.rulesets.for(this.settings.of(manifest.origin.file)), manifest);
    });
  }

  private judging(
    kinds: KindRegistry,
    namespaces: ReadonlyMap<string, JsonObject>,
    how: JudgingOptions,
    manifests: readonly Manifest[] = [],
  ): Judging {
    const parameters = this.own.rules.some(({ bound }) => bound.policy.definition.paramKind !== undefined)
      ? [...this.own.objects, ...manifests.map(({ value }) => value)].flatMap(seenOf)
      : [];
    return new Judging({ kinds, namespaces, parameters }, new Places(), how);
  }

  /** Annotations first, so that a baseline never hides that one of them is not used. */
  private except(verdicts: readonly ManifestVerdicts[]): void {
    const { baseline, catalogue, since, today } = this.options;
    const known: KnownControls = {
      ids: new Set([...catalogue.controls.keys(), ...this.own.rules.map(({ id }) => id)]),
      called: (name) => controlsCalled(name, catalogue.controls.values()),
    };
    for (const one of verdicts) {
      const { named } = this.rulesets.for(this.settings.of(one.manifest.origin.file));
      const { mayBeSuppressed, problems } = one.traits;
      this.problems.push(...problems);
      if (!mayBeSuppressed) continue;
      for (const { path, severity, reason } of suppress(one, named, known, today)) {
        this.problems.push({ ...placeOf(one.manifest, path), severity, reason });
      }
    }
    const configured = new ConfiguredExceptions(this.options.configurations, this.options.cwd, today);
    for (const one of verdicts) configured.apply(one);
    this.problems.push(...configured.problems(this.options.inputs, () => this.rulesRun(verdicts)));
    const failing = (): LocatedFinding[] =>
      verdicts.flatMap(({ failures }) => failures.flatMap(({ findings }) => findings));
    if (baseline !== undefined) {
      suppressKnown(
        failing(),
        (finding) => {
          const before = catalogue.controls.get(finding.control)?.renamedFrom ?? [];
          const prints = [finding.fingerprint, ...before.map((name) => finding.fingerprintAs(name))];
          return prints.some((one) => baseline.fingerprints.has(one));
        },
        'baseline',
        'in the baseline',
      );
    }
    if (since !== undefined) this.exceptOld(failing(), since, verdicts);
  }

  /**
   * What fails in an unchanged file is old; in a changed one it is old if the file's text at the time failed it too. What
   * all objects together show may be new in an unchanged file, so it is old only if all files of the time showed it.
   */
  private exceptOld(
    findings: readonly LocatedFinding[],
    { ref, changes }: NonNullable<ScanOptions['since']>,
    verdicts: readonly ManifestVerdicts[],
  ): void {
    const isUnchanged = ({ origin, rendered }: Manifest): boolean =>
      rendered === undefined
        ? changes.isUnchanged(path.resolve(this.options.cwd, origin.file))
        : rendered.inputs().every(changes.isUnchanged);
    const old = new Set<string>();
    const before = [...changes.before((file) => /\.(?:ya?ml|json)$/i.test(file))].flatMap(
      ({ absolute, bytes }) => collectText(showPath(absolute, this.options.cwd), bytes).manifests,
    );
    const then = [
      ...verdicts.flatMap(({ manifest }) => (isUnchanged(manifest) ? [unjudged(manifest)] : [])),
      ...this.judgeAll(before, { showAll: false, elements: true }),
    ];
    if (this.given !== undefined) this.judgeTogether(then, this.given, undefined);
    for (const { failures } of then) {
      for (const { findings: found } of failures) for (const { fingerprint } of found) old.add(fingerprint);
    }
    const isTogether = (id: string): boolean =>
      this.options.catalogue.controls.get(id)?.derivation !== undefined;
    const isOld = ({ manifest, fingerprint, control }: LocatedFinding): boolean =>
      (!isTogether(control) && isUnchanged(manifest)) || old.has(fingerprint);
    suppressKnown(findings, isOld, 'since', `was there at ${ref} already`);
  }

  /** All rules that counted for some file, or those that would have where there was none. */
  private rulesRun(verdicts: readonly ManifestVerdicts[]): readonly Rule[] {
    const files = new Set(verdicts.map(({ manifest }) => manifest.origin.file));
    const settings = files.size === 0 ? [{}] : [...files].map((file) => this.settings.of(file));
    const byId = new Map<string, Rule>();
    for (const one of settings) for (const rule of this.rulesets.for(one).rules) byId.set(rule.id, rule);
    return [...byId.values()];
  }
}

/** The whole extract of an object that is at hand. */
function extractOf({ value }: Manifest): KeptExtract {
  return { extract: extract(value), isPartial: false };
}

/** The value of the first call, for all calls. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** The object as the server keeps it, if it can be read. */
function seenOf(value: JsonObject): JsonObject[] {
  const { object } = serverView(value);
  return object === null ? [] : [object as JsonObject];
}

function sourcesOf(
  verdicts: readonly ManifestVerdicts[],
  reader: ManifestReader,
): (file: string) => string | undefined {
  const some = new Map(verdicts.map(({ manifest }) => [manifest.origin.file, manifest]));
  const rendered = verdicts.flatMap(({ manifest }) => manifest.rendered ?? []);
  return (file) => {
    if (reader.dump(file) !== undefined) return undefined;
    const manifest = some.get(file);
    if (manifest !== undefined && manifest.rendered === undefined) return manifest.lines.text;
    const sources = manifest?.rendered === undefined ? rendered : [manifest.rendered];
    for (const { textOf } of sources) {
      const text = textOf(file);
      if (text !== undefined) return text;
    }
    return undefined;
  };
}
