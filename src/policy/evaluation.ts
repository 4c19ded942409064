import { type Origin, Variables } from '../cel/index.ts';
import { chargeVariable, lastCost } from '../cel/limit.ts';
import { CelError, type Result, Unknown, type Value } from '../cel/value.ts';
import type { JsonObject } from '../model/object.ts';
import { child } from '../model/path.ts';
import { type Authorizer, authorizerVariables, type AuthorizerVariables } from './authorizer.ts';
import { compilationError, evaluationError } from './message.ts';
import type { FindNamespace } from './match/match-resources.ts';
import { namespaceVariable } from './namespace-variable.ts';
import type { CompiledExpression, CompiledPolicy } from './policy.ts';
import { unexplained } from './refused-program.ts';
import type { AdmissionRequest, GroupVersionKind, GroupVersionResource } from './request.ts';
import { requestVariable } from './request-variable.ts';

/** The values of the names an expression may use. */
export type Activation = Record<string, Result | Variables>;

/** What is known of a request's object, by the `shared` of variables and match conditions. */
export class SharedResults {
  readonly results: (Result | undefined)[] = [];
  readonly origins: (Origin | undefined)[] = [];
  /** What those results have cost, without the variables that were read on the way. */
  readonly costs: number[] = [];
  /** Which variables were read on the way, by their names, which are the same wherever the variable is, while their positions are not. */
  readonly reads: (readonly string[])[] = [];

  /** For another request: lists of some thousand places, of which few are used, are not made for each. */
  forget(): void {
    this.results.fill(undefined);
    this.origins.fill(undefined);
  }
}

/**
 * What all policies that see a request's object in the same version have in common: the values of its variables, and
 * those policy variables that are the same in all of them.
 */
export class RequestScope {
  readonly object: Value;
  readonly oldObject: Value;
  readonly request: Value;
  /** As match conditions see it: with the resource of the request even where another version matched. */
  readonly conditionRequest: Value;
  readonly namespaceObject: Result;
  readonly shared: SharedResults;
  /** The server binds these in match conditions and validations only. */
  readonly authorizer: AuthorizerVariables;

  constructor(
    request: AdmissionRequest,
    matched: { readonly kind: GroupVersionKind; readonly resource: GroupVersionResource },
    objects: { readonly object: JsonObject | null; readonly oldObject: JsonObject | null },
    findNamespace: FindNamespace,
    authorizer?: Authorizer,
    shared = new SharedResults(),
  ) {
    this.shared = shared;
    this.authorizer = authorizerVariables(request, authorizer);
    this.object = withServerMetadata(objects.object, request) as Value;
    this.oldObject = objects.oldObject as Value;
    this.request = requestVariable(request, matched);
    this.conditionRequest =
      request.resource.version === matched.resource.version &&
      request.resource.group === matched.resource.group
        ? this.request
        : requestVariable(request, { kind: matched.kind, resource: request.resource });
    this.namespaceObject = namespaceVariable(request, findNamespace);
  }
}

/**
 * The object with the name and namespace the server fills in before admission: known from the request, or unknown.
 */
export function withServerMetadata(
  object: JsonObject | null,
  { operation, name, namespace, scope }: AdmissionRequest,
): unknown {
  const metadata = object === null ? undefined : child(object, 'metadata');
  const isMap = typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata);
  if (operation !== 'CREATE' || !isMap) return object;
  const fields = metadata as JsonObject;
  const filled: Record<string, unknown> = {};
  // A server view holds a stand-in for a name that the server makes up.
  if (name === undefined) {
    filled['name'] = new Unknown(['request.name']);
  }
  if (scope !== 'Cluster' && fields['namespace'] === undefined && namespace !== '') {
    filled['namespace'] = namespace ?? new Unknown(['request.namespace']);
  }
  return Object.keys(filled).length === 0 ? object : { ...object, metadata: { ...fields, ...filled } };
}

/**
 * The activation of match conditions, for which the server looks up no Namespace: `namespaceObject` is always null.
 *
 * Source: apiserver `pkg/admission/plugin/webhook/matchconditions/matcher.go`.
 */
export function activateConditions(scope: RequestScope, params: JsonObject | null): Activation {
  return {
    object: scope.object,
    oldObject: scope.oldObject,
    request: scope.conditionRequest,
    namespaceObject: null,
    params: params as Value,
    authorizer: scope.authorizer.authorizer,
    'authorizer.requestResource': scope.authorizer.requestResource,
  };
}

/**
 * The activation of a policy's expressions. Without the authorizer for message expressions and audit annotations, where
 * the server does not bind it.
 */
export function activate(
  policy: CompiledPolicy,
  scope: RequestScope,
  params: JsonObject | null,
  withAuthorizer: boolean,
): Activation {
  const activation: Activation = {
    object: scope.object,
    oldObject: scope.oldObject,
    request: scope.request,
    namespaceObject: scope.namespaceObject,
    params: params as Value,
  };
  if (withAuthorizer) {
    activation['authorizer'] = scope.authorizer.authorizer;
    activation['authorizer.requestResource'] = scope.authorizer.requestResource;
  }
  if (policy.variables.size > 0) {
    activation['variables'] = new PolicyVariables(policy, activation, scope);
  }
  return activation;
}

/**
 * The `variables` of one policy: each is evaluated when it is first read and remembered, an error as well; what equals a
 * variable of another policy is taken from there.
 *
 * Source: apiserver `pkg/admission/plugin/cel/composition.go`.
 */
class PolicyVariables extends Variables {
  private readonly policy: CompiledPolicy;
  private readonly scope: RequestScope;
  private inProgress: string[] | undefined;
  /** What the variable that is being evaluated has read so far; undefined where nobody will ask. */
  private reading: string[] | undefined;
  /** By position: whether the variable is paid for. */
  private readonly paid: boolean[] = [];

  constructor(policy: CompiledPolicy, activation: Activation, scope: RequestScope) {
    super(policy.variablePrograms, activation);
    this.policy = policy;
    this.scope = scope;
  }

  override at(index: number): Result {
    const { name, shared, program } = this.policy.variableList[index]!;
    this.reading?.push(name);
    const known = shared === undefined ? undefined : this.scope.shared.results[shared];
    if (known !== undefined) {
      if (this.paid[index] !== true) this.charge(index);
      return known;
    }
    const outer = this.reading;
    const reading = shared === undefined ? undefined : [];
    this.reading = reading;
    const circle = this.enter(name);
    try {
      const result = circle ?? super.at(index);
      if (shared !== undefined) {
        this.scope.shared.results[shared] = result;
        this.scope.shared.costs[shared] = program === undefined ? 0 : lastCost();
        this.scope.shared.reads[shared] = reading!;
        this.paid[index] = true;
      }
      return result;
    } finally {
      // Also where the stack ended on the way.
      if (circle === undefined) this.inProgress!.pop();
      this.reading = outer;
    }
  }

  /** Pays for a variable whose value is known from another policy as if it were evaluated here. */
  private charge(index: number): void {
    this.paid[index] = true;
    const { shared } = this.policy.variableList[index]!;
    chargeVariable(this.scope.shared.costs[shared!]!);
    for (const read of this.scope.shared.reads[shared!]!) {
      const at = this.layout.indexOf(read);
      if (this.paid[at] !== true) this.charge(at);
    }
  }

  override origin(name: string): Origin | undefined {
    const shared = this.policy.variables.get(name)?.shared;
    const known = shared === undefined ? undefined : this.scope.shared.origins[shared];
    if (known !== undefined) return known;
    const circle = this.enter(name);
    let read: Origin | CelError | undefined;
    try {
      read = circle ?? super.origin(name);
    } finally {
      if (circle === undefined) this.inProgress!.pop();
    }
    const explained = read instanceof CelError ? unexplained(read) : read;
    if (shared !== undefined) this.scope.shared.origins[shared] = explained;
    return explained;
  }

  protected override describe(name: string, message: string): string {
    return failureText(this.policy, name, message);
  }

  /** A second definition that reads the first one's name reads itself; the server would never come back. */
  private enter(name: string): CelError | undefined {
    const inProgress = (this.inProgress ??= []);
    if (inProgress.includes(name)) return new CelError(`variable "${name}" depends on itself`);
    inProgress.push(name);
    return undefined;
  }
}

function failureText(policy: CompiledPolicy, name: string, message: string): string {
  const isCompiled = policy.variables.get(name)?.program !== undefined;
  return `composited variable "${name}" fails to ${isCompiled ? 'evaluate' : 'compile'}: ${message}`;
}

/** Evaluates an expression; one that does not compile evaluates to an error with the server's text. */
export function evaluate({ program, error }: CompiledExpression, activation: Activation): Result {
  return program === undefined ? new CelError(error) : program.evaluate(activation);
}

/** The server's text for an expression that failed or did not compile. */
export function errorText({ text, program }: CompiledExpression, { message }: CelError): string {
  return program === undefined ? compilationError(message) : evaluationError(text, message);
}
