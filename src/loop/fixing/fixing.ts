import { bindFix } from '../../catalogue/bind.ts';
import type { Catalogue } from '../../catalogue/catalogue.ts';
import type { Autofix } from '../../catalogue/autofix.ts';
import type { Control } from '../../catalogue/control.ts';
import { mended } from '../../catalogue/fix-check.ts';
import { formatMinorVersion, latestMinorVersion } from '../../catalogue/versions.ts';
import type { Manifest } from '../../collect/manifests.ts';
import { writtenChanges } from '../../edit/written-changes.ts';
import { kindRegistry } from '../../kube/kinds.ts';
import { serverView } from '../../kube/view/server-view.ts';
import type { JsonObject, Path } from '../../model/object.ts';
import { type AdmissionRequest, judge, type JudgeContext, PolicyCompiler } from '../../policy/index.ts';
import { applySplices, type Change, changedBy, composed, edit, type Splice } from '../../yaml/index.ts';
import type { RuleFailure } from '../manifest-verdicts.ts';
import { placeOf } from '../located.ts';
import { controlPlaneProgram } from './control-plane-pod.ts';
import type { Rule } from '../ruleset.ts';

/** Something that was mended, or why it was not. */
export interface Mending {
  readonly control: string;
  readonly manifest: Manifest;
  readonly kind: Autofix['kind'];
  /** What may break, for an unsafe one. */
  readonly note: string;
  /** What changes in the object; empty where it was not mended, or where the fix of another control did it. */
  readonly paths: readonly Path[];
  /** Why it was not mended; undefined where it was. */
  readonly refused: string | undefined;
  readonly line: number;
}

/** What mending makes of a file. */
export interface MendedFile {
  readonly file: string;
  readonly before: string;
  readonly after: string;
  /** What makes `after` of `before`, for those who change a text that is open elsewhere. */
  readonly splices: readonly Splice[];
  readonly mendings: readonly Mending[];
}

/** Which fixes may be used. */
export interface FixingOptions {
  readonly catalogue: Catalogue;
  /** Also what may make programs behave otherwise. */
  readonly unsafe: boolean;
}

/**
 * Mends failures in the texts of their files, byte for byte: each control by its own mutation, one after the other on the
 * same object, and again as long as one of them makes another possible. A control counts as mended only if the object passes it afterwards; what would change anything else is
 * left, with the reason.
 */
export function fix(failures: readonly RuleFailure[], options: FixingOptions): MendedFile[] {
  const fixer = new Fixer(options);
  const byFile = new Map<string, RuleFailure[]>();
  for (const failure of failures) {
    const { file } = failure.manifest.origin;
    const known = byFile.get(file);
    if (known === undefined) byFile.set(file, [failure]);
    else known.push(failure);
  }
  return [...byFile].map(([file, ofFile]) => fixer.file(file, ofFile));
}

/** As {@link fix} for one failure at a time, each as if it were the only one of its file. */
export function mender(options: FixingOptions): (failure: RuleFailure) => MendedFile {
  const fixer = new Fixer(options);
  return (failure) => fixer.file(failure.manifest.origin.file, [failure]);
}

/** A failure with the changes that mend it. */
interface Draft {
  readonly failure: RuleFailure;
  readonly autofix: Autofix;
  /** In the document. */
  readonly changes: readonly Change[];
  refused: string | undefined;
}

class Fixer {
  private readonly options: FixingOptions;
  private readonly compiler = new PolicyCompiler({ version: formatMinorVersion(latestMinorVersion) });
  private readonly kinds = kindRegistry();

  constructor(options: FixingOptions) {
    this.options = options;
  }

  file(file: string, failures: readonly RuleFailure[]): MendedFile {
    const byDocument = new Map<number, RuleFailure[]>();
    for (const failure of failures) {
      const { document } = failure.manifest.origin;
      byDocument.set(document, [...(byDocument.get(document) ?? []), failure]);
    }
    const splices: Splice[] = [];
    const mendings: Mending[] = [];
    for (const ofDocument of byDocument.values()) {
      const { drafts, edits } = this.document(ofDocument);
      splices.push(...edits);
      const inOrder = drafts.toSorted(
        (a, b) => ofDocument.indexOf(a.failure) - ofDocument.indexOf(b.failure),
      );
      mendings.push(...inOrder.map(mendingOf));
    }
    const before = failures[0]!.manifest.lines.text;
    return { file, before, after: applySplices(before, splices), splices, mendings };
  }

  /** The most that can be mended: whoever's changes cannot be written steps back, and the others try again. */
  private document(failures: readonly RuleFailure[]): { drafts: Draft[]; edits: readonly Splice[] } {
    const { source } = failures[0]!.manifest;
    const given = new Map<RuleFailure, string>();
    for (;;) {
      const drafts = this.drafts(failures, given);
      // Each draft counts on those before it, so an index of its paths is not always that of the text.
      const changes = composed(
        source.value!,
        drafts.map((draft) => (draft.refused === undefined ? draft.changes : [])),
      );
      const { refused, splices } = edit(source, changes);
      if (refused.length === 0) return { drafts, edits: splices };
      const known = given.size;
      for (const { path, reason } of refused) {
        for (const { failure, changes: own } of drafts) {
          if (!given.has(failure) && own.some((change) => touches(change.path, path))) {
            given.set(failure, reason);
          }
        }
      }
      if (given.size === known) {
        for (const { failure } of drafts) if (!given.has(failure)) given.set(failure, refused[0]!.reason);
      }
      if (drafts.every(({ failure }) => given.has(failure))) {
        return { drafts: this.drafts(failures, given), edits: [] };
      }
    }
  }

  private drafts(failures: readonly RuleFailure[], given: ReadonlyMap<RuleFailure, string>): Draft[] {
    const values = new Map<Manifest, JsonObject>();
    const drafts: Draft[] = [];
    let waiting = failures;
    // Each round mends one more failure at least, so there are no more rounds than failures.
    for (;;) {
      const left: Draft[] = [];
      let isMended = false;
      for (const failure of waiting) {
        const { draft, isFinal } = this.draft(failure, values, given);
        if (draft.refused === undefined) isMended = true;
        (isFinal ? drafts : left).push(draft);
      }
      if (!isMended || left.length === 0) return [...drafts, ...left];
      waiting = left.map(({ failure }) => failure);
    }
  }

  /** A draft on what those before it made of the object; not final where another fix may still clear the way. */
  private draft(
    failure: RuleFailure,
    values: Map<Manifest, JsonObject>,
    given: ReadonlyMap<RuleFailure, string>,
  ): { readonly draft: Draft; readonly isFinal: boolean } {
    const { manifest, rule } = failure;
    const control = this.options.catalogue.controls.get(rule.id);
    const autofix = control?.autofix;
    const none = { failure, autofix: autofix ?? { kind: 'none', reason: '' }, changes: [] } as const;
    const reason =
      manifest.rendered?.instead ?? given.get(failure) ?? this.unwilling(control, manifest.value);
    if (reason !== undefined) return { draft: { ...none, refused: reason }, isFinal: true };
    const value = values.get(manifest) ?? manifest.value;
    const changes = this.changes(rule, value);
    if (typeof changes === 'string') return { draft: { ...none, refused: changes }, isFinal: false };
    if (changes.length > 0) values.set(manifest, changedBy(value as never, changes) as JsonObject);
    const inDocument = changes.map((change) => ({
      ...change,
      path: [...manifest.origin.path, ...change.path],
    }));
    return { draft: { ...none, changes: inDocument, refused: undefined }, isFinal: true };
  }

  private unwilling(control: Control | undefined, object: JsonObject): string | undefined {
    const autofix = control?.autofix;
    if (autofix === undefined) return 'there is no fix for it yet';
    if (autofix.kind === 'none') return autofix.reason;
    if (autofix.kind !== 'unsafe') return undefined;
    // Fixes of its flags are made for it; what suits an application may stop it, and the cluster with it.
    const program = isAboutFlags(control!) ? undefined : controlPlaneProgram(object);
    if (program !== undefined)
      return `the pod runs ${program}, without which the cluster stops: this is for a person to change (${autofix.note})`;
    return this.options.unsafe ? undefined : `--unsafe mends it: ${autofix.note}`;
  }

  /** The changes that make an object pass a rule, none where another fix did already; a text where nothing does. */
  private changes(rule: Rule, written: JsonObject): readonly Change[] | string {
    const control = this.options.catalogue.controls.get(rule.id)!;
    const bound = bindFix(control, this.compiler, rule.parameters);
    if (bound === undefined) return 'its fix cannot be compiled';
    const request = this.request(written);
    if (request === undefined) return 'the object cannot be read';
    const context = contextOf(rule);
    const result = mended(bound.bound, written, request, context);
    if (typeof result === 'string') return result;
    if (result.changes.length === 0) {
      const [now] = judge([rule.bound], request, context);
      return now?.verdict === 'pass' || now?.verdict === 'not-applicable'
        ? []
        : 'its fix does not reach this, which only a person can mend';
    }
    const view = (object: JsonObject): JsonObject | null =>
      serverView(object, { stage: 'mutating' }).object as JsonObject | null;
    const changes = writtenChanges(written, result.object!, view);
    if (changes === undefined) return 'what the fix makes cannot be written in the file';
    const after = changedBy(written as never, changes) as JsonObject;
    const seen = serverView(after).object as JsonObject | null;
    const [judgement] = judge([rule.bound], { ...request, object: seen }, context);
    return judgement?.verdict === 'pass' || judgement?.verdict === 'not-applicable'
      ? changes
      : 'it would still fail after its fix, in part';
  }

  private request(written: JsonObject): AdmissionRequest | undefined {
    const view = serverView(written);
    if (view.object === null) return undefined;
    const { apiVersion, kind, metadata } = view.object as {
      apiVersion: string;
      kind: string;
      metadata?: { name?: string; namespace?: string };
    };
    const { group, version, plural, namespaced } = this.kinds.resolve(apiVersion, kind);
    return {
      operation: 'CREATE',
      kind: { group, version, kind },
      resource: { group, version, resource: plural },
      subresource: '',
      name: metadata?.name,
      namespace: namespaced === false ? '' : (metadata?.namespace ?? 'default'),
      scope: namespaced === undefined ? undefined : namespaced ? 'Namespaced' : 'Cluster',
      object: view.object as JsonObject,
      oldObject: null,
    };
  }
}

const isAboutFlags = ({ prelude }: Control): boolean => prelude.startsWith('control-plane-');

function contextOf({ parameters }: Rule): JudgeContext {
  return {
    findNamespace: () => undefined,
    params: { objects: parameters, complete: true, scopeOf: () => 'Namespaced' },
  };
}

/** Whether one of two paths lies on the way to the other. */
function touches(a: Path, b: Path): boolean {
  return a.slice(0, b.length).every((step, i) => step === b[i]);
}

function mendingOf({ autofix, changes, failure, refused }: Draft): Mending {
  const { manifest, control } = failure;
  const { path } = manifest.origin;
  const paths = changes.map((change) => change.path.slice(path.length));
  const [finding] = failure.findings;
  const place = finding?.location ?? placeOf(manifest, []);
  // What was rendered may be decided in another file, such as a patch.
  const line = place.file === manifest.origin.file ? place.line : 1;
  const note = autofix.kind === 'unsafe' ? autofix.note : '';
  return { control, manifest, kind: autofix.kind, note, paths, refused, line };
}
