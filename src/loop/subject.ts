import type { Manifest } from '../collect/manifests.ts';
import type { KindRegistry, ResourceKind } from '../kube/kinds.ts';
import { podTemplatePath, podTemplates } from '../kube/pod-template.ts';
import { type ServedEquivalent, servedEquivalent } from '../kube/unserved.ts';
import { type ServerView, serverView } from '../kube/view/server-view.ts';
import type { Json, JsonObject, Path } from '../model/object.ts';
import { valueAt } from '../model/path.ts';
import { unknownKind } from './unknown-kind.ts';
import type { AdmissionRequest } from '../policy/index.ts';

/** One thing that policies judge of a manifest: the CREATE request that applying it would make. */
export interface Subject {
  readonly request: AdmissionRequest;
  readonly view: ServerView;
  /** The object as it was handed to the server view: of the served version where the written one is gone. */
  readonly written: JsonObject;
  /** Made of what a custom resource embeds: the catalogue judges it, no policy in a cluster would ever see it. */
  readonly derived: boolean;
  /** In a version that no server takes any more: only policies that ask for exactly this version are about it. */
  readonly exactly?: boolean;
  /** Where a path of the judged object stands in the manifest. */
  readonly toManifest: (path: Path) => Path;
}

/** Something to tell about a manifest before any policy: `error` where it cannot be judged. */
export interface SubjectProblem {
  readonly severity: 'error' | 'warning';
  readonly path: Path;
  readonly reason: string;
}

/** Something that rules may be about and that nothing can be said of. */
export interface Unjudged {
  readonly request: AdmissionRequest;
  readonly reason: string;
}

/** What there is to judge of a manifest. */
export interface Subjects {
  readonly subjects: readonly Subject[];
  readonly problems: readonly SubjectProblem[];
  /** What cannot be judged: the request it would make, and why. */
  readonly unknowns: readonly Unjudged[];
}

const same = (path: Path): Path => path;

/**
 * The subjects of a manifest: the object itself in the server view, and for a custom resource that embeds pod templates a
 * PodTemplate for each, whose findings are placed in the custom resource.
 */
export function subjectsOf({ value }: Manifest, kinds: KindRegistry): Subjects {
  const { apiVersion, kind } = value as { apiVersion: string; kind: string };
  const { gone, resource, warning, template: podPath } = factsOf(apiVersion, kind, kinds);
  const problems: SubjectProblem[] = [];
  if (warning !== undefined) problems.push({ severity: 'warning', ...warning });
  const written = gone === undefined ? value : { ...value, apiVersion: gone.apiVersion };
  const asWritten = gone === undefined ? [] : [subjectAsWritten(value, kinds.resolve(apiVersion, kind))];
  if (gone !== undefined && !gone.sameShape) {
    const request = new CreateRequest(written, { object: written }, resource);
    const reason = `${notServed(apiVersion, kind, gone)} and its successor has another shape`;
    return { subjects: asWritten, problems, unknowns: [{ request, reason }] };
  }
  const subject = build(written, resource, same, problems);
  if (subject === undefined) return { subjects: [], problems, unknowns: [] };
  if (podPath !== undefined && hasNoContainers(subject, podPath)) {
    const empty = [...podPath, 'spec'];
    const reason = 'the API server refuses a pod without containers';
    problems.push({ severity: 'warning', path: empty, reason });
    return { subjects: [], problems, unknowns: [{ request: subject.request, reason }] };
  }
  const embedded = resource.source === 'built-in' ? [] : podTemplates(written);
  const unknowns: Unjudged[] = [];
  const templates = embedded.flatMap(({ object, inner, path }): Subject[] => {
    const toManifest = (found: Path): Path =>
      inner.every((segment, i) => found[i] === segment) ? [...path, ...found.slice(inner.length)] : found;
    const refused: SubjectProblem[] = [];
    const kind = kinds.resolve('v1', 'PodTemplate');
    const template = build(object as JsonObject, kind, toManifest, refused);
    if (template !== undefined) return [{ ...template, derived: true }];
    // Only the custom resource's own controller knows what it makes of this.
    const why = refused.find(({ severity }) => severity === 'error');
    const reason = `the pod template cannot be read as one: ${why?.reason ?? ''}`;
    problems.push({ severity: 'warning', path: why?.path ?? path, reason });
    unknowns.push({
      request: new CreateRequest(object as JsonObject, { object: object as JsonObject }, kind),
      reason,
    });
    return [];
  });
  return { subjects: [subject, ...templates, ...asWritten], problems, unknowns };
}

/** An object in the version that it is written in, for policies that ask for exactly that version. */
function subjectAsWritten(written: JsonObject, resource: ResourceKind): Subject {
  const view = { ...serverView(written), object: written };
  const request = new CreateRequest(written, view, resource);
  return { request, view, written, toManifest: same, derived: true, exactly: true };
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
  if (view.problems.length > 0) {
    for (const { path, message } of view.problems.slice(0, 1)) {
      problems.push({ severity: 'error', path: toManifest(path), reason: message });
    }
    return undefined;
  }
  return { request: new CreateRequest(written, view, resource), view, written, toManifest, derived: false };
}

/** The names of a resource's requests, the same objects in all of them. */
const namesOf = new WeakMap<ResourceKind, Pick<AdmissionRequest, 'kind' | 'resource'>>();

/**
 * The request that `kubectl create` makes, as far as a file tells. The object is put into the server view only when a
 * policy looks at it, which for most kinds none does.
 */
class CreateRequest implements AdmissionRequest {
  readonly operation = 'CREATE';
  readonly subresource = '';
  readonly oldObject = null;
  readonly kind: AdmissionRequest['kind'];
  readonly resource: AdmissionRequest['resource'];
  readonly name: string | undefined;
  readonly namespace: string | undefined;
  readonly scope: AdmissionRequest['scope'];
  private readonly view: Pick<ServerView, 'object'>;

  constructor(written: JsonObject, view: Pick<ServerView, 'object'>, resource: ResourceKind) {
    const { group, version, kind, plural, namespaced } = resource;
    const metadata = (written['metadata'] ?? {}) as JsonObject;
    // Without either of the two there is nothing that the server could make a name of.
    const name =
      textOf(metadata['name']) ?? (textOf(metadata['generateName']) === undefined ? '' : undefined);
    const isNamespace = group === '' && kind === 'Namespace';
    let names = namesOf.get(resource);
    if (names === undefined) {
      names = { kind: { group, version, kind }, resource: { group, version, resource: plural } };
      namesOf.set(resource, names);
    }
    this.kind = names.kind;
    this.resource = names.resource;
    this.name = name;
    this.namespace = isNamespace ? (name ?? '') : namespaced === false ? '' : textOf(metadata['namespace']);
    this.scope = namespaced === undefined ? undefined : namespaced ? 'Namespaced' : 'Cluster';
    this.view = view;
  }

  get object(): JsonObject | null {
    return this.view.object as JsonObject | null;
  }
}

const textOf = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** Whether the pod specification has no containers: such a request ends before any policy. */
function hasNoContainers({ request }: Subject, template: Path): boolean {
  const containers = valueAt(request.object, [...template, 'spec', 'containers']);
  return !Array.isArray(containers) || containers.length === 0;
}

/** What a kind tells of all its objects. */
interface KindFacts {
  /** What took the place of a version that is not served any more. */
  readonly gone: ServedEquivalent | undefined;
  /** Of the served version. */
  readonly resource: ResourceKind;
  /** What to say of every object that is written so. */
  readonly warning: { readonly path: Path; readonly reason: string } | undefined;
  /** Where the pod template stands. */
  readonly template: Path | undefined;
}

const known = new WeakMap<KindRegistry, Map<string, Map<string, KindFacts>>>();

/** Worked out once for each kind; a scan meets thousands of objects of a few. */
function factsOf(apiVersion: string, kind: string, kinds: KindRegistry): KindFacts {
  let versions = known.get(kinds);
  if (versions === undefined) known.set(kinds, (versions = new Map()));
  let ofVersion = versions.get(apiVersion);
  if (ofVersion === undefined) versions.set(apiVersion, (ofVersion = new Map()));
  let facts = ofVersion.get(kind);
  if (facts === undefined) ofVersion.set(kind, (facts = workOut(apiVersion, kind, kinds)));
  return facts;
}

function workOut(apiVersion: string, kind: string, kinds: KindRegistry): KindFacts {
  const gone = servedEquivalent(apiVersion, kind);
  const served = gone?.apiVersion ?? apiVersion;
  const resource = kinds.resolve(served, kind);
  const template = podTemplatePath(served, kind);
  if (gone !== undefined) {
    const reason = `${notServed(apiVersion, kind, gone)}; use ${gone.apiVersion}`;
    return { gone, resource, warning: { path: ['apiVersion'], reason }, template };
  }
  const unknown = resource.source === 'crd' ? undefined : unknownKind(apiVersion, kind);
  const warning = unknown === undefined ? undefined : { path: ['kind'], reason: unknown };
  return { gone, resource, warning, template };
}

function notServed(apiVersion: string, kind: string, { removedIn }: ServedEquivalent): string {
  return `${apiVersion} ${kind} is not served since Kubernetes ${removedIn}`;
}
