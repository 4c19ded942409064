import { CelError, type Result, Unknown } from '../cel/value.ts';
import type { JsonObject } from '../model/object.ts';
import type { Authorizer } from './authorizer.ts';
import { Budget, outOfBudget, policyBudget } from './budget.ts';
import { isExempt } from './match/exempt.ts';
import { judgeConditions } from './condition.ts';
import { activate, type Activation, errorText, evaluate, RequestScope } from './evaluation.ts';
import { type FailingElement, failingElements } from './element.ts';
import { trimSpace } from './go-text.ts';
import type { AuditAnnotationResult, Denial, Judgement, ValidationResult } from './judgement.ts';
import type { FindNamespace, Match } from './match/match-resources.ts';
import { failureMessage, statusCode } from './message.ts';
import { collectParams, type ParamSource } from './params.ts';
import type { BoundPolicy, CompiledAuditAnnotation, CompiledPolicy, CompiledValidation } from './policy.ts';
import type { AdmissionRequest, GroupVersionKind } from './request.ts';
import { unknownReason } from './unknown-reason.ts';

/** What is known beside the request. */
export interface JudgeContext {
  readonly findNamespace: FindNamespace;
  readonly params: ParamSource;
  /** The object in another served version of its resource, in that version's server view; undefined where it cannot be had. */
  readonly convert?: (object: JsonObject, kind: GroupVersionKind) => JsonObject | undefined;
  /** Answers `authorizer`; without it what a user may do is unknown. */
  readonly authorizer?: Authorizer;
  /** Whether failures are explained down to their elements, which costs more than judging; default true. */
  readonly findElements?: boolean;
  /** Only verdicts are wanted: failures get neither messages nor elements. */
  readonly verdictsOnly?: boolean;
}

/** Judges a request by policies, one judgement for each policy, binding and parameter, in order. Never throws. */
export function judge(
  policies: readonly BoundPolicy[],
  request: AdmissionRequest,
  context: JudgeContext,
  scopes: ScopeCache = new ScopeCache(request, context),
): Judgement[] {
  return policies.flatMap((bound) => judgePolicy(bound, request, scopes, context));
}

/** The request's variables in each version a policy sees it in; nearly always one. */
export class ScopeCache {
  private readonly request: AdmissionRequest;
  private readonly context: JudgeContext;
  private readonly scopes = new Map<string, RequestScope | undefined>();
  constructor(request: AdmissionRequest, context: JudgeContext) {
    this.request = request;
    this.context = context;
  }

  /** Undefined where the object cannot be converted to the matched version. */
  scope(match: Match & { matches: 'yes' }): RequestScope | undefined {
    const { group, version, kind } = match.kind;
    const key = `${group}/${version}/${kind}`;
    if (!this.scopes.has(key)) this.scopes.set(key, this.build(match));
    return this.scopes.get(key);
  }

  private build(match: Match & { matches: 'yes' }): RequestScope | undefined {
    const { request, context } = this;
    const kind = request.objectKind ?? request.kind;
    const isSame =
      kind.group === match.kind.group && kind.version === match.kind.version && kind.kind === match.kind.kind;
    const convert = (object: JsonObject | null) =>
      isSame || object === null ? object : context.convert?.(object, match.kind);
    const object = convert(request.object);
    const oldObject = convert(request.oldObject);
    if (object === undefined || oldObject === undefined) return undefined;
    const { findNamespace, authorizer } = context;
    return new RequestScope(request, match, { object, oldObject }, findNamespace, authorizer);
  }
}

function judgePolicy(
  bound: BoundPolicy,
  request: AdmissionRequest,
  scopes: ScopeCache,
  context: JudgeContext,
): Judgement[] {
  const { policy, binding } = bound;
  const subject = { bound, policy, binding, param: null };
  if (isExempt(request.resource)) {
    return [notApplicable(subject, `the server keeps ${request.resource.resource} from all policies`)];
  }
  const match = policy.matcher.match(request, context.findNamespace);
  if (match.matches === 'no') return [notApplicable(subject, match.reason)];
  const narrowed = binding?.matcher?.match(request, context.findNamespace);
  if (narrowed?.matches === 'no')
    return [notApplicable(subject, `binding "${binding?.name}": ${narrowed.reason}`)];
  const doubt = [match, narrowed].find((found) => found?.matches === 'unknown');
  const params = collectParams(
    policy.definition.paramKind,
    binding?.definition.paramRef,
    request.namespace,
    context.params,
  );
  if (params.kind === 'unknown') return [unknownJudgement(subject, params.reason)];
  if (params.kind === 'error') {
    const message = `failed to configure binding: ${params.message}`;
    return [doubted(wholeError(subject, message, 'always'), doubt)];
  }
  if (params.params.length === 0)
    return [notApplicable(subject, 'no parameter is found, which the binding allows')];
  const seen = seenAs(match, request);
  const scope = scopes.scope(seen);
  if (scope === undefined) {
    const { kind, version } = seen.kind;
    return [
      unknownJudgement(subject, `the server converts the object to version ${version} of ${kind} first`),
    ];
  }
  return params.params.map((param) => doubted(evaluatePolicy({ ...subject, param }, scope, context), doubt));
}

/** The version in which a policy sees the request; its own where the match is not certain. */
export function seenAs(match: Match, request: AdmissionRequest): Match & { matches: 'yes' } {
  return match.matches === 'yes' ? match : { matches: 'yes', resource: request.resource, kind: request.kind };
}

type Subject = Pick<Judgement, 'bound' | 'policy' | 'binding' | 'param'>;

function evaluatePolicy(subject: Subject, scope: RequestScope, context: JudgeContext): Judgement {
  const { policy, param } = subject;
  const conditions = judgeConditions(policy, scope, param);
  if (conditions.kind === 'not-met') return notApplicable(subject, conditions.reason);
  if (conditions.kind === 'error') return wholeError(subject, conditions.message, 'decision');
  const judged = judgeExpressions(subject, scope, context);
  return conditions.kind === 'unknown' ? doubted(judged, conditions) : judged;
}

/** Validations, then the messages of those that fail, then audit annotations, as far as the budgets last. */
function judgeExpressions(subject: Subject, scope: RequestScope, context: JudgeContext): Judgement {
  const { policy, param } = subject;
  const budget = new Budget(policyBudget);
  const activation = activate(policy, scope, param, true);
  const results: Result[] = [];
  for (const validation of policy.validations) {
    results.push(evaluate(validation, activation));
    if (validation.program !== undefined && !budget.pay())
      return wholeError(subject, outOfBudget, 'decision');
  }
  const messages = messagesOf(policy, results, budget, () => activate(policy, scope, param, false), context);
  const validations = policy.validations.map((validation, index): ValidationResult => {
    const result = results[index]!;
    const isDecided = typeof result === 'boolean';
    if (messages === 'out of budget' && isDecided) {
      const message = `failed messageExpression: ${outOfBudget}`;
      return { ...nothingSaid, index, verdict: 'error', message };
    }
    if (result === true) return (passes[index] ??= { ...nothingSaid, index, verdict: 'pass' });
    const evaluated = messages === 'out of budget' ? undefined : messages[index];
    return unpassed(validation, index, result, evaluated, { activation, scope, context });
  });
  const auditAnnotations =
    policy.auditAnnotations.length === 0
      ? []
      : judgeAnnotations(policy, activate(policy, scope, param, false));
  if (auditAnnotations === 'out of budget') return wholeError(subject, outOfBudget, 'decision');
  return conclude(subject, validations, auditAnnotations);
}

/**
 * The values of the message expressions by the index of their validations. The server evaluates them all, which makes a
 * difference only where they run out of budget: what can never do so is evaluated where its validation fails.
 */
function messagesOf(
  policy: CompiledPolicy,
  results: readonly Result[],
  budget: Budget,
  activation: () => Activation,
  { verdictsOnly }: JudgeContext,
): readonly (Result | undefined)[] | 'out of budget' {
  const messages: (Result | undefined)[] = [];
  const isEach = policy.messagesCostBound > budget.remaining;
  if (!isEach && (verdictsOnly === true || !results.includes(false))) return messages;
  let made: Activation | undefined;
  for (const [index, { messageExpression }] of policy.validations.entries()) {
    if (messageExpression === undefined || (!isEach && results[index] !== false)) continue;
    messages[index] = evaluate(messageExpression, (made ??= activation()));
    if (messageExpression.program !== undefined && !budget.pay()) return 'out of budget';
  }
  return messages;
}

const noDenials: readonly Denial[] = [];

const nothingSaid = { message: '', messageUncertain: false, reason: '', elements: [] };

/** What a validation that passes says, by its index: the same for every object. */
const passes: ValidationResult[] = [];

/** What is said of a validation that does not pass. */
function unpassed(
  validation: CompiledValidation,
  index: number,
  result: Result,
  message: Result | undefined,
  { activation, scope, context }: { activation: Activation; scope: RequestScope; context: JudgeContext },
): ValidationResult {
  const base = { ...nothingSaid, index };
  if (result instanceof Unknown) return { ...base, verdict: 'unknown', reason: unknownReason(result) };
  if (result instanceof CelError)
    return { ...base, verdict: 'error', message: errorText(validation, result) };
  if (context.verdictsOnly === true) return { ...base, verdict: 'fail' };
  return {
    ...base,
    verdict: 'fail',
    message: failureMessage(validation.definition, typeof message === 'string' ? message : undefined),
    messageUncertain: message instanceof Unknown,
    elements: context.findElements === false ? [] : elementsOf(validation, activation, scope),
  };
}

function elementsOf(
  validation: CompiledValidation,
  activation: Activation,
  scope: RequestScope,
): FailingElement[] {
  const paths = validation.program?.origin(activation).paths ?? [];
  const inObject = paths.filter(([root]) => root === 'object').map(([, ...path]) => path);
  return failingElements(inObject, scope.object as JsonObject | null);
}

/** Source: apiserver `pkg/admission/plugin/policy/validating/validator.go`. */
function judgeAnnotations(
  policy: CompiledPolicy,
  activation: Activation,
): AuditAnnotationResult[] | 'out of budget' {
  const budget = new Budget(policyBudget);
  const judged: AuditAnnotationResult[] = [];
  for (const annotation of policy.auditAnnotations) {
    const result = evaluate(annotation, activation);
    if (annotation.program !== undefined && !budget.pay()) return 'out of budget';
    judged.push(judgeAnnotation(policy, annotation, result));
  }
  return judged;
}

function judgeAnnotation(
  policy: CompiledPolicy,
  annotation: CompiledAuditAnnotation,
  result: Result,
): AuditAnnotationResult {
  const { key } = annotation.definition;
  if (result instanceof CelError) {
    const isIgnored = policy.definition.failurePolicy === 'Ignore';
    return { key, verdict: isIgnored ? 'exclude' : 'error', text: errorText(annotation, result) };
  }
  if (result instanceof Unknown) return { key, verdict: 'unknown', text: unknownReason(result) };
  const value = typeof result === 'string' ? trimSpace(result) : '';
  return { key, verdict: value === '' ? 'exclude' : 'publish', text: value };
}

function conclude(
  subject: Subject,
  validations: readonly ValidationResult[],
  auditAnnotations: readonly AuditAnnotationResult[],
): Judgement {
  const { policy } = subject;
  // Most judgements are passes; nothing else is to be said of them.
  if (auditAnnotations.length === 0 && validations.every(({ verdict }) => verdict === 'pass')) {
    return {
      ...subject,
      verdict: 'pass',
      reason: '',
      validations,
      auditAnnotations,
      denials: noDenials,
      undecided: false,
    };
  }
  const isIgnored = policy.definition.failurePolicy === 'Ignore';
  const denials: Denial[] = [];
  for (const { index, verdict, message } of validations) {
    if (verdict === 'fail') {
      const reason = policy.validations[index]!.definition.reason || 'Invalid';
      denials.push(denial(message, reason, 'decision', index));
    } else if (verdict === 'error' && !isIgnored) denials.push(denial(message, 'Invalid', 'decision', index));
  }
  for (const { verdict, text } of auditAnnotations) {
    if (verdict === 'error') denials.push(denial(text, 'Invalid', 'always', 0));
  }
  const failed = validations.some(({ verdict }) => verdict === 'fail');
  const error =
    validations.find(({ verdict }) => verdict === 'error')?.message ??
    auditAnnotations.find(({ verdict }) => verdict === 'error')?.text;
  const open = validations.find(({ verdict }) => verdict === 'unknown')?.reason;
  const verdict = failed ? 'fail' : error !== undefined ? 'error' : open === undefined ? 'pass' : 'unknown';
  const reason = failed ? '' : (error ?? open ?? '');
  const undecided = denials.length === 0 && open !== undefined;
  return { ...subject, verdict, reason, validations, auditAnnotations, denials, undecided };
}

/** What an error amounts to that stands for the whole evaluation. */
function wholeError(subject: Subject, message: string, handling: Denial['handling']): Judgement {
  const isIgnored = subject.policy.definition.failurePolicy === 'Ignore';
  const denials = isIgnored ? [] : [denial(message, 'Invalid', handling, 0)];
  return { ...subject, ...nothing, verdict: 'error', reason: message, denials };
}

/** A judgement that counts only if something unknown turns out so: what objects to the request becomes unknown. */
function doubted(judgement: Judgement, doubt: { readonly reason?: string } | undefined): Judgement {
  if (doubt === undefined || judgement.verdict === 'pass' || judgement.verdict === 'not-applicable') {
    return judgement;
  }
  return {
    ...judgement,
    verdict: 'unknown',
    reason: judgement.verdict === 'unknown' ? judgement.reason : (doubt.reason ?? ''),
    denials: [],
    undecided: judgement.undecided || judgement.denials.length > 0,
  };
}

const nothing = { validations: [], auditAnnotations: [], denials: [], undecided: false };

function notApplicable(subject: Subject, reason: string): Judgement {
  return { ...subject, ...nothing, verdict: 'not-applicable', reason };
}

function unknownJudgement(subject: Subject, reason: string): Judgement {
  return { ...subject, ...nothing, verdict: 'unknown', reason, undecided: true };
}

function denial(message: string, reason: string, handling: Denial['handling'], index: number): Denial {
  return { message, reason, code: statusCode(reason), handling, index };
}
