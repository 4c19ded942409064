import type { CompiledBinding, CompiledExpression, CompiledPolicy } from '../policy.ts';
import type { MutatingPolicyDefinition } from './definition.ts';

/** A mutation compiled for all requests. */
export interface CompiledMutation extends CompiledExpression {
  readonly patchType: 'ApplyConfiguration' | 'JSONPatch';
}

/** A MutatingAdmissionPolicy ready to mutate. Made by `PolicyCompiler.compileMutatingPolicy`. */
export interface CompiledMutatingPolicy extends CompiledPolicy {
  readonly definition: MutatingPolicyDefinition;
  /** In order; those whose patch type and expression do not fit each other are left out. */
  readonly mutations: readonly CompiledMutation[];
}

/** A mutating policy with one of its bindings; without one it counts as bound to everything. */
export interface BoundMutation {
  readonly policy: CompiledMutatingPolicy;
  readonly binding: CompiledBinding | undefined;
}
