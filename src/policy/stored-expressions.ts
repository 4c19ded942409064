import type { Type } from '../cel/type.ts';
import type { Plan } from '../cel/plan/node.ts';

/**
 * Expressions that were compiled before the program started, for one Kubernetes version and mode.
 *
 * They are found by their whole text and all that its meaning depends on beside the version (see `PolicyCompiler.programs`),
 * so what is found is of the expression that was asked for and no other.
 */
export interface StoredExpressions {
  find(text: string, context: string): StoredExpression | undefined;
}

/** An expression that compiles; see `Program`. */
export interface StoredExpression {
  readonly type: Type;
  readonly plan: Plan;
}
