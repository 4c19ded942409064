import type { PolicyDefinition } from './definition.ts';
import type { ResourceMatcher } from './match/match-resources.ts';
import type { CompiledPolicy } from './policy.ts';
import { matcherOf, type PolicyCompilation } from './policy-compilation.ts';

/** A policy that is known to be right: compiled when a request first matches it, which most of a catalogue's never do. */
export class TrustedPolicy implements CompiledPolicy {
  readonly name: string;
  readonly definition: PolicyDefinition;
  readonly refused = false;
  readonly matcher: ResourceMatcher;
  readonly messagesCostBound = 0;
  private readonly compilation: PolicyCompilation;
  private known: ReturnType<PolicyCompilation['compile']> | undefined;

  constructor(definition: PolicyDefinition, compilation: PolicyCompilation) {
    this.name = definition.name;
    this.definition = definition;
    this.matcher = matcherOf(definition);
    this.compilation = compilation;
  }

  get matchConditions(): CompiledPolicy['matchConditions'] {
    return this.compiled.matchConditions;
  }

  get variables(): CompiledPolicy['variables'] {
    return this.compiled.variables;
  }

  get variableList(): CompiledPolicy['variableList'] {
    return this.compiled.variableList;
  }

  get variablePrograms(): CompiledPolicy['variablePrograms'] {
    return this.compiled.variablePrograms;
  }

  get validations(): CompiledPolicy['validations'] {
    return this.compiled.validations;
  }

  get auditAnnotations(): CompiledPolicy['auditAnnotations'] {
    return this.compiled.auditAnnotations;
  }

  private get compiled(): ReturnType<PolicyCompilation['compile']> {
    return (this.known ??= this.compilation.compile());
  }
}
