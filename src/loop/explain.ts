import { bindControl, type BoundControl } from '../catalogue/bind.ts';
import { derivedRequest, judgeDerived } from '../catalogue/derived-judgement.ts';
import type { Control } from '../catalogue/control.ts';
import { formatMinorVersion, type MinorVersion } from '../catalogue/versions.ts';
import type { Manifest } from '../collect/manifests.ts';
import { type DerivationName, derivations } from '../derive/derivation.ts';
import { extract } from '../derive/extract.ts';
import { type Entry, type Given, Inventory } from '../derive/inventory.ts';
import { kindRegistry } from '../kube/kinds.ts';
import { type Change, serverViewChanges } from '../kube/view/changes.ts';
import { serverView } from '../kube/view/server-view.ts';
import type { JsonObject, Path } from '../model/object.ts';
import { type BoundPolicy, type JudgeContext, PolicyCompiler, trace, type Trace } from '../policy/index.ts';
import { mayAsk, namespacesOf } from './judging.ts';
import { type SubjectProblem, subjectsOf } from './subject.ts';

/** Why a control passes or fails one manifest. */
export interface Explained {
  readonly manifest: Manifest;
  /** One for each thing judged: the object, or a pod template in a custom resource. */
  readonly traces: readonly {
    readonly trace: Trace;
    readonly changes: readonly Change[];
    readonly toManifest: (path: Path) => Path;
  }[];
  readonly problems: readonly SubjectProblem[];
  /** Why nothing can be said; empty where something is. */
  readonly unknown: string;
}

/**
 * Judges manifests by one control and keeps every value on the way. Undefined where the rule is not in that version. Of a
 * control on what is derived of all of them only those are told that something is derived about; `given` says how much of
 * a cluster they are.
 */
export function explainControl(
  control: Control,
  manifests: readonly Manifest[],
  version: MinorVersion,
  parameters: JsonObject = {},
  given: Given = 'files',
): Explained[] | undefined {
  const compiler = new PolicyCompiler({ version: formatMinorVersion(version) });
  const compiled = bindControl(control, version, compiler, parameters);
  if (compiled === undefined) return undefined;
  if (control.derivation !== undefined) return explainDerived(control.derivation, compiled, manifests, given);
  return explainEach([compiled.bound], manifests, {
    objects: compiled.parameters,
    complete: true,
    scopeOf: () => 'Namespaced',
  });
}

/** As {@link explainControl} for a policy of the user's own, with each of its bindings; parameters may be among the objects. */
export function explainPolicy(
  bound: readonly BoundPolicy[],
  manifests: readonly Manifest[],
  beside: readonly JsonObject[],
): Explained[] {
  const parameters = [...beside, ...manifests.map(({ value }) => value)].flatMap((value) => {
    const { object } = serverView(value);
    return object === null ? [] : [object as JsonObject];
  });
  return explainEach(bound, manifests, {
    objects: parameters,
    complete: false,
    scopeOf: ({ apiVersion, kind }) => {
      const { namespaced } = kindRegistry(definitionsOf(manifests)).resolve(apiVersion, kind);
      return namespaced === undefined ? undefined : namespaced ? 'Namespaced' : 'Cluster';
    },
  });
}

function definitionsOf(manifests: readonly Manifest[]): JsonObject[] {
  const found = manifests.filter(({ reference }) => reference.kind === 'CustomResourceDefinition');
  return found.map(({ value }) => value);
}

function explainEach(
  bound: readonly BoundPolicy[],
  manifests: readonly Manifest[],
  params: NonNullable<JudgeContext['params']>,
): Explained[] {
  const kinds = kindRegistry(definitionsOf(manifests));
  const namespaces = namespacesOf(manifests);
  const context = { findNamespace: (name: string) => namespaces.get(name), params };
  return manifests.map((manifest) => {
    const { subjects, problems, unknowns } = subjectsOf(manifest, kinds);
    const traces = subjects.flatMap((subject) => {
      const { derived, request, toManifest, view, written } = subject;
      // The server stores a custom resource as it is written; only our reading of its template has defaults.
      const changes = derived ? [] : serverViewChanges(written, view);
      const asked = bound.filter((one) => mayAsk({ bound: one }, subject));
      return asked.flatMap((one) =>
        trace(one, request, context).map((traced) => ({ trace: traced, changes, toManifest })),
      );
    });
    return { manifest, traces, problems, unknown: unknowns[0]?.reason ?? '' };
  });
}

function explainDerived(
  name: DerivationName,
  { bound, parameters }: BoundControl,
  manifests: readonly Manifest[],
  given: Given,
): Explained[] {
  const context = {
    findNamespace: () => undefined,
    params: { objects: parameters, complete: true, scopeOf: () => 'Namespaced' as const },
  };
  const byEntry = new Map<Entry, Manifest>();
  for (const manifest of manifests) {
    const whole = extract(manifest.value);
    const reload = (): typeof whole => whole;
    byEntry.set({ extract: whole, isPartial: false, file: manifest.origin.file, reload }, manifest);
  }
  const inventory = new Inventory([...byEntry.keys()], given);
  return [...derivations[name].derive(inventory)].map((derived) => {
    const { verdict, reason } = judgeDerived(bound, name, derived, context);
    const traces = trace(bound, derivedRequest(name, derived.seen), context).map((one) => ({
      // The values are those of the input as it is; the verdict also of what may stand elsewhere.
      trace: { ...one, judgement: { ...one.judgement, verdict, reason } },
      changes: [],
      toManifest: derived.toObject,
    }));
    return { manifest: byEntry.get(derived.entry)!, traces, problems: [], unknown: '' };
  });
}
