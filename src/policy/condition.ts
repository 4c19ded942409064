import { CelError, Unknown } from '../cel/value.ts';
import type { JsonObject } from '../model/object.ts';
import { activateConditions, type Activation, errorText, evaluate, type RequestScope } from './evaluation.ts';
import { aggregateErrors } from './message.ts';
import type { CompiledPolicy } from './policy.ts';
import { unknownReason } from './unknown-reason.ts';

/** What the match conditions of a policy come to. */
export type ConditionsOutcome =
  | { readonly kind: 'met' }
  | { readonly kind: 'not-met'; readonly reason: string }
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'unknown'; readonly reason: string };

const met: ConditionsOutcome = { kind: 'met' };

/**
 * Any false condition wins over any error; several errors are reported together.
 *
 * Source: apiserver `pkg/admission/plugin/webhook/matchconditions/matcher.go`.
 */
export function judgeConditions(
  policy: CompiledPolicy,
  scope: RequestScope,
  param: JsonObject | null,
): ConditionsOutcome {
  if (policy.matchConditions.length === 0) return met;
  let activation: Activation | undefined;
  const errors: string[] = [];
  let open: ConditionsOutcome | undefined;
  for (const condition of policy.matchConditions) {
    const known = condition.shared === undefined ? undefined : scope.results[condition.shared];
    const result = known ?? evaluate(condition, (activation ??= activateConditions(scope, param)));
    if (condition.shared !== undefined) scope.results[condition.shared] = result;
    if (result === false) return { kind: 'not-met', reason: `match condition "${condition.name}" is false` };
    if (result instanceof CelError) errors.push(errorText(condition, result));
    else if (result instanceof Unknown) {
      open ??= { kind: 'unknown', reason: `match condition "${condition.name}" ${unknownReason(result)}` };
    }
  }
  // An unknown condition may be the false one that makes the errors not count.
  if (open !== undefined) return open;
  return errors.length > 0 ? { kind: 'error', message: aggregateErrors(errors) } : met;
}
