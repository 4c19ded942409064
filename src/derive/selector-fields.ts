import type { Json, JsonObject, Path } from '../model/object.ts';
import { child } from '../model/path.ts';
import { isMap, itemsOf, mapOf, textsOf } from './shape.ts';

/** A label selector of an object, and among what it selects. */
export interface SelectorFact {
  readonly path: Path;
  /** `subject`: what the object is about; `peer`: whom it lets talk to that. */
  readonly role: 'subject' | 'peer';
  readonly among: 'pods' | 'services' | 'namespaces';
  /** A metav1.LabelSelector. */
  readonly selector: JsonObject;
  /** The namespaces looked into: the object's own, all, these, or those that a label selector selects. */
  readonly namespaces: 'own' | 'all' | readonly string[] | JsonObject;
}

/** The selectors of the kinds that have one (`group/kind`); an object of another kind has none. */
export function readSelectors(value: JsonObject, id: string): readonly SelectorFact[] {
  const spec = mapOf(value['spec']);
  switch (id) {
    case '/Service': {
      // ExternalName Services have a name and no pods, whatever is written beside it.
      const labels = mapOf(spec['selector']);
      if (spec['type'] === 'ExternalName' || Object.keys(labels).length === 0) return [];
      return [subject(['spec', 'selector'], 'pods', { matchLabels: labels })];
    }
    case 'networking.k8s.io/NetworkPolicy':
      return networkPolicy(spec);
    case 'policy/PodDisruptionBudget':
      return isMap(spec['selector']) ? [subject(['spec', 'selector'], 'pods', spec['selector'])] : [];
    case 'monitoring.coreos.com/ServiceMonitor':
      return monitor(spec, 'services');
    case 'monitoring.coreos.com/PodMonitor':
      return monitor(spec, 'pods');
    case 'cilium.io/CiliumNetworkPolicy':
    case 'cilium.io/CiliumClusterwideNetworkPolicy': {
      const namespaces = id.endsWith('/CiliumNetworkPolicy') ? 'own' : 'all';
      const several = itemsOf(value['specs']);
      return [
        ...cilium(spec, ['spec'], namespaces),
        ...several.flatMap((one, i) => cilium(mapOf(one), ['specs', i], namespaces)),
      ];
    }
    default:
      return none;
  }
}

const none: readonly SelectorFact[] = [];

function subject(
  path: Path,
  among: SelectorFact['among'],
  selector: JsonObject,
  namespaces: SelectorFact['namespaces'] = 'own',
): SelectorFact {
  return { path, role: 'subject', among, selector, namespaces };
}

function networkPolicy(spec: JsonObject): SelectorFact[] {
  const found = [subject(['spec', 'podSelector'], 'pods', mapOf(spec['podSelector']))];
  for (const [direction, side] of [
    ['ingress', 'from'],
    ['egress', 'to'],
  ] as const) {
    for (const [i, rule] of itemsOf(spec[direction]).entries()) {
      for (const [j, peer] of itemsOf(child(rule, side)).entries()) {
        found.push(...peerSelectors(peer, ['spec', direction, i, side, j]));
      }
    }
  }
  return found;
}

/** A peer names pods of the own namespace, all pods of some namespaces, or some pods of some namespaces. */
function peerSelectors(peer: Json, path: Path): SelectorFact[] {
  const namespaces = child(peer, 'namespaceSelector');
  const pods = child(peer, 'podSelector');
  const found: SelectorFact[] = [];
  if (isMap(namespaces)) {
    const at = [...path, 'namespaceSelector'];
    found.push({ path: at, role: 'peer', among: 'namespaces', selector: namespaces, namespaces: 'all' });
  }
  if (isMap(pods)) {
    const among = isMap(namespaces) ? namespaces : 'own';
    const at = [...path, 'podSelector'];
    found.push({ path: at, role: 'peer', among: 'pods', selector: pods, namespaces: among });
  }
  return found;
}

function monitor(spec: JsonObject, among: 'services' | 'pods'): SelectorFact[] {
  if (!isMap(spec['selector'])) return [];
  const { any, matchNames } = mapOf(spec['namespaceSelector']);
  const names = textsOf(matchNames);
  const namespaces = any === true ? 'all' : names.length > 0 ? names : 'own';
  return [subject(['spec', 'selector'], among, spec['selector'], namespaces)];
}

/** Cilium writes the origin of a label before it: `k8s:app`, `any:app`. Others than those of pods select nothing here. */
function cilium(spec: JsonObject, path: Path, namespaces: 'own' | 'all'): SelectorFact[] {
  const { endpointSelector } = spec;
  if (!isMap(endpointSelector)) return [];
  const plain = (key: string): string => key.replace(/^(?:k8s|any):/, '');
  const labels = Object.entries(mapOf(endpointSelector['matchLabels'])).map(([key, value]) => [
    plain(key),
    value,
  ]);
  const expressions = itemsOf(endpointSelector['matchExpressions']).map((one) => {
    const key = child(one, 'key');
    return typeof key === 'string' ? { ...(one as JsonObject), key: plain(key) } : one;
  });
  const selector = {
    matchLabels: Object.fromEntries(labels) as JsonObject,
    matchExpressions: expressions,
  };
  return [subject([...path, 'endpointSelector'], 'pods', selector, namespaces)];
}
