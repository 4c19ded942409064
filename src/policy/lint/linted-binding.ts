import type { CompiledBinding } from '../policy.ts';
import type { AnyPolicy, Surroundings } from './linted-policy.ts';

/** A binding with its policy. */
export class LintedBinding {
  readonly binding: CompiledBinding;
  /** Undefined where it is not in the input. */
  readonly policy: AnyPolicy | undefined;
  readonly surroundings: Surroundings;

  constructor(binding: CompiledBinding, surroundings: Surroundings) {
    this.binding = binding;
    this.policy = surroundings.policies.find(({ name }) => name === binding.definition.policyName);
    this.surroundings = surroundings;
  }
}
