import { type Explanation } from '../../cel/index.ts';
import { lastCost } from '../../cel/limit.ts';
import { CelError, type Result, Unknown } from '../../cel/value.ts';
import type { JsonObject } from '../../model/object.ts';
import { type ConditionsOutcome, judgeConditions } from '../condition.ts';
import { activate, type Activation, activateConditions, evaluate, RequestScope } from '../evaluation.ts';
import type { CompiledExpression, CompiledPolicy } from '../policy.ts';
import { unexplained } from '../refused-program.ts';
import type { AdmissionRequest, Operation } from '../request.ts';
import { apiVersionOf, type KnownResource } from './known-resources.ts';

/** A request of which some things are known and the others can be anything. */
export interface Scenario {
  readonly operation: Operation;
  readonly resource: KnownResource;
  readonly subresource: string;
  readonly object: Probed;
  readonly oldObject: Probed;
  readonly params: Probed;
}

/** An object, none, or any; fields of an object may be unknown as well. */
export type Probed = JsonObject | Unknown | null;

/** An evaluation that costs more has more nodes than anybody wants to keep. */
const mostExplained = 50_000;

/** What a policy makes of a scenario: an answer that is no unknown holds for every request of that kind. */
export class Probe {
  readonly policy: CompiledPolicy;
  readonly scenario: Scenario;
  private readonly scope: RequestScope;
  private readonly params: JsonObject | null;
  private readonly results = new Map<CompiledExpression, Result>();
  private readonly costs = new Map<CompiledExpression, number>();
  private readonly explanations = new Map<CompiledExpression, Explanation>();
  private met: ConditionsOutcome | undefined;
  private known: { readonly full: Activation; readonly message: Activation } | undefined;

  constructor(policy: CompiledPolicy, scenario: Scenario) {
    this.policy = policy;
    this.scenario = scenario;
    const request = requestOf(scenario);
    // Unknown is no JSON, but a value that every expression takes.
    this.params = scenario.params as JsonObject | null;
    const objects = { object: request.object, oldObject: request.oldObject };
    this.scope = new RequestScope(
      request,
      { kind: request.kind, resource: request.resource },
      objects,
      () => undefined,
    );
  }

  /** What the match conditions come to. */
  conditions(): ConditionsOutcome {
    return (this.met ??= judgeConditions(this.policy, this.scope, this.params));
  }

  /** The result of a validation, a variable or, without the authorizer, a message. */
  result(expression: CompiledExpression): Result {
    if (!this.results.has(expression)) {
      this.results.set(expression, evaluate(expression, this.activationOf(expression)));
      this.costs.set(expression, expression.program === undefined ? 0 : lastCost());
    }
    return this.results.get(expression) as Result;
  }

  /** What that evaluation costs, in units of the API server. */
  cost(expression: CompiledExpression): number {
    this.result(expression);
    return this.costs.get(expression)!;
  }

  /** The same with the result of every node; without them where there would be too many. */
  explain(expression: CompiledExpression): Explanation {
    let explanation = this.explanations.get(expression);
    if (explanation === undefined) {
      const { program } = expression;
      const result = this.result(expression);
      explanation =
        program === undefined || this.cost(expression) > mostExplained
          ? { ...unexplained(new CelError('')), result }
          : program.explain(this.activationOf(expression));
      this.explanations.set(expression, explanation);
    }
    return explanation;
  }

  private activationOf({ path }: CompiledExpression): Activation {
    if (path[1] === 'matchConditions') return activateConditions(this.scope, this.params);
    this.known ??= {
      full: activate(this.policy, this.scope, this.params, true),
      message: activate(this.policy, this.scope, this.params, false),
    };
    const isMessage = path.at(-1) === 'messageExpression' || path[1] === 'auditAnnotations';
    return isMessage ? this.known.message : this.known.full;
  }
}

/** The request of a scenario: who asks, for which name and in which namespace is open. */
export function requestOf({
  operation,
  resource,
  subresource,
  object,
  oldObject,
}: Scenario): AdmissionRequest {
  const { group, version, kind, plural, namespaced } = resource;
  return {
    operation,
    kind: { group, version, kind },
    resource: { group, version, resource: plural },
    subresource,
    name: undefined,
    namespace: namespaced ? undefined : kind === 'Namespace' ? undefined : '',
    scope: namespaced ? 'Namespaced' : 'Cluster',
    object: object as JsonObject | null,
    oldObject: oldObject as JsonObject | null,
  };
}

/** An object of a resource of which only the kind is known; each field that it may have is unknown. */
export function anyObject(resource: KnownResource, called: string): JsonObject | Unknown {
  const { schema } = resource;
  if (schema?.kind !== 'struct') return new Unknown([called]);
  const fields = [...schema.fields.keys()].map((name) => [name, new Unknown([`${called}.${name}`])] as const);
  const known = { apiVersion: apiVersionOf(resource), kind: resource.kind };
  return { ...Object.fromEntries(fields), ...known } as unknown as JsonObject;
}
