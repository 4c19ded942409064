import { bindControl } from '../catalogue/bind.ts';
import type { Control } from '../catalogue/control.ts';
import { formatMinorVersion, type MinorVersion } from '../catalogue/versions.ts';
import type { Manifest } from '../collect/manifests.ts';
import { kindRegistry } from '../kube/kinds.ts';
import { type Change, serverViewChanges } from '../kube/view/changes.ts';
import type { JsonObject, Path } from '../model/object.ts';
import { PolicyCompiler, trace, type Trace } from '../policy/index.ts';
import { namespacesOf } from './judging.ts';
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

/** Judges manifests by one control and keeps every value on the way. Undefined where the rule is not in that version. */
export function explainControl(
  control: Control,
  manifests: readonly Manifest[],
  version: MinorVersion,
  parameters: JsonObject = {},
): Explained[] | undefined {
  const compiler = new PolicyCompiler({ version: formatMinorVersion(version) });
  const compiled = bindControl(control, version, compiler, parameters);
  if (compiled === undefined) return undefined;
  const definitions = manifests.filter(({ reference }) => reference.kind === 'CustomResourceDefinition');
  const kinds = kindRegistry(definitions.map(({ value }) => value));
  const namespaces = namespacesOf(manifests);
  const context = {
    findNamespace: (name: string) => namespaces.get(name),
    params: { objects: compiled.parameters, complete: true, scopeOf: () => 'Namespaced' as const },
  };
  return manifests.map((manifest) => {
    const { subjects, problems, unknowns } = subjectsOf(manifest, kinds);
    const traces = subjects.flatMap(({ derived, request, toManifest, view, written }) => {
      // The server stores a custom resource as it is written; only our reading of its template has defaults.
      const changes = derived ? [] : serverViewChanges(written, view);
      return trace(compiled.bound, request, context).map((one) => ({ trace: one, changes, toManifest }));
    });
    return { manifest, traces, problems, unknown: unknowns[0]?.reason ?? '' };
  });
}
