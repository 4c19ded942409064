import type { Manifest } from '../../collect/manifests.ts';
import type { Problem } from '../../model/finding.ts';
import {
  bindMutations,
  type BoundMutation,
  type CompiledBinding,
  type CompiledMutatingPolicy,
  foreignPolicy,
  isPolicyApi,
  type PolicyCompiler,
} from '../../policy/index.ts';
import { manifestLocator } from '../manifest-locator.ts';

/** Mutating policies ready to run. */
export interface MutatingPolicies {
  /** In the order in which they run: policies by name, the bindings of each by name. */
  readonly bound: readonly BoundMutation[];
  /** How many policies there are, those included that cannot be used. */
  readonly policies: number;
  /** The manifests that are neither mutating policies nor bindings of such. */
  readonly others: readonly Manifest[];
  /** Errors are what an API server would refuse to store. */
  readonly problems: readonly Problem[];
}

/**
 * Picks mutating policies and their bindings out of manifests. What an API server would refuse to store is an error and
 * not used. A policy without a binding, which a cluster would not run, counts as bound to everything; a warning says so.
 * Of two with one name the second is an error.
 */
export function mutatingPolicies(manifests: readonly Manifest[], compiler: PolicyCompiler): MutatingPolicies {
  const problems: Problem[] = [];
  const policies = new Map<string, { policy: CompiledMutatingPolicy; manifest: Manifest }>();
  const bindings = new Map<string, { binding: CompiledBinding; manifest: Manifest }>();
  const others: Manifest[] = [];
  const names = new Set<string>();
  for (const manifest of manifests) {
    const locate = manifestLocator(manifest);
    if (isPolicyApi(manifest.value, 'MutatingAdmissionPolicy')) {
      names.add(manifest.reference.name);
      const { policy, problems: own } = compiler.compileMutatingPolicy(manifest.value, locate);
      problems.push(...own);
      if (policy === undefined || policy.refused || isKnown(policies, policy.name, manifest)) continue;
      policies.set(policy.name, { policy, manifest });
    } else if (isPolicyApi(manifest.value, 'MutatingAdmissionPolicyBinding')) {
      const { binding, problems: own } = compiler.compileMutatingBinding(manifest.value, locate);
      problems.push(...own);
      if (binding === undefined || binding.refused || isKnown(bindings, binding.name, manifest)) continue;
      bindings.set(binding.name, { binding, manifest });
    } else {
      others.push(manifest);
      const reason = foreignPolicy(manifest.value);
      if (reason !== undefined) problems.push({ ...locate(['kind']), severity: 'warning', reason });
    }
  }
  const { bound, unbound, dangling } = bindMutations(
    byName(policies).map(({ policy }) => policy),
    byName(bindings).map(({ binding }) => binding),
  );
  for (const { name } of unbound) {
    const reason = `policy "${name}" has no binding here, so no cluster would run it: it is run as bound to everything`;
    problems.push({
      ...manifestLocator(policies.get(name)!.manifest)(['metadata', 'name']),
      severity: 'warning',
      reason,
    });
  }
  for (const { name, definition } of dangling) {
    if (names.has(definition.policyName)) continue;
    const reason = `binding "${name}" names policy "${definition.policyName}", which is not among the policies`;
    const { manifest } = bindings.get(name)!;
    problems.push({ ...manifestLocator(manifest)(['spec', 'policyName']), severity: 'warning', reason });
  }
  return { bound, policies: names.size, others, problems };

  function isKnown(known: { has(name: string): boolean }, name: string, manifest: Manifest): boolean {
    if (!known.has(name)) return false;
    const reason = `there is a ${manifest.reference.kind} "${name}" already: a cluster keeps one`;
    problems.push({ ...manifestLocator(manifest)(['metadata', 'name']), severity: 'error', reason });
    return true;
  }
}

function byName<T>(named: ReadonlyMap<string, T>): T[] {
  return [...named].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}
