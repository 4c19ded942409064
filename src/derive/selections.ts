import type { Json } from '../model/object.ts';
import { child } from '../model/path.ts';
import { derived, type Derived, type DerivedItem, reading, type Reading } from './derived.ts';
import type { Extract } from './extract.ts';
import type { Entry, Inventory, PodEntry } from './inventory.ts';
import { expectedPods, mostUnavailable } from './replicas.ts';
import type { SelectorFact } from './selector-fields.ts';
import { isMap, itemsOf, textOf } from './shape.ts';

/**
 * What selectors select: one `Selections` object for each Service, NetworkPolicy, PodDisruptionBudget, ServiceMonitor,
 * PodMonitor and Cilium policy that has a selector, with what is asked of the pods it selects.
 */
export function* selections(inventory: Inventory): Generator<Derived> {
  for (const entry of inventory.entries) {
    if (!entry.isPartial && entry.extract.selectors.length === 0) continue;
    const whole = inventory.full(entry);
    if (whole.selectors.length === 0) continue;
    const selected = whole.selectors.map((fact) => ({ fact, pods: podsOf(fact, whole, inventory) }));
    const subjects = selected.flatMap(({ fact, pods }) => (fact.role === 'subject' ? pods : []));
    const lists = {
      selectors: selected.map(({ fact, pods }) => selectorItem(fact, pods, whole, inventory)),
      ports: portItems(whole, subjects),
    };
    yield derived(entry, 'Selections', fieldsOf(whole, subjects, inventory), lists);
  }
}

function podsOf(fact: SelectorFact, whole: Extract, inventory: Inventory): readonly PodEntry[] {
  return fact.among === 'pods' ? inventory.selectPods(fact, whole.namespace) : [];
}

function selectorItem(
  fact: SelectorFact,
  pods: readonly PodEntry[],
  whole: Extract,
  inventory: Inventory,
): DerivedItem {
  const count =
    fact.among === 'pods'
      ? pods.length
      : fact.among === 'namespaces'
        ? inventory.selectNamespaces(fact.selector).length
        : servicesOf(fact, whole, inventory);
  const isCertain = isCertainAbout(fact, whole, inventory);
  return {
    at: fact.path,
    fields: {
      role: fact.role,
      among: fact.among,
      selected: reading(count, count > 0 || isCertain ? count : 1),
      everything: selectsEverything(fact),
    },
  };
}

/** Whether nothing else than what was counted can be selected. */
function isCertainAbout(fact: SelectorFact, whole: Extract, inventory: Inventory): boolean {
  if (inventory.given === 'cluster') return true;
  const among = fact.among === 'namespaces' ? undefined : inventory.namespacesOf(fact, whole.namespace);
  // Other namespaces than those of the input may be selected as well.
  if (among === undefined || fact.namespaces !== 'own') return false;
  const kind = fact.among === 'services' ? 'Service' : 'Pod';
  return among.every((namespace) => inventory.isCertain('', kind, namespace));
}

function servicesOf(fact: SelectorFact, whole: Extract, inventory: Inventory): number {
  const selects = inventory.selector(fact.selector);
  const among = inventory.namespacesOf(fact, whole.namespace);
  return inventory
    .ofKind('', 'Service')
    .filter(
      ({ extract: { namespace, labels } }) =>
        (among === undefined || namespace === '' || among.includes(namespace) || among.includes('')) &&
        selects(labels),
    ).length;
}

function selectsEverything({ selector }: SelectorFact): boolean {
  return Object.values(selector).every((part) =>
    isMap(part) ? Object.keys(part).length === 0 : itemsOf(part).length === 0,
  );
}

/** The ports of a Service that name a port of its pods; a number needs no declaration. */
function portItems({ group, kind, fields }: Extract, pods: readonly PodEntry[]): DerivedItem[] {
  if (group !== '' || kind !== 'Service') return [];
  return itemsOf(fields['spec.ports']).flatMap((port, i): DerivedItem[] => {
    const target = textOf(child(port, 'targetPort'));
    if (target === '') return [];
    const isFound = pods.length === 0 || pods.some(({ pod }) => pod.ports.includes(target));
    return [{ at: ['spec', 'ports', i, 'targetPort'], fields: { targetPort: target, found: isFound } }];
  });
}

/** How many names of images are told. */
const mostImages = 20;

function fieldsOf(
  whole: Extract,
  pods: readonly PodEntry[],
  inventory: Inventory,
): Readonly<Record<string, Json | Reading>> {
  const { group, kind, fields } = whole;
  if (group === '' && kind === 'Service') {
    const images = [...new Set(pods.flatMap(({ pod }) => pod.images))].slice(0, mostImages);
    return { type: textOf(fields['spec.type']) || 'ClusterIP', images };
  }
  if (kind !== 'PodDisruptionBudget') return {};
  const expected = expectedPods(
    pods.map(({ entry }): Entry => entry),
    inventory,
  );
  if (expected === undefined) return {};
  return { pods: expected, evictable: mostUnavailable(fields, expected) };
}
