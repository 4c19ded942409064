import { derived, type Derived, reading } from './derived.ts';
import { type Entry, type Inventory, mayBeSame } from './inventory.ts';
import type { JsonObject } from '../model/object.ts';

const rbac = 'rbac.authorization.k8s.io';

/** Who uses each ServiceAccount of the input and what is bound to it: one `ServiceAccountUse` object for each. */
export function* serviceAccounts(inventory: Inventory): Generator<Derived> {
  const users = new Map<string, string[]>();
  for (const { entry, pod } of inventory.pods) {
    const of = users.get(pod.serviceAccount);
    if (of === undefined) users.set(pod.serviceAccount, [entry.extract.namespace]);
    else of.push(entry.extract.namespace);
  }
  const bound = boundRoles(inventory);
  for (const entry of inventory.ofKind('', 'ServiceAccount')) {
    const { name, namespace } = entry.extract;
    const used = (users.get(name) ?? []).filter((one) => mayBeSame(one, namespace)).length;
    const roles = (bound.get(name) ?? []).filter((one) => mayBeSame(one.namespace, namespace));
    yield derived(entry, 'ServiceAccountUse', {
      pods: reading(used, used > 0 || inventory.isCertain('', 'Pod', namespace) ? used : 1),
      roles: distinct(roles.map(({ role }) => role)),
    });
  }
}

/** Several bindings may give the same role. */
function distinct(roles: readonly JsonObject[]): JsonObject[] {
  const byName = new Map(roles.map((role) => [`${String(role['kind'])}/${String(role['name'])}`, role]));
  return [...byName.values()];
}

/** By name of the ServiceAccount: its namespace, and the role that a binding of the input gives it. */
function boundRoles(inventory: Inventory): ReadonlyMap<string, { namespace: string; role: JsonObject }[]> {
  const bound = new Map<string, { namespace: string; role: JsonObject }[]>();
  const bindings: readonly Entry[] = [
    ...inventory.ofKind(rbac, 'RoleBinding'),
    ...inventory.ofKind(rbac, 'ClusterRoleBinding'),
  ];
  for (const binding of bindings) {
    const { references, kind, name, namespace } = inventory.full(binding);
    const given = references.find(({ path }) => path[0] === 'roleRef');
    if (given === undefined) continue;
    const role = { kind: given.kind, name: given.name, binding: name, namespace };
    for (const subject of references) {
      if (subject.kind !== 'ServiceAccount') continue;
      const of = { namespace: subject.namespace ?? (kind === 'RoleBinding' ? namespace : ''), role };
      const known = bound.get(subject.name);
      if (known === undefined) bound.set(subject.name, [of]);
      else known.push(of);
    }
  }
  return bound;
}
