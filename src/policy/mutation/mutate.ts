import { rememberingConcatenations } from '../../cel/standard/concatenation.ts';
import type { JsonObject } from '../../model/object.ts';
import { valueAt } from '../../model/path.ts';
import { judgeConditions } from '../condition.ts';
import { activate, RequestScope } from '../evaluation.ts';
import { type JudgeContext, seenAs } from '../judge.ts';
import { isExempt } from '../match/exempt.ts';
import type { Match } from '../match/match-resources.ts';
import { collectParams } from '../params.ts';
import type { AdmissionRequest, GroupVersionKind } from '../request.ts';
import { differences, jsonPatchBetween } from './difference.ts';
import type { BoundMutation, CompiledMutation } from './policy.ts';
import type { MutationDenial, MutationResult, MutationStep } from './result.ts';
import { type MutationOutcome, runMutation } from './run-mutation.ts';

/** What is known beside the request. */
export type MutateContext = Pick<JudgeContext, 'findNamespace' | 'params' | 'convert' | 'authorizer'>;

/**
 * Runs mutating policies on a request as the API server does, in the order given: the server's own order is that of a Go
 * map and may be any. The object is the one at the stage `mutating` of the server view. Never throws.
 *
 * All policies are matched before any of them runs; match conditions see what was mutated so far. When a mutation ran
 * without error, policies with `IfNeeded` whose mutations ran are run a second time, even if nothing changed.
 * Source: apiserver `pkg/admission/plugin/policy/mutating/dispatcher.go`, `generic/policy_dispatcher.go`.
 */
export function mutate(
  policies: readonly BoundMutation[],
  request: AdmissionRequest,
  context: MutateContext,
): MutationResult {
  return rememberingConcatenations(() => new Mutating(policies, request, context).run());
}

/** A policy to run with one parameter, in the version in which it sees the object. */
interface Invocation {
  readonly bound: BoundMutation;
  readonly param: JsonObject | null;
  readonly match: Match & { matches: 'yes' };
  /** Why it is not certain that the policy is about the request; undefined where it is. */
  readonly doubt: string | undefined;
}

class Mutating {
  private readonly policies: readonly BoundMutation[];
  private readonly request: AdmissionRequest;
  private readonly context: MutateContext;
  private readonly steps: MutationStep[] = [];
  private readonly unknown: string[] = [];
  private errors: { readonly message: string; readonly reason: string }[] = [];
  private object: JsonObject | null;
  private fatal: MutationDenial | undefined;
  private crash: string | undefined;
  /** Whether any mutation ran without error. */
  private hasRun = false;
  /** Which policies ran in pass one and may run again. */
  private readonly reinvocable = new Set<string>();

  constructor(policies: readonly BoundMutation[], request: AdmissionRequest, context: MutateContext) {
    this.policies = policies;
    this.request = withGeneratedName(request);
    this.context = context;
    this.object = request.object;
  }

  run(): MutationResult {
    if (!isExempt(this.request.resource)) {
      this.pass(1);
      if (this.hasRun && !this.isOver && this.reinvocable.size > 0) this.pass(2);
    }
    const { object, request } = this;
    const denial = this.denial();
    const isOpen = this.unknown.length > 0 && denial === undefined;
    const [before, after] = [request.object ?? {}, object ?? {}];
    return {
      allowed: denial !== undefined || this.crash !== undefined ? false : isOpen ? undefined : true,
      object,
      denial,
      steps: this.steps,
      unknown: [...new Set(this.unknown)],
      crash: this.crash,
      changes: differences(before, after),
      patch: jsonPatchBetween(before, after),
    };
  }

  private get isOver(): boolean {
    return this.errors.length > 0 || this.fatal !== undefined || this.crash !== undefined;
  }

  private pass(pass: 1 | 2): void {
    const invocations = this.policies.flatMap((bound) => this.invocations(bound, pass));
    for (const invocation of invocations) {
      if (this.fatal !== undefined || this.crash !== undefined) return;
      this.invoke(invocation, pass);
    }
  }

  private invocations(bound: BoundMutation, pass: 1 | 2): Invocation[] {
    const { policy, binding } = bound;
    const { findNamespace, params: source } = this.context;
    const request = this.currentRequest();
    const match = policy.matcher.match(request, findNamespace);
    const narrowed = binding?.matcher?.match(request, findNamespace);
    if (match.matches === 'no' || narrowed?.matches === 'no') return [];
    const doubtful = [match, narrowed].find((found) => found?.matches === 'unknown');
    const doubt = doubtful?.matches === 'unknown' ? doubtful.reason : undefined;
    const { paramKind } = policy.definition;
    const params = collectParams(paramKind, binding?.definition.paramRef, request.namespace, source);
    if (params.kind === 'params') {
      return params.params.map((param) => ({ bound, param, match: seenAs(match, request), doubt }));
    }
    const subject = { bound, param: null, index: undefined, pass };
    if (params.kind === 'unknown') this.note(subject, 'unknown', params.reason);
    else if (doubt !== undefined) this.note(subject, 'unknown', doubt);
    else this.fail(subject, `failed to configure binding: ${params.message}`, 'Forbidden');
    return [];
  }

  private invoke({ bound, param, match, doubt }: Invocation, pass: 1 | 2): void {
    const { policy } = bound;
    const subject = { bound, param, index: undefined, pass };
    if (doubt !== undefined) return this.note(subject, 'unknown', doubt);
    if (!isSameKind(this.request.objectKind ?? this.request.kind, this.request.kind)) {
      return this.note(subject, 'unknown', 'the object is not at hand in the version of the request');
    }
    if (!isSameKind(match.kind, this.request.kind)) return this.failConversion(subject, match);
    const conditions = judgeConditions(policy, this.scope(match), param);
    if (conditions.kind === 'not-met') return this.note(subject, 'not-met', conditions.reason);
    if (conditions.kind === 'unknown') return this.note(subject, 'unknown', conditions.reason);
    if (conditions.kind === 'error') return this.fail(subject, conditions.message, 'Invalid');
    const key = keyOf(bound, param);
    if (pass === 2 && !this.reinvocable.has(key)) return;
    for (const [index, mutation] of policy.mutations.entries()) {
      if (this.object === null) break;
      this.mutateOnce({ ...subject, index }, mutation, match, this.object);
      if (this.fatal !== undefined || this.crash !== undefined) return;
    }
    if (policy.definition.reinvocationPolicy === 'IfNeeded') this.reinvocable.add(key);
  }

  private mutateOnce(
    subject: Subject,
    mutation: CompiledMutation,
    match: Match & { matches: 'yes' },
    object: JsonObject,
  ): void {
    const { bound, param } = subject;
    const activation = activate(bound.policy, this.scope(match), param, true);
    const outcome: MutationOutcome = runMutation(mutation, object, activation);
    switch (outcome.kind) {
      case 'mutated': {
        this.hasRun = true;
        this.object = outcome.object;
        const changes = differences(object, outcome.object);
        return this.note(subject, changes.length === 0 ? 'unchanged' : 'mutated', '', changes);
      }
      case 'error':
        return this.fail(subject, outcome.message, 'Invalid');
      case 'internal':
        this.fatal = { code: 500, reason: 'InternalError', message: outcome.message, causes: [] };
        return this.note(subject, 'internal', outcome.message);
      case 'crash':
        this.crash = outcome.reason;
        return this.note(subject, 'crash', outcome.reason);
      case 'unknown':
        return this.note(subject, 'unknown', outcome.reason);
    }
  }

  /** The server evaluates the mutation in the policy's version, and then cannot bring its result back. */
  private failConversion(subject: Subject, { kind }: Match & { matches: 'yes' }): void {
    const { version } = this.request.kind;
    if (subject.bound.policy.matchConditions.length > 0) {
      const reason = `the server converts the object to version ${kind.version} of ${kind.kind} first`;
      return this.note(subject, 'unknown', reason);
    }
    const text = `converting (${kind.version}.${kind.kind}) to (${version}.${kind.kind}): unknown conversion`;
    for (const [index] of subject.bound.policy.mutations.entries()) {
      this.fail({ ...subject, index }, text, 'Invalid');
    }
  }

  private scope(match: Match & { matches: 'yes' }): RequestScope {
    const { request, object, context } = this;
    const objects = { object, oldObject: request.oldObject };
    return new RequestScope(request, match, objects, context.findNamespace, context.authorizer);
  }

  private currentRequest(): AdmissionRequest {
    return this.object === this.request.object ? this.request : { ...this.request, object: this.object };
  }

  private fail(subject: Subject, text: string, reason: string): void {
    const { policy, binding } = subject.bound;
    this.note(subject, 'error', text);
    if (policy.definition.failurePolicy === 'Ignore') return;
    const through = binding === undefined ? '' : ` with binding '${binding.name}'`;
    this.errors.push({ message: `policy '${policy.name}'${through} denied request: ${text}`, reason });
  }

  private note(
    subject: Subject,
    outcome: MutationStep['outcome'],
    reason: string,
    changes: MutationStep['changes'] = [],
  ): void {
    this.steps.push({ ...subject, outcome, reason, changes });
    if (outcome === 'unknown') this.unknown.push(`policy '${subject.bound.policy.name}': ${reason}`);
  }

  private denial(): MutationDenial | undefined {
    if (this.fatal !== undefined) return this.fatal;
    const [first] = this.errors;
    if (first !== undefined) {
      const causes = this.errors.map(({ message }) => message);
      return { code: 403, reason: first.reason, message: first.message, causes };
    }
    return this.movesNamespace() ? namespaceDenial : undefined;
  }

  /** A namespace that is missing is filled in from the request. */
  private movesNamespace(): boolean {
    const { object, request } = this;
    if (object === null || request.object === null || request.scope === 'Cluster') return false;
    const [before, after] = [request.object, object].map((of) => valueAt(of, ['metadata', 'namespace']));
    return after !== undefined && after !== '' && after !== (request.namespace ?? before);
  }
}

function isSameKind(a: GroupVersionKind, b: GroupVersionKind): boolean {
  return a.group === b.group && a.version === b.version;
}

type Subject = Pick<MutationStep, 'bound' | 'param' | 'index' | 'pass'>;

/** Source: apiserver `pkg/registry/rest/meta.go`, `EnsureObjectNamespaceMatchesRequestNamespace`. */
const namespaceDenial: MutationDenial = {
  code: 400,
  reason: 'BadRequest',
  message: 'the namespace of the provided object does not match the namespace sent on the request',
  causes: [],
};

/** While policies mutate, a name that the server will generate is not there yet. */
function withGeneratedName(request: AdmissionRequest): AdmissionRequest {
  const { object, name, operation } = request;
  const isGenerated =
    operation === 'CREATE' && object !== null && valueAt(object, ['metadata', 'generateName']) !== undefined;
  return name === undefined && isGenerated ? { ...request, name: '' } : request;
}

/** Source: `dispatcher.go`, `keyFor`. */
function keyOf({ policy, binding }: BoundMutation, param: JsonObject | null): string {
  const name = param === null ? '' : valueAt(param, ['metadata', 'name']);
  const namespace = param === null ? '' : valueAt(param, ['metadata', 'namespace']);
  return JSON.stringify([policy.name, binding?.name ?? '', namespace ?? '', name ?? '']);
}
