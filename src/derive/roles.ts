import { servedKinds } from '../kube/go-type.ts';
import { parseApiVersion } from '../kube/group-version.ts';
import type { Json, JsonObject } from '../model/object.ts';
import { createdAnyway } from './created-anyway.ts';
import { derived, type Derived, type DerivedItem, reading } from './derived.ts';
import { type Entry, type Inventory, mayBeSame } from './inventory.ts';
import { isMap, itemsOf, mapOf, textOf, textsOf } from './shape.ts';

const rbac = 'rbac.authorization.k8s.io';

/**
 * What each Role and ClusterRole of the input grants at all, and whether a binding of the input gives it to anybody: one
 * `RoleGrants` object for each. `boundBy` names the bindings, `builtIn` says that the API server makes the role itself,
 * `rules` lists its rules; `nothing` says that a rule grants nothing, and `why`.
 */
export function* roles(inventory: Inventory): Generator<Derived> {
  let known: KnownResources | undefined;
  const bound = boundRoles(inventory);
  for (const kind of ['Role', 'ClusterRole']) {
    for (const entry of inventory.ofKind(rbac, kind)) {
      const { name, namespace, fields } = inventory.full(entry);
      known ??= new KnownResources(inventory);
      const resources = known;
      const boundBy = (bound.get(`${kind}/${name}`) ?? [])
        .filter((one) => kind === 'ClusterRole' || mayBeSame(one.namespace, namespace))
        .map((one) => one.binding);
      const isBound = boundBy.length > 0 || (kind === 'ClusterRole' && isAggregated(fields, inventory));
      const isCertain = inventory.isCertain(rbac, 'RoleBinding', namespace);
      yield derived(
        entry,
        'RoleGrants',
        {
          bound: reading(isBound, isBound || !isCertain),
          boundBy,
          builtIn: isBuiltIn(name, namespace, fields),
        },
        {
          rules: itemsOf(fields['rules']).flatMap((rule, i) =>
            isMap(rule) ? [ruleItem(rule, i, kind, resources)] : [],
          ),
        },
      );
    }
  }
}

function ruleItem(rule: JsonObject, index: number, kind: string, known: KnownResources): DerivedItem {
  const closed = whyNothing(rule, kind, known, false);
  const open = known.isWhole ? closed : whyNothing(rule, kind, known, true);
  return {
    at: ['rules', index],
    fields: {
      nothing: reading(closed !== undefined, open !== undefined),
      why: open ?? closed ?? '',
    },
  };
}

/**
 * Why no request is ever allowed by a rule; undefined where one may be. `assume` takes groups that are neither built in nor
 * defined in the input for served ones, with every resource somebody may name.
 */
function whyNothing(
  rule: JsonObject,
  kind: string,
  known: KnownResources,
  assume: boolean,
): string | undefined {
  const verbs = textsOf(rule['verbs']);
  const groups = textsOf(rule['apiGroups']);
  const resources = textsOf(rule['resources']);
  const urls = textsOf(rule['nonResourceURLs']);
  if (verbs.length === 0) return 'it has no verbs';
  if (urls.length > 0) {
    return kind === 'Role' ? 'a Role cannot grant paths that are no resources' : undefined;
  }
  if (groups.length === 0 || resources.length === 0) return 'it has no resources or no apiGroups';
  let why: string | undefined;
  for (const group of groups) {
    for (const resource of resources) {
      const wrong = known.whyNothing(group, resource, verbs, kind === 'Role', assume);
      if (wrong === undefined) return whyNothingNamed(rule, resources, verbs);
      why ??= wrong;
    }
  }
  return why;
}

/** A request to create an object has no name that could be compared yet; one about a subresource has. */
function whyNothingNamed(
  rule: JsonObject,
  resources: readonly string[],
  verbs: readonly string[],
): string | undefined {
  const isNamed = textsOf(rule['resourceNames']).length > 0;
  const onlyCreates = verbs.every((verb) => verb === 'create' || verb === 'deletecollection');
  const isWhole = resources.every((resource) => resource !== '*' && !resource.includes('/'));
  return isNamed && onlyCreates && isWhole
    ? 'requests to create or to delete a collection have no name that resourceNames could allow'
    : undefined;
}

/** Resources that are asked for in authorization without being objects (pkg/registry/rbac/validation, impersonation, signers). */
const virtualResources: Readonly<Record<string, readonly string[]>> = {
  '': ['users', 'groups', 'componentstatuses', 'bindings', 'serviceaccounts'],
  'authentication.k8s.io': ['userextras', 'uids', 'associate-node'],
  'certificates.k8s.io': ['signers'],
};

/** What may be done with built-in resources beside reading and writing, and with which. */
const specialVerbs: Readonly<Record<string, readonly string[]>> = {
  bind: ['roles', 'clusterroles'],
  escalate: ['roles', 'clusterroles'],
  impersonate: ['users', 'groups', 'serviceaccounts', 'userextras', 'uids'],
  approve: ['signers'],
  sign: ['signers'],
  attest: ['signers'],
  use: [],
  proxy: ['pods', 'services', 'nodes'],
  redirect: [],
};

const ordinaryVerbs = new Set([
  'get',
  'list',
  'watch',
  'create',
  'update',
  'patch',
  'delete',
  'deletecollection',
  '*',
]);

/** Groups that Kubernetes served once and serves no more. */
const goneGroups = new Set(['extensions']);

/** The resources that requests can be about. */
class KnownResources {
  /** Whether the input is the whole cluster, its custom resources included. */
  readonly isWhole: boolean;
  /** By `group/resource`; the value says whether it belongs to a namespace. */
  private readonly resources = new Map<string, boolean>();
  private readonly builtInGroups = new Set<string>();
  private readonly definedGroups = new Set<string>();

  constructor(inventory: Inventory) {
    this.isWhole = inventory.given === 'cluster';
    for (const { apiVersion, plural, namespaced } of servedKinds().values()) {
      const { group } = parseApiVersion(apiVersion) ?? { group: '' };
      this.builtInGroups.add(group);
      this.resources.set(`${group}/${plural}`, namespaced);
    }
    for (const entry of inventory.ofKind('apiextensions.k8s.io', 'CustomResourceDefinition')) {
      const { fields } = inventory.full(entry);
      const group = textOf(fields['spec.group']);
      this.definedGroups.add(group);
      this.resources.set(
        `${group}/${textOf(fields['spec.names.plural'])}`,
        fields['spec.scope'] !== 'Cluster',
      );
    }
    for (const entry of inventory.ofKind('apiregistration.k8s.io', 'APIService')) {
      this.definedGroups.add(textOf(inventory.full(entry).fields['spec.group']));
    }
  }

  /** Why nothing can be done with a resource by these verbs; undefined where something can, or may. */
  whyNothing(
    group: string,
    written: string,
    verbs: readonly string[],
    isInNamespace: boolean,
    assume: boolean,
  ): string | undefined {
    const [resource = '', subresource] = written.split('/');
    if (group === '*' || resource === '*') return undefined;
    if (goneGroups.has(group)) return `the group "${group}" is not served any more`;
    if (!this.builtInGroups.has(group)) {
      // Only a cluster knows what its own groups hold, and its definitions may stand elsewhere.
      if (assume || this.definedGroups.has(group)) return undefined;
      return `nothing in this input serves the group "${group}"`;
    }
    const isVirtual = virtualResources[group]?.includes(resource) === true;
    const namespaced = this.resources.get(`${group}/${resource}`);
    if (namespaced === undefined && !isVirtual)
      return `there is no resource "${resource}" in the group "${group}"${this.elsewhere(resource)}`;
    if (isInNamespace && namespaced === false && !isVirtual && resource !== 'namespaces')
      return `"${resource}" belongs to no namespace, so only a ClusterRole bound by a ClusterRoleBinding grants it`;
    // What a subresource can do is its own affair.
    if (subresource !== undefined) return undefined;
    const isPossible = verbs.some(
      (verb) => ordinaryVerbs.has(verb) || specialVerbs[verb]?.includes(resource) === true,
    );
    return isPossible ? undefined : `no request about "${resource}" has the verb ${verbs.join(' or ')}`;
  }

  private elsewhere(resource: string): string {
    for (const key of this.resources.keys()) {
      const [group, plural] = key.split('/');
      if (plural === resource) return `; it is in "${group}"`;
    }
    return '';
  }
}

/** Whether every API server makes the role at its start and repairs it at every other; the label alone is anybody's to write. */
function isBuiltIn(name: string, namespace: string, fields: JsonObject): boolean {
  const kind = namespace === '' ? 'ClusterRole' : 'Role';
  const labels = mapOf(fields['metadata.labels']);
  return (
    labels['kubernetes.io/bootstrapping'] === 'rbac-defaults' && createdAnyway(rbac, kind, namespace, name)
  );
}

interface Binding {
  readonly namespace: string;
  /** Its kind and name, as people are told of it. */
  readonly binding: string;
}

/** By `Kind/name`: the bindings that refer to a role. */
function boundRoles(inventory: Inventory): ReadonlyMap<string, readonly Binding[]> {
  const bound = new Map<string, Binding[]>();
  const bindings: readonly Entry[] = [
    ...inventory.ofKind(rbac, 'RoleBinding'),
    ...inventory.ofKind(rbac, 'ClusterRoleBinding'),
  ];
  for (const binding of bindings) {
    const { references, namespace, kind: of, name: called } = inventory.full(binding);
    const found: Binding = { namespace, binding: `${of} ${called}` };
    for (const { path, kind, name } of references) {
      if (path[0] !== 'roleRef') continue;
      const known = bound.get(`${kind}/${name}`);
      if (known === undefined) bound.set(`${kind}/${name}`, [found]);
      else known.push(found);
    }
  }
  return bound;
}

/** Whether the rules of a ClusterRole flow into another one: of the input, or admin, edit and view of every cluster. */
function isAggregated(fields: JsonObject, inventory: Inventory): boolean {
  const labels = mapOf(fields['metadata.labels']) as Readonly<Record<string, string>>;
  if (Object.keys(labels).some((key) => key.startsWith('rbac.authorization.k8s.io/aggregate-to-')))
    return true;
  return inventory.ofKind(rbac, 'ClusterRole').some((entry) => {
    const selectors: readonly Json[] = itemsOf(
      mapOf(inventory.full(entry).fields['aggregationRule'])['clusterRoleSelectors'],
    );
    return selectors.some((one) => isMap(one) && inventory.selector(one)(labels));
  });
}
