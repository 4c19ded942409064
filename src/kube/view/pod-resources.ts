/**
 * What a pod's resource requests and limits become and its quality of service class
 * (pkg/apis/core/v1/defaults.go, k8s.io/component-helpers/resource, pkg/apis/core/helper/qos).
 */
import { addQuantities, compareQuantities, parseQuantity, printQuantity } from '../quantity.ts';
import type { Quantity } from '../quantity.ts';
import { isEmpty } from './struct-defaults.ts';
import type { Fields } from './struct-defaults.ts';

type Quantities = Readonly<Record<string, string>>;

/** `target` with the entries of `source` that it does not have; neither is changed. */
export function fillMissing(
  target: Quantities | undefined,
  source: Quantities | undefined,
): Quantities | undefined {
  if (source === undefined) return target;
  if (target === undefined) return source;
  for (const key in source) {
    if (!Object.hasOwn(target, key)) return { ...source, ...target };
  }
  return target;
}

/** Resources that may be set for a whole pod. */
function isPodLevel(name: string): boolean {
  return name === 'cpu' || name === 'memory' || isHugePages(name);
}

function isHugePages(name: string): boolean {
  return name.startsWith('hugepages-');
}

/**
 * Fills spec.resources where it is partly written: huge page limits from the containers' limits, then requests from the
 * containers' requests, then from the pod's limits.
 */
export function defaultPodResources(spec: Fields): void {
  const { resources } = spec;
  if (resources === undefined) return;
  if (!isEmpty(resources.limits) || !isEmpty(resources.requests)) {
    const sums = aggregate(spec, 'limits');
    for (const name in sums) {
      if (!isHugePages(name) || name in (resources.requests ?? {}) || name in (resources.limits ?? {}))
        continue;
      resources.limits = { ...resources.limits, [name]: sums[name] };
    }
  }
  if (isEmpty(resources.limits)) return;
  const sums = aggregate(spec, 'requests');
  const requests: Record<string, string> = { ...resources.requests };
  for (const name in sums) {
    if (!isHugePages(name) && isPodLevel(name)) requests[name] ??= sums[name] ?? '0';
  }
  for (const name in resources.limits) {
    if (isPodLevel(name)) requests[name] ??= resources.limits[name];
  }
  if (Object.keys(requests).length > 0) resources.requests = requests;
}

/**
 * What all containers need at once: the sum of containers and restartable init containers, or what the largest init
 * container needs beside the restartable ones started before it.
 */
function aggregate(spec: Fields, which: 'requests' | 'limits'): Record<string, string> {
  const sums = new Map<string, Quantity>();
  const restartable = new Map<string, Quantity>();
  const initial = new Map<string, Quantity>();
  const add = (into: Map<string, Quantity>, from: Iterable<[string, Quantity]>): void => {
    for (const [name, quantity] of from) {
      const sum = into.get(name);
      into.set(name, sum === undefined ? quantity : addQuantities(sum, quantity));
    }
  };
  const largest = (into: Map<string, Quantity>, from: Iterable<[string, Quantity]>): void => {
    for (const [name, quantity] of from) {
      const known = into.get(name);
      if (known === undefined || compareQuantities(quantity, known) > 0) into.set(name, quantity);
    }
  };
  for (const container of spec.containers ?? []) add(sums, quantitiesOf(container.resources[which]));
  for (const container of spec.initContainers ?? []) {
    const needed = new Map(quantitiesOf(container.resources[which]));
    if (container.restartPolicy === 'Always') {
      add(sums, needed);
      add(restartable, needed);
      largest(initial, restartable);
    } else {
      add(needed, restartable);
      largest(initial, needed);
    }
  }
  largest(sums, initial);
  return Object.fromEntries([...sums].map(([name, quantity]) => [name, printQuantity(quantity)]));
}

function quantitiesOf(list: Quantities | undefined): [string, Quantity][] {
  return Object.entries(list ?? {}).map(([name, text]) => [name, parseQuantity(text)]);
}

/** BestEffort, Burstable or Guaranteed: from the pod's own resources if it has any, else from its containers'. */
export function qosClass(spec: Fields): 'BestEffort' | 'Burstable' | 'Guaranteed' {
  const holders: Fields[] =
    spec.resources === undefined
      ? [...(spec.containers ?? []), ...(spec.initContainers ?? [])].map((container) => container.resources)
      : [spec.resources];
  const requests = new Map<string, Quantity>();
  const limits = new Map<string, Quantity>();
  let guaranteed = true;
  for (const { requests: written, limits: limited } of holders) {
    addComputeResources(requests, written);
    const found = addComputeResources(limits, limited);
    if (spec.resources !== undefined && isEmpty(limited)) continue;
    if (found < 2) guaranteed = false;
  }
  if (requests.size === 0 && limits.size === 0) return 'BestEffort';
  if (!guaranteed || requests.size !== limits.size) return 'Burstable';
  for (const [name, request] of requests) {
    const limit = limits.get(name);
    if (limit === undefined || compareQuantities(limit, request) !== 0) return 'Burstable';
  }
  return 'Guaranteed';
}

/** Adds the positive cpu and memory amounts; says how many there were. */
function addComputeResources(into: Map<string, Quantity>, list: Quantities | undefined): number {
  if (list === undefined) return 0;
  let found = 0;
  for (const name of ['cpu', 'memory']) {
    const text = Object.hasOwn(list, name) ? list[name] : undefined;
    if (text === undefined) continue;
    const quantity = parseQuantity(text);
    if (quantity.mantissa <= 0n) continue;
    found++;
    const sum = into.get(name);
    into.set(name, sum === undefined ? quantity : addQuantities(sum, quantity));
  }
  return found;
}
