import type { EquivalentResource, GroupVersionKind, GroupVersionResource } from '../request.ts';

/**
 * Built-in resources that a default API server of 1.30 or later serves in two versions or groups, which is where
 * matchPolicy Equivalent makes a difference.
 *
 * Source: kubernetes `pkg/kubeapiserver/default_storage_factory_builder.go` (cohabitation) and the served versions.
 */
const served: readonly (readonly { readonly group: string; readonly version: string }[])[] = [
  [
    { group: 'autoscaling', version: 'v1' },
    { group: 'autoscaling', version: 'v2' },
  ],
  [
    { group: '', version: 'v1' },
    { group: 'events.k8s.io', version: 'v1' },
  ],
];

const tables: Readonly<Record<string, (typeof served)[number] | undefined>> = {
  horizontalpodautoscalers: served[0],
  events: served[1],
};

/** The API groups of Kubernetes itself, whose served versions are known. */
const builtInGroups = new Set([
  '',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'apps',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'extensions',
  'flowcontrol.apiserver.k8s.io',
  'networking.k8s.io',
  'node.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'resource.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
]);

/**
 * The other served versions of a resource: for nearly all built-in ones none; undefined for custom resources, whose
 * definition alone says.
 */
export function equivalentResources(
  resource: GroupVersionResource,
  kind: GroupVersionKind,
): readonly EquivalentResource[] | undefined {
  if (!builtInGroups.has(resource.group)) return undefined;
  const versions = Object.hasOwn(tables, resource.resource) ? tables[resource.resource] : undefined;
  if (versions === undefined) return [];
  if (!versions.some((own) => own.group === resource.group && own.version === resource.version)) return [];
  return versions
    .filter((other) => other.group !== resource.group || other.version !== resource.version)
    .map((other) => ({
      resource: { ...other, resource: resource.resource },
      kind: { ...other, kind: kind.kind },
    }));
}
