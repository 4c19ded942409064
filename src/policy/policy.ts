import type { Program } from '../cel/index.ts';
import type { Path } from '../model/object.ts';
import type { AuditAnnotation, BindingDefinition, PolicyDefinition, Validation } from './definition.ts';
import type { ResourceMatcher } from './match/match-resources.ts';

/** An expression of a policy, compiled once for all requests. */
export interface CompiledExpression {
  readonly text: string;
  /** Where it stands in the policy's object: `['spec', 'validations', 0, 'expression']`. */
  readonly path: Path;
  /** Undefined where the expression does not compile. */
  readonly program: Program | undefined;
  /** What the server's compiler says against it; empty where it compiles. */
  readonly error: string;
}

/** A match condition. */
export interface CompiledCondition extends CompiledExpression {
  readonly name: string;
  /** Equal for equal conditions of any policies, as with variables; undefined where it reads the parameter. */
  readonly shared: number | undefined;
}

/** A variable; of two with one name only the second is ever read. */
export interface CompiledVariable extends CompiledExpression {
  readonly name: string;
  /**
   * Equal for variables of any policies that have the same value for the same request, so that it is computed once;
   * undefined where the value depends on the binding.
   */
  readonly shared: number | undefined;
}

/** A validation. */
export interface CompiledValidation extends CompiledExpression {
  readonly definition: Validation;
  /** Undefined where the validation has no messageExpression. */
  readonly messageExpression: CompiledExpression | undefined;
}

/** An audit annotation. */
export interface CompiledAuditAnnotation extends CompiledExpression {
  readonly definition: AuditAnnotation;
}

/** A ValidatingAdmissionPolicy ready to judge. Made by `PolicyCompiler`. */
export interface CompiledPolicy {
  readonly name: string;
  readonly definition: PolicyDefinition;
  /** Whether the API server would refuse to store the policy; it can be judged all the same. */
  readonly refused: boolean;
  readonly matcher: ResourceMatcher;
  readonly matchConditions: readonly CompiledCondition[];
  /** By name: the last definition of each. */
  readonly variables: ReadonlyMap<string, CompiledVariable>;
  /** The same in their order, which is that of `variablePrograms`. */
  readonly variableList: readonly CompiledVariable[];
  /** The variables' programs by name; of those that do not compile one that says so. */
  readonly variablePrograms: ReadonlyMap<string, Program>;
  /** What all message expressions together can cost at most; 0 where they are known to stay within the budget. */
  readonly messagesCostBound: number;
  readonly validations: readonly CompiledValidation[];
  readonly auditAnnotations: readonly CompiledAuditAnnotation[];
}

/** A ValidatingAdmissionPolicyBinding ready to judge. */
export interface CompiledBinding {
  readonly name: string;
  readonly definition: BindingDefinition;
  readonly refused: boolean;
  /** Undefined where the binding narrows nothing. */
  readonly matcher: ResourceMatcher | undefined;
}

/** A policy with one of its bindings; without one it counts as bound to everything with Deny. */
export interface BoundPolicy {
  readonly policy: CompiledPolicy;
  readonly binding: CompiledBinding | undefined;
}
