import { parseApiVersion } from './group-version.ts';
import { builtInKind } from './kinds.ts';

type Path = readonly (string | number)[];
type JsonObject = Readonly<Record<string, unknown>>;

/** A built-in kind that runs pods. */
export interface Workload {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  /** Where the pod's metadata and spec stand; empty for a Pod itself. */
  readonly template: Path;
}

/** The built-in kinds that are pods or hold a pod template. */
export const workloads: readonly Workload[] = [
  { group: '', kind: 'Pod', plural: 'pods', template: [] },
  { group: '', kind: 'PodTemplate', plural: 'podtemplates', template: ['template'] },
  {
    group: '',
    kind: 'ReplicationController',
    plural: 'replicationcontrollers',
    template: ['spec', 'template'],
  },
  { group: 'apps', kind: 'Deployment', plural: 'deployments', template: ['spec', 'template'] },
  { group: 'apps', kind: 'StatefulSet', plural: 'statefulsets', template: ['spec', 'template'] },
  { group: 'apps', kind: 'DaemonSet', plural: 'daemonsets', template: ['spec', 'template'] },
  { group: 'apps', kind: 'ReplicaSet', plural: 'replicasets', template: ['spec', 'template'] },
  { group: 'batch', kind: 'Job', plural: 'jobs', template: ['spec', 'template'] },
  {
    group: 'batch',
    kind: 'CronJob',
    plural: 'cronjobs',
    template: ['spec', 'jobTemplate', 'spec', 'template'],
  },
];

/** Where a built-in workload keeps its pod template; undefined for other kinds. `extensions` counts as `apps`. */
export function podTemplatePath(apiVersion: string, kind: string): Path | undefined {
  const group = parseApiVersion(apiVersion)?.group;
  const wanted = group === 'extensions' ? 'apps' : group;
  return workloads.find((workload) => workload.group === wanted && workload.kind === kind)?.template;
}

/** A core/v1 PodTemplate made of what a custom resource embeds. */
export interface EmbeddedPodTemplate {
  /** Named and placed as the custom resource. */
  readonly object: JsonObject;
  /** Path in `object` whose content stands at `path` of the custom resource: `template` or `template.spec`. */
  readonly inner: Path;
  readonly path: Path;
}

/** Deepest level looked at, and most values: custom resources come from anywhere. */
const maxDepth = 32;
const maxVisited = 50_000;

/**
 * The pod templates that an object of a kind unknown to Kubernetes embeds, found by shape: a map whose `spec` has
 * containers, or a pod spec under a key that says so (`podSpec`, `podTemplateSpec`). Containers are a list of maps that
 * all have an image and, if they have one, a name; the resource's own `spec` does not count, since containers there are mostly an overlay.
 */
export function podTemplates(object: JsonObject): EmbeddedPodTemplate[] {
  const { apiVersion, kind, metadata } = object;
  if (
    typeof apiVersion === 'string' &&
    typeof kind === 'string' &&
    builtInKind(apiVersion, kind) !== undefined
  )
    return [];
  const found: EmbeddedPodTemplate[] = [];
  const identity = isObject(metadata) ? { name: metadata.name, namespace: metadata.namespace } : {};
  const derive = (template: JsonObject, inner: Path, path: Path): void => {
    found.push({
      object: { apiVersion: 'v1', kind: 'PodTemplate', metadata: identity, template },
      inner,
      path,
    });
  };
  let visited = 0;
  const visit = (value: unknown, path: Path): void => {
    if (typeof value !== 'object' || value === null || path.length > maxDepth || ++visited > maxVisited)
      return;
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) visit(item, [...path, index]);
      return;
    }
    const map = value as JsonObject;
    if (path.length > 0 && isObject(map.spec) && hasContainers(map.spec))
      return derive(map, ['template'], path);
    if (/pod(?:template)?spec$/i.test(String(path.at(-1))) && hasContainers(map)) {
      return derive({ spec: map }, ['template', 'spec'], path);
    }
    for (const key of Object.keys(map)) visit(map[key], [...path, key]);
  };
  visit(object, []);
  return found;
}

function hasContainers({ containers }: JsonObject): boolean {
  return Array.isArray(containers) && containers.length > 0 && containers.every(isContainer);
}

function isContainer(value: unknown): boolean {
  if (!isObject(value) || typeof value.image !== 'string') return false;
  // Knative names a container that has none.
  return value.name === undefined || typeof value.name === 'string';
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
