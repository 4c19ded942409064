import type { Program } from '../cel/index.ts';
import type { JsonObject } from '../model/object.ts';
import { decodeBinding } from './decode/binding.ts';
import { decodePolicy } from './decode/policy.ts';
import type { BindingDefinition } from './definition.ts';
import { type CompilerOptions, ExpressionCompiler } from './expression-compiler.ts';
import { ResourceMatcher } from './match/match-resources.ts';
import { decodeMutatingBinding, decodeMutatingPolicy } from './mutation/decode.ts';
import type { CompiledMutatingPolicy } from './mutation/policy.ts';
import { validateMutatingBinding, validateMutatingPolicy } from './mutation/validate.ts';
import type { CompiledBinding, CompiledPolicy } from './policy.ts';
import { PolicyCompilation } from './policy-compilation.ts';
import { type Locate, nowhere, type PolicyProblem, ProblemList } from './problem.ts';
import { TrustedPolicy } from './trusted-policy.ts';
import { validateBinding } from './validation/binding.ts';
import { validatePolicy } from './validation/policy.ts';

export type { CompilerOptions } from './expression-compiler.ts';

/**
 * Compiles policies and bindings for one Kubernetes version.
 *
 * Policies compiled by one compiler share what they have in common: an expression that stands in many of them is compiled
 * once, and a variable with the same definition is evaluated once for each object.
 */
export class PolicyCompiler {
  private readonly expressions: ExpressionCompiler;

  constructor(options: CompilerOptions) {
    this.expressions = new ExpressionCompiler(options);
  }

  /**
   * Compiles a ValidatingAdmissionPolicy.
   *
   * Problems are all that the API server would refuse at creation, located. The policy is undefined only where it cannot
   * be decoded; an expression that does not compile is an error under failurePolicy when it is judged, as in the server.
   */
  compilePolicy(
    object: JsonObject,
    locate: Locate = nowhere,
  ): { policy: CompiledPolicy | undefined; problems: readonly PolicyProblem[] } {
    const problems = new ProblemList(locate);
    const definition = decodePolicy(object, problems, this.expressions.isTrusting);
    if (definition === undefined) return { policy: undefined, problems: problems.problems };
    const compilation = new PolicyCompilation(definition, problems, this.expressions);
    if (this.expressions.isTrusting)
      return { policy: new TrustedPolicy(definition, compilation), problems: [] };
    validatePolicy(definition, problems);
    const compiled = compilation.compile();
    return { policy: { ...compiled, refused: problems.refused }, problems: problems.problems };
  }

  /** Compiles a ValidatingAdmissionPolicyBinding; undefined where it cannot be decoded. */
  compileBinding(
    object: JsonObject,
    locate: Locate = nowhere,
  ): { binding: CompiledBinding | undefined; problems: readonly PolicyProblem[] } {
    const problems = new ProblemList(locate);
    const definition = decodeBinding(object, problems);
    if (definition === undefined) return { binding: undefined, problems: problems.problems };
    validateBinding(definition, problems);
    return { binding: boundBy(definition, problems), problems: problems.problems };
  }

  /** Compiles a MutatingAdmissionPolicy, as `compilePolicy` does a validating one. */
  compileMutatingPolicy(
    object: JsonObject,
    locate: Locate = nowhere,
  ): { policy: CompiledMutatingPolicy | undefined; problems: readonly PolicyProblem[] } {
    const problems = new ProblemList(locate);
    const definition = decodeMutatingPolicy(object, problems);
    if (definition === undefined) return { policy: undefined, problems: problems.problems };
    validateMutatingPolicy(definition, problems);
    const compilation = new PolicyCompilation(definition, problems, this.expressions);
    const compiled = compilation.compile();
    const mutations = definition.mutations.flatMap(({ patchType, applyConfiguration, jsonPatch }, index) => {
      const path = ['spec', 'mutations', index];
      if (patchType === 'JSONPatch')
        return compilation.mutation(patchType, jsonPatch, [...path, 'jsonPatch']);
      if (patchType !== 'ApplyConfiguration') return [];
      return compilation.mutation(patchType, applyConfiguration, [...path, 'applyConfiguration']);
    });
    const policy = { ...compiled, definition, mutations, refused: problems.refused };
    return { policy, problems: problems.problems };
  }

  /** Compiles a MutatingAdmissionPolicyBinding; undefined where it cannot be decoded. */
  compileMutatingBinding(
    object: JsonObject,
    locate: Locate = nowhere,
  ): { binding: CompiledBinding | undefined; problems: readonly PolicyProblem[] } {
    const problems = new ProblemList(locate);
    const definition = decodeMutatingBinding(object, problems);
    if (definition === undefined) return { binding: undefined, problems: problems.problems };
    validateMutatingBinding(definition, problems);
    return { binding: boundBy(definition, problems), problems: problems.problems };
  }

  /**
   * The programs of all expressions compiled so far. The context is all that an expression's meaning depends on beside its
   * text and the version: the names it may refer to, with their types, and the type it is to have.
   */
  programs(): Generator<[context: string, program: Program]> {
    return this.expressions.programs();
  }
}

function boundBy(definition: BindingDefinition, { refused }: ProblemList): CompiledBinding {
  const { name, matchResources } = definition;
  return { name, definition, refused, matcher: matchResources && new ResourceMatcher(matchResources) };
}
