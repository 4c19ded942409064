import { lastCost } from '../cel/limit.ts';
import { CelError, Unknown } from '../cel/value.ts';
import type { JsonObject } from '../model/object.ts';
import { Budget, conditionsBudget, outOfBudget } from './budget.ts';
import { activateConditions, type Activation, errorText, evaluate, type RequestScope } from './evaluation.ts';
import { aggregateErrors } from './message.ts';
import type { CompiledCondition, CompiledPolicy } from './policy.ts';
import { unknownReason } from './unknown-reason.ts';

/** What the match conditions of a policy come to. */
export type ConditionsOutcome =
  | { readonly kind: 'met' }
  | { readonly kind: 'not-met'; readonly reason: string }
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'unknown'; readonly reason: string };

const met: ConditionsOutcome = { kind: 'met' };

/**
 * Any false condition wins over any error; several errors are reported together. All are evaluated in any case, since
 * running out of budget is an error whatever the others say; `affordable` is the budget where it is not the server's.
 *
 * Source: apiserver `pkg/admission/plugin/webhook/matchconditions/matcher.go`.
 */
export function judgeConditions(
  policy: CompiledPolicy,
  scope: RequestScope,
  param: JsonObject | null,
  affordable = conditionsBudget,
): ConditionsOutcome {
  if (policy.matchConditions.length === 0) return met;
  let activation: Activation | undefined;
  const budget = new Budget(affordable);
  const errors: string[] = [];
  let unmet: CompiledCondition | undefined;
  let open: ConditionsOutcome | undefined;
  for (const condition of policy.matchConditions) {
    const { shared, program, name } = condition;
    const known = shared === undefined ? undefined : scope.shared.results[shared];
    const result = known ?? evaluate(condition, (activation ??= activateConditions(scope, param)));
    const cost = program === undefined ? 0 : known === undefined ? lastCost() : scope.shared.costs[shared!]!;
    if (shared !== undefined && known === undefined) {
      scope.shared.results[shared] = result;
      scope.shared.costs[shared] = cost;
    }
    if (!budget.take(cost)) return { kind: 'error', message: outOfBudget };
    if (result === false) unmet ??= condition;
    else if (result instanceof CelError) errors.push(errorText(condition, result));
    else if (result instanceof Unknown) {
      open ??= { kind: 'unknown', reason: `match condition "${name}" ${unknownReason(result)}` };
    }
  }
  if (unmet !== undefined) return { kind: 'not-met', reason: `match condition "${unmet.name}" is false` };
  // An unknown condition may be the false one that makes the errors not count.
  if (open !== undefined) return open;
  return errors.length > 0 ? { kind: 'error', message: aggregateErrors(errors) } : met;
}
