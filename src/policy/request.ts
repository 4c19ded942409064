import type { JsonObject } from '../model/object.ts';

/** What a request wants to do. */
export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

/** A kind in a version of a group; the group of core kinds is empty. */
export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** A resource in a version of a group: `{group: 'apps', version: 'v1', resource: 'deployments'}`. */
export interface GroupVersionResource {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
}

/** A version of the same resource that the server serves beside the requested one. */
export interface EquivalentResource {
  readonly resource: GroupVersionResource;
  readonly kind: GroupVersionKind;
}

/** Who makes a request. */
export interface UserInfo {
  readonly username: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/**
 * A request that policies judge. `undefined` always means "not known", never "absent".
 *
 * A scan of manifests makes CREATE requests of which only the object is known; an AdmissionReview fills in the rest.
 */
export interface AdmissionRequest {
  readonly operation: Operation;
  readonly kind: GroupVersionKind;
  readonly resource: GroupVersionResource;
  /** Empty for the resource itself. */
  readonly subresource: string;
  /** Undefined where the server generates it. */
  readonly name: string | undefined;
  /**
   * Empty for cluster-scoped resources; a Namespace's own name for Namespace objects, as in the server. Undefined where
   * the manifest leaves it to whoever applies it.
   */
  readonly namespace: string | undefined;
  /** Undefined for a custom resource whose definition is not known. */
  readonly scope: 'Cluster' | 'Namespaced' | undefined;
  /** In the server view; null for DELETE. */
  readonly object: JsonObject | null;
  /** In the server view; null for CREATE. */
  readonly oldObject: JsonObject | null;
  readonly userInfo?: UserInfo;
  /** Default false. */
  readonly dryRun?: boolean;
  /** The options object of the request; by default one of the operation's kind with nothing in it. */
  readonly options?: JsonObject;
  /**
   * The version in which `object` and `oldObject` are given, where that is not `kind`: a webhook is sent the version that
   * its rules name.
   */
  readonly objectKind?: GroupVersionKind;
  /** Other served versions of the resource, for matchPolicy Equivalent; default: what `equivalentResources` knows. */
  readonly equivalents?: readonly EquivalentResource[];
}

/** `apps/v1/deployments`, `v1/pods/status`: for people and as a key. */
export function formatResource({ group, version, resource }: GroupVersionResource, subresource = ''): string {
  const prefix = group === '' ? version : `${group}/${version}`;
  return `${prefix}/${resource}${subresource === '' ? '' : `/${subresource}`}`;
}
