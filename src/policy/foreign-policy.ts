import type { JsonObject } from '../model/object.ts';

/** Who else has policies in objects of a cluster, by API group. */
const owners: readonly (readonly [group: RegExp, owner: string, kinds: RegExp])[] = [
  [/^(?:policies\.)?kyverno\.io$/, 'Kyverno', /Policy$/],
  [/^templates\.gatekeeper\.sh$/, 'Gatekeeper', /^ConstraintTemplate$/],
  [/^constraints\.gatekeeper\.sh$/, 'Gatekeeper', /^/],
  [/^mutations\.gatekeeper\.sh$/, 'Gatekeeper', /^/],
  [/^policies\.kubewarden\.io$/, 'Kubewarden', /Policy(?:Group)?$/],
];

/**
 * What is to be said of an object that is a policy of another engine, which nothing here runs; undefined for every other
 * object. Such a policy never counts as one that was looked at.
 */
export function foreignPolicy({ apiVersion, kind }: JsonObject): string | undefined {
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return undefined;
  const group = apiVersion.split('/')[0]!;
  const owner = owners.find(([of, , kinds]) => of.test(group) && kinds.test(kind))?.[1];
  if (owner === undefined) return undefined;
  return `a ${kind} of ${owner} is not run here: only admission policies of Kubernetes are`;
}
