import { derived, type Derived, reading } from './derived.ts';
import type { PodFact } from './extract.ts';
import { type Entry, folderOf, type Inventory } from './inventory.ts';
import { type Direction, NetworkCover } from './network-cover.ts';
import { autoscalersOf, expectedPods } from './replicas.ts';
import type { Reading } from './derived.ts';
import type { Json } from '../model/object.ts';

/**
 * What stands around each workload: network policies, disruption budgets, autoscalers. One `WorkloadCover` object for each
 * object of the input that is a pod or has a template of one.
 */
export function* workloads(inventory: Inventory): Generator<Derived> {
  const cover = new NetworkCover(inventory);
  const budgets = budgetsByPod(inventory);
  for (const entry of inventory.entries) {
    const { kind, group, namespace, pods, fields } = entry.extract;
    if (pods.length === 0 || (kind === 'PodTemplate' && group === '')) continue;
    const isCertain = inventory.isCertain('networking.k8s.io', 'NetworkPolicy', namespace);
    const closed = (direction: Direction, pod: PodFact): Json | Reading => {
      const isClosed = cover.closes(direction, namespace, pod);
      return reading(isClosed, isClosed || !isCertain);
    };
    const isAutoscaled = autoscalersOf(entry, inventory).length > 0;
    const expected = expectedPods([entry], inventory);
    const hasBudget = pods.every((pod) => budgets.has(pod));
    yield derived(
      entry,
      'WorkloadCover',
      {
        replicas: expected ?? 0,
        replicasWritten: fields['spec.replicas'] !== undefined,
        autoscaled: isAutoscaled,
        disruptionBudget: reading(
          hasBudget,
          hasBudget || !inventory.isCertain('policy', 'PodDisruptionBudget', namespace),
        ),
      },
      {
        // Nothing else than the object itself says how many pods there are.
        sizes:
          expected === undefined || isAutoscaled
            ? []
            : [{ at: ['spec', 'replicas'], fields: { replicas: expected } }],
        pods: pods.map((pod) => ({
          at: pod.path,
          fields: {
            hostNetwork: pod.hostNetwork,
            ingressClosed: closed('ingress', pod),
            egressClosed: closed('egress', pod),
            disruptionBudgets: namesBeside(entry, budgets.get(pod)),
          },
        })),
      },
    );
  }
}

/** The PodDisruptionBudgets that may select each pod; pods that none selects are left out. */
function budgetsByPod(inventory: Inventory): ReadonlyMap<PodFact, readonly Entry[]> {
  const byPod = new Map<PodFact, Entry[]>();
  for (const budget of inventory.ofKind('policy', 'PodDisruptionBudget')) {
    for (const fact of inventory.full(budget).selectors) {
      for (const { pod } of inventory.selectPods(fact, budget.extract.namespace)) {
        const known = byPod.get(pod);
        if (known === undefined) byPod.set(pod, [budget]);
        else known.push(budget);
      }
    }
  }
  return byPod;
}

/** Most pods have none: it is one object. */
const none: readonly never[] = [];

/** Names of budgets in the workload's own namespace; without one, files of another folder may be for another one. */
function namesBeside({ extract, file }: Entry, budgets: readonly Entry[] | undefined): readonly string[] {
  if (budgets === undefined) return none;
  const beside = budgets.filter(
    (budget) =>
      budget.extract.namespace === extract.namespace &&
      (extract.namespace !== '' || folderOf(budget.file) === folderOf(file)),
  );
  return [...new Set(beside.map((budget) => budget.extract.name))].sort();
}
