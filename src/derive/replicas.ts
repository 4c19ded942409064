import type { Json, JsonObject } from '../model/object.ts';
import type { Extract } from './extract.ts';
import { type Entry, type Inventory, mayBeSame } from './inventory.ts';
import { numberOf, textOf } from './shape.ts';

/** Kinds that make as many pods as `spec.replicas` says, by default one. */
const replicated = new Set(['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController', 'Rollout']);

/** The autoscalers of an input by `Kind/name` of what they scale, gathered once. */
const scalersOf = new WeakMap<Inventory, ReadonlyMap<string, readonly Extract[]>>();

function gatherScalers(inventory: Inventory): ReadonlyMap<string, readonly Extract[]> {
  const gathered = new Map<string, Extract[]>();
  const entries = [
    ...inventory.ofKind('autoscaling', 'HorizontalPodAutoscaler'),
    ...inventory.ofKind('keda.sh', 'ScaledObject'),
  ];
  for (const entry of entries) {
    const scaler = inventory.full(entry);
    for (const { kind, name } of scaler.references) {
      const known = gathered.get(`${kind}/${name}`);
      if (known === undefined) gathered.set(`${kind}/${name}`, [scaler]);
      else known.push(scaler);
    }
  }
  return gathered;
}

/** The autoscalers of the input that may scale a workload. */
export function autoscalersOf({ extract }: Entry, inventory: Inventory): readonly Extract[] {
  let gathered = scalersOf.get(inventory);
  if (gathered === undefined) scalersOf.set(inventory, (gathered = gatherScalers(inventory)));
  const scalers = gathered.get(`${extract.kind}/${extract.name}`) ?? [];
  return scalers.filter(({ namespace }) => mayBeSame(namespace, extract.namespace));
}

/**
 * The least number of pods that workloads run together, as far as their files and autoscalers say; undefined where one of
 * them does not say it.
 */
export function expectedPods(workloads: readonly Entry[], inventory: Inventory): number | undefined {
  let sum = 0;
  for (const workload of new Set(workloads)) {
    if (!replicated.has(workload.extract.kind)) return undefined;
    const [scaler] = autoscalersOf(workload, inventory);
    const written = numberOf(workload.extract.fields['spec.replicas']);
    if (scaler !== undefined && scaler.kind !== 'HorizontalPodAutoscaler') return undefined;
    sum += scaler === undefined ? (written ?? 1) : (numberOf(scaler.fields['spec.minReplicas']) ?? 1);
  }
  return sum;
}

/**
 * How many of `expected` healthy pods a PodDisruptionBudget lets go at once. Shares are rounded up, both of them
 * (pkg/controller/disruption/disruption.go, getExpectedPodCount).
 */
export function mostUnavailable(fields: JsonObject, expected: number): number {
  const unavailable = countOf(fields['spec.maxUnavailable'], expected);
  if (unavailable !== undefined) return Math.min(expected, unavailable);
  const available = countOf(fields['spec.minAvailable'], expected);
  return available === undefined ? expected : Math.max(0, expected - available);
}

/** A number, or a share of `of` such as `50%`. */
function countOf(value: Json | undefined, of: number): number | undefined {
  if (typeof value === 'number') return value;
  const share = /^(\d{1,3})%$/.exec(textOf(value))?.[1];
  return share === undefined ? undefined : Math.ceil((Number(share) * of) / 100);
}
