import { derived, type Derived, type DerivedItem } from './derived.ts';
import { type Entry, folderOf, type Inventory } from './inventory.ts';
import type { Path } from '../model/object.ts';
import { isMap, itemsOf, textOf } from './shape.ts';

/**
 * What objects of the input have in common that one of them should have alone: one `Duplicates` object for each Service,
 * Ingress and autoscaler, and for each object that stands in its file before. `shared` lists what an earlier object has already.
 */
export function* duplicates(inventory: Inventory): Generator<Derived> {
  const firstByFile = new Map<string, Entry>();
  const firstOf = new Map<string, { entry: Entry; at: Path }>();
  const rolled = rolledServices(inventory);
  for (const entry of inventory.entries) {
    const { group, kind, namespace, name } = entry.extract;
    const shared: DerivedItem[] = [];
    const whole = `${entry.file}\0${group}/${kind}/${namespace}/${name}`;
    // Other files may be for other clusters; in one file the later object replaces the earlier one.
    if (name !== '' && firstByFile.has(whole)) {
      shared.push({ at: ['metadata', 'name'], fields: { what: 'object', value: name, with: nameOf(entry) } });
    } else firstByFile.set(whole, entry);
    const claims = rolled.has(`${namespace}/${name}`) && kind === 'Service' ? [] : claimsOf(entry, inventory);
    for (const { key, what, value, at } of claims) {
      const first = firstOf.get(key);
      if (first === undefined) firstOf.set(key, { entry, at });
      else if (isOther(first.entry, entry))
        shared.push({ at, fields: { what, value, with: nameOf(first.entry) } });
    }
    if (claims.length > 0 || shared.length > 0) yield derived(entry, 'Duplicates', {}, { shared });
  }
}

/** By `namespace/name`: the Services that an Argo Rollout tells apart itself. */
function rolledServices(inventory: Inventory): ReadonlySet<string> {
  return new Set(
    inventory.ofKind('argoproj.io', 'Rollout').flatMap((rollout) => {
      const { fields, namespace } = inventory.full(rollout);
      return itemsOf(fields['services']).map((service) => `${namespace}/${textOf(service)}`);
    }),
  );
}

interface Claim {
  /** What no two objects should have. */
  readonly key: string;
  readonly what: 'ingress-path' | 'scale-target' | 'service-selector';
  readonly value: string;
  readonly at: Path;
}

function claimsOf(entry: Entry, inventory: Inventory): Claim[] {
  const { group, kind } = entry.extract;
  if (kind === 'Service' && group === '') {
    const whole = inventory.full(entry);
    const [selector] = whole.selectors;
    if (selector === undefined) return [];
    const labels = Object.entries((selector.selector['matchLabels'] ?? {}) as Record<string, string>)
      .map(([key, value]) => `${key}=${value}`)
      .sort()
      .join(',');
    // A headless Service beside one with an address is how StatefulSets are made; two ports are told apart too.
    const isHeadless = whole.fields['spec.clusterIP'] === 'None';
    const ports = itemsOf(whole.fields['spec.ports'])
      .filter(isMap)
      .map(({ port, protocol }) => `${String(port)}/${textOf(protocol) || 'TCP'}`)
      .sort()
      .join(',');
    const type = textOf(whole.fields['spec.type']) || 'ClusterIP';
    const key = `service\0${placeOf(entry)}\0${isHeadless}\0${type}\0${ports}\0${labels}`;
    return [{ key, what: 'service-selector', value: labels, at: selector.path }];
  }
  if (kind === 'HorizontalPodAutoscaler' || kind === 'VerticalPodAutoscaler') {
    return inventory.full(entry).references.map((target): Claim => {
      const value = `${target.kind} ${target.name}`;
      const key = `${group}/${kind}\0${placeOf(entry)}\0${target.group}/${value}`;
      return { key, what: 'scale-target', value, at: target.path };
    });
  }
  if (kind !== 'Ingress' || group !== 'networking.k8s.io') return [];
  const { fields } = inventory.full(entry);
  const ingressClass = textOf(fields['class']);
  return itemsOf(fields['routes'])
    .filter(isMap)
    .map((route): Claim => {
      const host = textOf(route['host']);
      const path = textOf(route['path']) || '/';
      return {
        key: `ingress\0${ingressClass}\0${host}\0${path}`,
        what: 'ingress-path',
        value: `${host}${path}`,
        at: [...(route['at'] as Path)],
      };
    })
    .filter(({ value }) => !value.startsWith('/'));
}

/** The namespace; without one, the folder, for the files of another folder may be for another namespace. */
function placeOf({ extract: { namespace }, file }: Entry): string {
  return namespace === '' ? folderOf(file) : namespace;
}

/** Whether two objects are not versions of one. */
function isOther({ extract: a }: Entry, { extract: b }: Entry): boolean {
  return (
    a.kind !== b.kind ||
    a.name !== b.name ||
    (a.namespace !== b.namespace && a.namespace !== '' && b.namespace !== '')
  );
}

function nameOf({ extract: { kind, namespace, name } }: Entry): string {
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
}
