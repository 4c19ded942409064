import { builtInKind } from '../kube/kinds.ts';
import { derived, type Derived, type DerivedItem, reading } from './derived.ts';
import type { Entry, Inventory } from './inventory.ts';
import { child } from '../model/path.ts';
import type { Reference } from './reference-fields.ts';
import { isMap, itemsOf } from './shape.ts';

/**
 * What each object refers to, and whether it is there. One `References` object for each object of the input that names
 * others; an optional reference to what is absent is listed too.
 */
export function* references(inventory: Inventory): Generator<Derived> {
  for (const entry of inventory.entries) {
    if (!entry.isPartial && entry.extract.references.length === 0) continue;
    const { references: found } = inventory.full(entry);
    if (found.length === 0) continue;
    const items = found.map((one) => itemOf(one, entry, inventory));
    yield derived(entry, 'References', {}, { references: items });
  }
}

function itemOf(reference: Reference, entry: Entry, inventory: Inventory): DerivedItem {
  const { group, kind, name, key, port, isOptional, path } = reference;
  const namespace = isClusterScoped(group, kind) ? '' : (reference.namespace ?? entry.extract.namespace);
  const targets = inventory.find(group, kind, namespace, name);
  const existence = isVolumeClass(group, kind, name, inventory)
    ? 'yes'
    : inventory.exists(group, kind, namespace, name);
  const isFound = reading(existence === 'yes', existence !== 'no');
  // Of several objects that may be meant one that has it is enough.
  const hasKey = key === '' || targets.length === 0 || targets.some((one) => hasKeyOf(one, key, inventory));
  const hasPort =
    port === undefined || targets.length === 0 || targets.some((one) => hasPortOf(one, port, inventory));
  // Without a namespace of their own the two may be for different clusters, unless they lie together.
  const isSure = targets.some((one) => areTogether(one, entry, namespace));
  const isHeadless = targets.some(({ extract }) => extract.fields['spec.clusterIP'] === 'None');
  return {
    at: path,
    fields: {
      group,
      kind,
      namespace,
      name,
      optional: isOptional,
      found: isFound,
      key,
      keyFound: reading(hasKey, hasKey || !isSure),
      port: port === undefined ? '' : String(port),
      portFound: reading(hasPort, hasPort || !isSure),
      headless: targets.length === 0 || isHeadless,
    },
  };
}

/** Whether an object that is referred to is the one that is meant, and not one of the same name somewhere else. */
function areTogether(target: Entry, entry: Entry, namespace: string): boolean {
  return (
    (namespace !== '' && target.extract.namespace === namespace) ||
    folderOf(target.file) === folderOf(entry.file)
  );
}

function folderOf(file: string): string {
  return file.slice(0, Math.max(0, file.lastIndexOf('/')));
}

/** Whether a PersistentVolume of the input is of that class: a claim is bound to it without a StorageClass. */
function isVolumeClass(group: string, kind: string, name: string, inventory: Inventory): boolean {
  if (group !== 'storage.k8s.io' || kind !== 'StorageClass') return false;
  return inventory
    .ofKind('', 'PersistentVolume')
    .some(({ extract }) => extract.fields['spec.storageClassName'] === name);
}

/** One without any keys is a place for somebody to fill. */
function hasKeyOf(target: Entry, key: string, inventory: Inventory): boolean {
  const { keys = [] } = inventory.full(target);
  return keys.length === 0 || keys.includes(key);
}

/** Whether a Service has a port of that number or name. ExternalName Services stand for whatever is behind the name. */
function hasPortOf(target: Entry, port: number | string, inventory: Inventory): boolean {
  const { fields } = inventory.full(target);
  if (fields['spec.type'] === 'ExternalName') return true;
  return itemsOf(fields['spec.ports'])
    .filter(isMap)
    .some((one) => child(one, typeof port === 'number' ? 'port' : 'name') === port);
}

/** Custom kinds that are known to belong to no namespace. */
const clusterScoped = new Set(['gateway.networking.k8s.io/GatewayClass']);

const scopes = new Map<string, boolean>();

function isClusterScoped(group: string, kind: string): boolean {
  const id = `${group}/${kind}`;
  let known = scopes.get(id);
  if (known === undefined) {
    const builtIn = builtInKind(group === '' ? 'v1' : `${group}/v1`, kind);
    scopes.set(id, (known = clusterScoped.has(id) || builtIn?.namespaced === false));
  }
  return known;
}
