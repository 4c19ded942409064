import type { Manifest } from '../collect/manifests.ts';
import type { KindRegistry, ResourceKind } from '../kube/kinds.ts';
import { podTemplates } from '../kube/pod-template.ts';
import { servedEquivalent } from '../kube/unserved.ts';
import { type ServerView, serverView } from '../kube/view/server-view.ts';
import type { JsonObject, Path } from '../model/object.ts';
import type { AdmissionRequest } from '../policy/index.ts';

/** One thing that policies judge of a manifest: the CREATE request that applying it would make. */
export interface Subject {
  readonly request: AdmissionRequest;
  readonly view: ServerView;
  /** The object as it was handed to the server view: of the served version where the written one is gone. */
  readonly written: JsonObject;
  /** Where a path of the judged object stands in the manifest. */
  readonly toManifest: (path: Path) => Path;
}

/** Something to tell about a manifest before any policy: `error` where it cannot be judged. */
export interface SubjectProblem {
  readonly severity: 'error' | 'warning';
  readonly path: Path;
  readonly reason: string;
}

/** What there is to judge of a manifest. */
export interface Subjects {
  readonly subjects: readonly Subject[];
  readonly problems: readonly SubjectProblem[];
  /** Why nothing can be said of the object; empty where it can be judged. */
  readonly unknown: string;
}

const same = (path: Path): Path => path;

/**
 * The subjects of a manifest: the object itself in the server view, and for a custom resource that embeds pod templates a
 * PodTemplate for each, whose findings are placed in the custom resource.
 */
export function subjectsOf({ value }: Manifest, kinds: KindRegistry): Subjects {
  const { apiVersion, kind } = value as { apiVersion: string; kind: string };
  const problems: SubjectProblem[] = [];
  let written = value;
  const gone = servedEquivalent(apiVersion, kind);
  if (gone !== undefined) {
    const words = `${apiVersion} ${kind} is not served since Kubernetes ${gone.removedIn}`;
    problems.push({ severity: 'warning', path: ['apiVersion'], reason: `${words}; use ${gone.apiVersion}` });
    if (!gone.sameShape) {
      return { subjects: [], problems, unknown: `${words} and its successor has another shape` };
    }
    written = { ...value, apiVersion: gone.apiVersion };
  }
  const resource = kinds.resolve(written['apiVersion'] as string, kind);
  const subject = build(written, resource, same, problems);
  if (subject === undefined) return { subjects: [], problems, unknown: '' };
  const embedded = resource.source === 'built-in' ? [] : podTemplates(written);
  const templates = embedded.flatMap(({ object, inner, path }) => {
    const toManifest = (found: Path): Path => [...path, ...found.slice(inner.length)];
    // A template that the server could not read as one is not a pod template after all.
    const ignored: SubjectProblem[] = [];
    return build(object as JsonObject, kinds.resolve('v1', 'PodTemplate'), toManifest, ignored) ?? [];
  });
  return { subjects: [subject, ...templates], problems, unknown: '' };
}

function build(
  written: JsonObject,
  resource: ResourceKind,
  toManifest: (path: Path) => Path,
  problems: SubjectProblem[],
): Subject | undefined {
  const view = serverView(written);
  for (const path of view.unknownFields) {
    const field = String(path.at(-1));
    problems.push({
      severity: 'warning',
      path: toManifest(path),
      reason: `the API server knows no field "${field}" here and drops it`,
    });
  }
  if (view.object === null) {
    for (const { path, message } of view.problems.slice(0, 1)) {
      problems.push({ severity: 'error', path: toManifest(path), reason: message });
    }
    return undefined;
  }
  return { request: requestFor(view.object as JsonObject, resource), view, written, toManifest };
}

/** The request that `kubectl create` makes, as far as a file tells. */
function requestFor(
  object: JsonObject,
  { group, version, kind, plural, namespaced }: ResourceKind,
): AdmissionRequest {
  const metadata = (object['metadata'] ?? {}) as JsonObject;
  const name = typeof metadata['name'] === 'string' && metadata['name'] !== '' ? metadata['name'] : undefined;
  const written = typeof metadata['namespace'] === 'string' ? metadata['namespace'] : '';
  const isNamespace = group === '' && kind === 'Namespace';
  const ownNamespace = namespaced === false ? '' : written === '' ? undefined : written;
  return {
    operation: 'CREATE',
    kind: { group, version, kind },
    resource: { group, version, resource: plural },
    subresource: '',
    name,
    namespace: isNamespace ? (name ?? '') : ownNamespace,
    scope: namespaced === undefined ? undefined : namespaced ? 'Namespaced' : 'Cluster',
    object,
    oldObject: null,
  };
}
