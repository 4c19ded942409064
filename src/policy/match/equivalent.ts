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

/** The other served versions of a built-in resource; empty for nearly all. */
export function equivalentResources(
  resource: GroupVersionResource,
  kind: GroupVersionKind,
): readonly EquivalentResource[] {
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
