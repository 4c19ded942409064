import { groupBy } from '../../model/group-by.ts';
import type { CompiledBinding } from '../policy.ts';
import type { BoundMutation, CompiledMutatingPolicy } from './policy.ts';

/** Mutating policies with their bindings. */
export interface BoundMutations {
  /** Every policy with each of its bindings, in the order of the policies; those without any stand there unbound. */
  readonly bound: readonly BoundMutation[];
  /** Policies without a binding in the input: run as bound to everything. */
  readonly unbound: readonly CompiledMutatingPolicy[];
  /** Bindings whose policy is not in the input; they do nothing. */
  readonly dangling: readonly CompiledBinding[];
}

/** Pairs mutating policies with the bindings that name them. */
export function bindMutations(
  policies: readonly CompiledMutatingPolicy[],
  bindings: readonly CompiledBinding[],
): BoundMutations {
  const byPolicy = groupBy(bindings, ({ definition }) => definition.policyName);
  const names = new Set(policies.map(({ name }) => name));
  return {
    bound: policies.flatMap((policy): BoundMutation[] => {
      const own = byPolicy.get(policy.name) ?? [undefined];
      return own.map((binding) => ({ policy, binding }));
    }),
    unbound: policies.filter(({ name }) => !byPolicy.has(name)),
    dangling: bindings.filter(({ definition }) => !names.has(definition.policyName)),
  };
}
