import { groupBy } from '../model/group-by.ts';
import type { BoundPolicy, CompiledBinding, CompiledPolicy } from './policy.ts';

/** Policies with their bindings. */
export interface Bindings {
  /** Every policy with each of its bindings, in the order of the policies; those without any stand there unbound. */
  readonly bound: readonly BoundPolicy[];
  /** Policies without a binding in the input: judged as bound to everything with Deny. */
  readonly unbound: readonly CompiledPolicy[];
  /** Bindings whose policy is not in the input; they do nothing. */
  readonly dangling: readonly CompiledBinding[];
}

/** Pairs policies with the bindings that name them. */
export function bindPolicies(
  policies: readonly CompiledPolicy[],
  bindings: readonly CompiledBinding[],
): Bindings {
  const byPolicy = groupBy(bindings, ({ definition }) => definition.policyName);
  const names = new Set(policies.map(({ name }) => name));
  return {
    bound: policies.flatMap((policy): BoundPolicy[] => {
      const own = byPolicy.get(policy.name) ?? [undefined];
      return own.map((binding) => ({ policy, binding }));
    }),
    unbound: policies.filter(({ name }) => !byPolicy.has(name)),
    dangling: bindings.filter(({ definition }) => !names.has(definition.policyName)),
  };
}
