import type { ExplainedNode, Path } from '../cel/index.ts';
import { CelError, type Result } from '../cel/value.ts';
import { activate, activateConditions, type Activation, type RequestScope } from './evaluation.ts';
import { judge, type JudgeContext, ScopeCache, seenAs } from './judge.ts';
import type { Judgement, ValidationResult } from './judgement.ts';
import type { Match } from './match/match-resources.ts';
import type { BoundPolicy, CompiledExpression } from './policy.ts';
import type { AdmissionRequest } from './request.ts';

/** One expression of a policy and what it came to. */
export interface TracedExpression {
  /** The condition's or variable's name, the annotation's key; empty for validations. */
  readonly name: string;
  readonly expression: string;
  /** Its value, a `CelError` or an `Unknown`. */
  readonly result: Result;
  /** The places in the inputs that decided; the first segment is the variable (`object`, `params`, ...). */
  readonly paths: readonly Path[];
  /** Every sub-expression with its value; undefined where the expression does not compile. */
  readonly tree: ExplainedNode | undefined;
}

/** Everything that happened when one policy judged one request, for `explain`. */
export interface Trace {
  readonly judgement: Judgement;
  readonly match: Match;
  /** Undefined where the binding narrows nothing or there is none. */
  readonly bindingMatch: Match | undefined;
  /** These are empty where the policy did not get so far. */
  readonly matchConditions: readonly TracedExpression[];
  readonly variables: readonly TracedExpression[];
  readonly validations: readonly (TracedExpression & { readonly outcome: ValidationResult | undefined })[];
}

/** Judges a request and keeps the value of every expression; one trace for each judgement of the policy. */
export function trace(bound: BoundPolicy, request: AdmissionRequest, context: JudgeContext): Trace[] {
  const { policy, binding } = bound;
  const match = policy.matcher.match(request, context.findNamespace);
  const bindingMatch = binding?.matcher?.match(request, context.findNamespace);
  const applies = match.matches !== 'no' && bindingMatch?.matches !== 'no';
  const scope = applies ? new ScopeCache(request, context).scope(seenAs(match, request)) : undefined;
  return judge([bound], request, context).map((judgement) => ({
    judgement,
    match,
    bindingMatch,
    ...(scope === undefined ? unread : readAll(judgement, scope)),
  }));
}

const unread = { matchConditions: [], variables: [], validations: [] };

function readAll(
  judgement: Judgement,
  scope: RequestScope,
): Omit<Trace, 'judgement' | 'match' | 'bindingMatch'> {
  const { policy, param } = judgement;
  const conditions = activateConditions(scope, param);
  const matchConditions = policy.matchConditions.map((condition) =>
    traced(condition.name, condition, conditions),
  );
  const isSkipped = matchConditions.some(({ result }) => result === false);
  if (isSkipped) return { ...unread, matchConditions };
  const activation = activate(policy, scope, param, true);
  return {
    matchConditions,
    variables: [...policy.variables.values()].map((variable) => traced(variable.name, variable, activation)),
    validations: policy.validations.map((validation, index) => ({
      ...traced('', validation, activation),
      outcome: judgement.validations[index],
    })),
  };
}

function traced(
  name: string,
  { text, program, error }: CompiledExpression,
  activation: Activation,
): TracedExpression {
  if (program === undefined) {
    return { name, expression: text, result: new CelError(error), paths: [], tree: undefined };
  }
  const { result, paths, tree } = program.explain(activation);
  return { name, expression: text, result, paths, tree };
}
