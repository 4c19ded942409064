import type { JsonObject } from '../model/object.ts';
import type { PodFact } from './extract.ts';
import type { Entry, Inventory } from './inventory.ts';
import { itemsOf, mapOf } from './shape.ts';

/** A direction of traffic, seen from the pod. */
export type Direction = 'ingress' | 'egress';

/** Which pods the network policies of the input close, so that only what a policy allows gets through. */
export class NetworkCover {
  private readonly namespaces: Record<Direction, Set<string>> = { ingress: new Set(), egress: new Set() };
  private readonly pods: Record<Direction, Set<PodFact>> = { ingress: new Set(), egress: new Set() };

  constructor(inventory: Inventory) {
    for (const entry of policiesOf(inventory)) this.add(entry, inventory);
  }

  /** Whether a policy of the input closes the pod in a direction. */
  closes(direction: Direction, namespace: string, pod: PodFact): boolean {
    if (this.pods[direction].has(pod)) return true;
    const closed = this.namespaces[direction];
    // A pod without a namespace may be applied to any of them.
    return (
      closed.has(namespace) || closed.has('') || closed.has('*') || (namespace === '' && closed.size > 0)
    );
  }

  private add(entry: Entry, inventory: Inventory): void {
    const { namespace, selectors, kind } = inventory.full(entry);
    for (const direction of ['ingress', 'egress'] as const) {
      if (!closesDirection(inventory.full(entry), direction)) continue;
      for (const fact of selectors.filter(({ role }) => role === 'subject')) {
        if (isEmpty(fact.selector))
          this.namespaces[direction].add(kind === 'CiliumClusterwideNetworkPolicy' ? '*' : namespace);
        else for (const { pod } of inventory.selectPods(fact, namespace)) this.pods[direction].add(pod);
      }
    }
  }
}

/** The network policies of the input: those of Kubernetes and of Cilium. */
export function policiesOf(inventory: Inventory): readonly Entry[] {
  return [
    ...inventory.ofKind('networking.k8s.io', 'NetworkPolicy'),
    ...inventory.ofKind('cilium.io', 'CiliumNetworkPolicy'),
    ...inventory.ofKind('cilium.io', 'CiliumClusterwideNetworkPolicy'),
  ];
}

/**
 * Whether a policy closes a direction of the pods it is about. A NetworkPolicy that does not say is about ingress, and about
 * egress if it has egress rules (pkg/apis/networking/v1/defaults.go); a Cilium policy is about what it has a section for,
 * unless enableDefaultDeny takes that back.
 */
export function closesDirection(
  { kind, fields }: { readonly kind: string; readonly fields: JsonObject },
  direction: Direction,
): boolean {
  if (kind !== 'NetworkPolicy') {
    const has = fields[direction === 'ingress' ? 'closesIngress' : 'closesEgress'] === true;
    return has && mapOf(fields['spec.enableDefaultDeny'])[direction] !== false;
  }
  const types = itemsOf(fields['spec.policyTypes']);
  if (types.length > 0) return types.includes(direction === 'ingress' ? 'Ingress' : 'Egress');
  return direction === 'ingress' || Number(fields['egress']) > 0;
}

/** Whether a policy allows nothing in a direction it closes: a NetworkPolicy without rules. */
export function deniesAll(
  whole: { readonly kind: string; readonly fields: JsonObject },
  direction: Direction,
): boolean {
  return whole.kind === 'NetworkPolicy' && closesDirection(whole, direction) && whole.fields[direction] === 0;
}

/** Whether a selector asks for nothing. */
export function isEmpty(selector: JsonObject): boolean {
  const { matchLabels, matchExpressions } = selector;
  return Object.keys(mapOf(matchLabels)).length === 0 && itemsOf(matchExpressions).length === 0;
}
