import type { Json, JsonObject } from '../../model/object.ts';

/** Somebody who may use a PodSecurityPolicy. */
export interface Grant {
  readonly policy: string;
  /** `User alice`, `Group system:serviceaccounts`, `ServiceAccount kube-system/default`. */
  readonly subject: Subject;
  /** For pods of this namespace; undefined for those of all. */
  readonly namespace: string | undefined;
  /** The API group that the role names. */
  readonly group: 'policy' | 'extensions';
}

/** Somebody who may use a policy. */
export interface Subject {
  readonly kind: 'User' | 'Group' | 'ServiceAccount';
  readonly name: string;
  /** Of a ServiceAccount. */
  readonly namespace: string;
}

/** What bindings say about the use of PodSecurityPolicies. */
export interface Grants {
  readonly grants: readonly Grant[];
  /** Bindings through which everything is allowed, the use of every policy too, as `ClusterRoleBinding admins`. */
  readonly wildcards: readonly string[];
  /** Bindings whose role is not among the objects. */
  readonly dangling: readonly string[];
}

/** Finds in Roles and bindings who may `use` which of the policies, and for pods of which namespaces. */
export function grantsOf(objects: readonly JsonObject[], policies: readonly string[]): Grants {
  const roles = new Map<string, JsonObject>();
  for (const object of objects) {
    if (isRbac(object) && (object['kind'] === 'Role' || object['kind'] === 'ClusterRole')) {
      roles.set(roleKey(object['kind'], namespaceOf(object), nameOf(object)), object);
    }
  }
  const grants: Grant[] = [];
  const wildcards: string[] = [];
  const dangling: string[] = [];
  for (const binding of objects) {
    const kind = binding['kind'];
    if (!isRbac(binding) || (kind !== 'RoleBinding' && kind !== 'ClusterRoleBinding')) continue;
    const namespace = kind === 'RoleBinding' ? namespaceOf(binding) : undefined;
    const label = `${kind} ${namespace === undefined ? '' : `${namespace}/`}${nameOf(binding)}`;
    const ref = mapOf(binding['roleRef']);
    const role = roles.get(roleKey(ref['kind'], namespace ?? '', String(ref['name'])));
    if (role === undefined) {
      dangling.push(label);
      continue;
    }
    const subjects = listOf(binding['subjects']).flatMap((one) => subjectOf(one, namespace ?? ''));
    for (const rule of listOf(role['rules']).map(mapOf)) {
      const use = usesOf(rule, policies);
      if (use.isWildcard) wildcards.push(label);
      for (const policy of use.policies) {
        for (const subject of subjects) {
          for (const group of use.groups) grants.push({ policy, subject, namespace, group });
        }
      }
    }
  }
  return { grants, wildcards: [...new Set(wildcards)], dangling };
}

/** Which policies a rule lets its subjects use. */
function usesOf(
  rule: JsonObject,
  policies: readonly string[],
): { policies: readonly string[]; groups: readonly Grant['group'][]; isWildcard: boolean } {
  const none = { policies: [], groups: [], isWildcard: false };
  const texts = (key: string): string[] => listOf(rule[key]).filter((one) => typeof one === 'string');
  const verbs = texts('verbs');
  const apiGroups = texts('apiGroups');
  const resources = texts('resources');
  const names = texts('resourceNames');
  if (!verbs.includes('use') && !verbs.includes('*')) return none;
  const groups = (['policy', 'extensions'] as const).filter(
    (group) => apiGroups.includes(group) || apiGroups.includes('*'),
  );
  if (groups.length === 0) return none;
  if (!resources.includes('podsecuritypolicies')) return { ...none, isWildcard: resources.includes('*') };
  const used = policies.filter((policy) => names.length === 0 || names.includes(policy));
  // Both groups were asked for; one is enough.
  return { policies: used, groups: groups.slice(0, 1), isWildcard: false };
}

function subjectOf(value: Json, bindingNamespace: string): Subject[] {
  const { kind, name, namespace } = mapOf(value);
  if (typeof name !== 'string' || (kind !== 'User' && kind !== 'Group' && kind !== 'ServiceAccount'))
    return [];
  const own = typeof namespace === 'string' ? namespace : bindingNamespace;
  return [{ kind, name, namespace: kind === 'ServiceAccount' ? own : '' }];
}

/** Where the namespace of the controllers is: what they may use, they use for pods of every namespace. */
const controllersNamespace = 'kube-system';

/**
 * Whether somebody's grant may be what lets a pod into a namespace: as its ServiceAccount, as a person, or as a controller
 * that makes pods of others.
 */
export function reaches({ namespace, subject }: Grant, target: string): boolean {
  if (namespace !== undefined) return namespace === target;
  const group = /^system:serviceaccounts:(.+)$/.exec(subject.kind === 'Group' ? subject.name : '')?.[1];
  const user = /^system:serviceaccount:([^:]+):/.exec(subject.kind === 'User' ? subject.name : '')?.[1];
  const own = subject.kind === 'ServiceAccount' ? subject.namespace : (group ?? user);
  return own === undefined || own === target || own === controllersNamespace;
}

/** The namespaces that grants name. */
export function namespacesOf(grants: readonly Grant[]): string[] {
  return grants.flatMap(({ namespace, subject }) => [
    ...(namespace === undefined ? [] : [namespace]),
    ...(subject.kind === 'ServiceAccount' && subject.namespace !== '' ? [subject.namespace] : []),
  ]);
}

function isRbac({ apiVersion }: JsonObject): boolean {
  return typeof apiVersion === 'string' && apiVersion.startsWith('rbac.authorization.k8s.io/');
}

const roleKey = (kind: Json | undefined, namespace: string, name: string): string =>
  kind === 'ClusterRole' ? `ClusterRole ${name}` : `Role ${namespace}/${name}`;

const nameOf = (object: JsonObject): string => String(mapOf(object['metadata'])['name'] ?? '');
const namespaceOf = (object: JsonObject): string =>
  String(mapOf(object['metadata'])['namespace'] ?? 'default');

function mapOf(value: Json | undefined): JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : {};
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}
