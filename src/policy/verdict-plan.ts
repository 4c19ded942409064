import type { JsonObject } from '../model/object.ts';
import { mostTimesDearer } from '../cel/footprint/footprint.ts';
import { lastCost, lastCostOfVariables } from '../cel/index.ts';
import { costLimit } from '../cel/limit.ts';
import { type ConditionsOutcome, judgeConditions } from './condition.ts';
import { activate, evaluate, RequestScope, SharedResults, withServerMetadata } from './evaluation.ts';
import type { JudgeContext } from './judge.ts';
import { isExempt } from './match/exempt.ts';
import { collectParams } from './params.ts';
import type { PlainVerdict } from './memo/plain-verdict.ts';
import { type JudgeStep, type Likeness, VerdictMemo, type VerdictMemory } from './memo/verdict-memo.ts';
import type { BoundPolicy, CompiledPolicy } from './policy.ts';
import type { AdmissionRequest } from './request.ts';

interface Step {
  readonly bound: BoundPolicy;
  /** Which steps have the same match conditions. */
  readonly group: number | undefined;
  /** Undefined where something beside the object decides, so that `judge` has to be asked each time. */
  readonly params: ((namespace: string | undefined) => JsonObject | null | undefined) | undefined;
}

/**
 * Judges many requests on one resource by the same policies, for verdicts alone. What does not depend on the object is
 * decided once: whether a policy matches, and its parameter. Anything but a plain true or false is left to `judge`.
 */
export class VerdictPlan {
  private readonly steps: readonly Step[];
  private readonly context: JudgeContext;
  private readonly sample: AdmissionRequest;
  private readonly params = new Map<string | undefined, readonly (JsonObject | null | undefined)[]>();
  private memo: VerdictMemo | undefined;
  private judged = 0;
  /** Of the request that is judged. */
  private readonly shared = new SharedResults();
  private readonly memory: VerdictMemory;

  /**
   * `sample` stands for all requests that will be judged: they differ from it in the object, name and namespace only. For
   * `memory` see there.
   */
  constructor(
    policies: readonly BoundPolicy[],
    sample: AdmissionRequest,
    context: JudgeContext,
    memory: VerdictMemory = {},
  ) {
    this.memory = memory;
    this.context = context;
    this.sample = sample;
    const groups = new Map<string, number>();
    this.steps = policies.map((bound) => ({
      bound,
      params: isDecidedByResource(bound, sample) ? paramFinder(bound, context) : undefined,
      group: groupOf(bound.policy, groups),
    }));
  }

  /** One verdict for each policy, in order, often the same array; `other` where only `judge` can tell. */
  judge(request: AdmissionRequest): readonly PlainVerdict[] {
    const params = this.paramsIn(request.namespace);
    const ask = this.asking(request, params);
    const isEarly = ++this.judged <= beforeMemo && this.memory.common?.reader === undefined;
    if (isEarly || this.steps.length === 0) return this.steps.map((_, step) => ask(step));
    this.memo ??= new VerdictMemo(
      this.steps.map(({ bound }) => bound.policy),
      params,
      this.sample,
      this.memory,
    );
    return this.memo.judge(() => withServerMetadata(request.object, request), params, ask);
  }

  /** What the watched policies looked at in the object that was judged last, where that is known. */
  get likeness(): Likeness | undefined {
    return this.memo?.likeness;
  }

  /** The parameter of each policy; nearly always the same array. */
  private paramsIn(namespace: string | undefined): readonly (JsonObject | null | undefined)[] {
    let params = this.params.get(namespace);
    if (params === undefined) {
      params = this.steps.map((step) => step.params?.(namespace));
      const usual = this.params.values().next().value;
      if (usual?.every((param, i) => param === params![i])) params = usual;
      this.params.set(namespace, params);
    }
    return params;
  }

  /** Judges a request by one policy after the other, as they are asked for. */
  private asking(request: AdmissionRequest, params: readonly (JsonObject | null | undefined)[]): JudgeStep {
    const outcomes: (ConditionsOutcome['kind'] | undefined)[] = [];
    let scope: RequestScope | undefined;
    return (step) => {
      const { bound, group } = this.steps[step]!;
      const param = params[step];
      if (param === undefined) return 'other';
      scope ??= this.scope(request);
      let outcome = group === undefined ? undefined : outcomes[group];
      if (outcome === undefined) {
        outcome = judgeConditions(bound.policy, scope, param, cheap).kind;
        if (group !== undefined) outcomes[group] = outcome;
      }
      if (outcome === 'not-met') return 'not-applicable';
      return outcome === 'met' ? verdict(bound.policy, scope, param) : 'other';
    };
  }

  private scope(request: AdmissionRequest): RequestScope {
    const { kind, resource, object, oldObject } = request;
    const { findNamespace } = this.context;
    this.shared.forget();
    return new RequestScope(
      request,
      { kind, resource },
      { object, oldObject },
      findNamespace,
      undefined,
      this.shared,
    );
  }
}

/** So many objects are judged before it pays to find out what the policies read. */
const beforeMemo = 4;

/** Policies whose match conditions are the same ones are in one group; undefined where a condition is a policy's own. */
function groupOf({ matchConditions }: CompiledPolicy, groups: Map<string, number>): number | undefined {
  if (matchConditions.some(({ shared }) => shared === undefined)) return undefined;
  const key = matchConditions.map(({ shared }) => shared).join();
  const known = groups.get(key) ?? groups.size;
  groups.set(key, known);
  return known;
}

/**
 * What costs more is left to `judge`, which counts exactly. So far below the limits of one evaluation and of all that what looks the
 * same to a policy, and costs `mostTimesDearer`, stays below them, too.
 */
const cheap = Math.floor(costLimit / mostTimesDearer);

function verdict(policy: CompiledPolicy, scope: RequestScope, param: JsonObject | null): PlainVerdict {
  const activation = activate(policy, scope, param, true);
  let failed = false;
  let cost = 0;
  for (const validation of policy.validations) {
    const result = evaluate(validation, activation);
    cost += lastCost() + lastCostOfVariables();
    if (result === false) failed = true;
    else if (result !== true) return 'other';
  }
  return cost > cheap ? 'other' : failed ? 'fail' : 'pass';
}

function isDecidedByResource({ policy, binding }: BoundPolicy, sample: AdmissionRequest): boolean {
  if (policy.refused || policy.auditAnnotations.length > 0 || binding?.matcher !== undefined) return false;
  if (isExempt(sample.resource) || !policy.matcher.readsResourceOnly) return false;
  const match = policy.matcher.match(sample, () => undefined);
  const { group, version, kind } = sample.kind;
  return (
    match.matches === 'yes' &&
    match.kind.kind === kind &&
    match.kind.version === version &&
    match.kind.group === group
  );
}

/** Finds the one parameter of a policy by the request's namespace; undefined where there is not exactly one. */
function paramFinder({ policy, binding }: BoundPolicy, context: JudgeContext): Step['params'] {
  const { paramKind } = policy.definition;
  const paramRef = binding?.definition.paramRef;
  if (paramKind === undefined || paramRef === undefined) return () => null;
  const known = new Map<string | undefined, JsonObject | null | undefined>();
  return (namespace) => {
    if (known.has(namespace)) return known.get(namespace);
    const found = collectParams(paramKind, paramRef, namespace, context.params);
    const param = found.kind === 'params' && found.params.length === 1 ? found.params[0] : undefined;
    known.set(namespace, param);
    return param;
  };
}
