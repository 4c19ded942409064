import { Variables } from '../cel/index.ts';
import { CelError, type Result, Unknown, type Value } from '../cel/value.ts';
import type { JsonObject } from '../model/object.ts';
import type { FindNamespace } from './match/match-resources.ts';
import { namespaceVariable } from './namespace-variable.ts';
import type { CompiledExpression, CompiledPolicy, CompiledVariable } from './policy.ts';
import type { AdmissionRequest, GroupVersionKind, GroupVersionResource } from './request.ts';
import { requestVariable } from './request-variable.ts';

/** The values of the names an expression may use. */
export type Activation = Record<string, Result | Variables>;

/**
 * What all policies that see a request's object in the same version have in common: the values of its variables, and
 * those policy variables that are the same in all of them.
 */
export class RequestScope {
  readonly object: Value;
  readonly oldObject: Value;
  readonly request: Value;
  readonly namespaceObject: Result;
  readonly shared: (Result | undefined)[] = [];

  constructor(
    request: AdmissionRequest,
    matched: { readonly kind: GroupVersionKind; readonly resource: GroupVersionResource },
    objects: { readonly object: JsonObject | null; readonly oldObject: JsonObject | null },
    findNamespace: FindNamespace,
  ) {
    this.object = objects.object as Value;
    this.oldObject = objects.oldObject as Value;
    this.request = requestVariable(request, matched);
    this.namespaceObject = namespaceVariable(request, findNamespace);
  }
}

const unknownAuthorizer = new Unknown(['authorizer']);

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
    activation['authorizer'] = unknownAuthorizer;
    activation['authorizer.requestResource'] = unknownAuthorizer;
  }
  if (policy.variables.size > 0) {
    activation['variables'] = new PolicyVariables(policy.variables, activation, scope.shared);
  }
  return activation;
}

/**
 * The `variables` of one policy: each is evaluated when it is first read and remembered, an error as well.
 *
 * Source: apiserver `pkg/admission/plugin/cel/composition.go`.
 */
class PolicyVariables extends Variables {
  private readonly variables: ReadonlyMap<string, CompiledVariable>;
  private readonly activation: Activation;
  private readonly shared: (Result | undefined)[];
  private readonly own = new Map<string, Result>();

  constructor(
    variables: ReadonlyMap<string, CompiledVariable>,
    activation: Activation,
    shared: (Result | undefined)[],
  ) {
    super(new Map());
    this.variables = variables;
    this.activation = activation;
    this.shared = shared;
  }

  override get(name: string): Result | undefined {
    const variable = this.variables.get(name);
    if (variable === undefined) return undefined;
    const known = variable.shared === undefined ? this.own.get(name) : this.shared[variable.shared];
    if (known !== undefined) return known;
    // A second definition that reads the first one's name reads itself; the server would never come back.
    this.own.set(name, new CelError(`variable "${name}" depends on itself`));
    const result = evaluateVariable(variable, this.activation);
    if (variable.shared === undefined) this.own.set(name, result);
    else this.shared[variable.shared] = result;
    return result;
  }

  override has(name: string): boolean {
    return this.variables.has(name);
  }
}

function evaluateVariable({ name, program, error }: CompiledVariable, activation: Activation): Result {
  if (program === undefined) {
    return new CelError(`composited variable "${name}" fails to compile: ${error}`);
  }
  const result = program.evaluate(activation);
  if (!(result instanceof CelError)) return result;
  return new CelError(`composited variable "${name}" fails to evaluate: ${result.message}`);
}

/** Evaluates an expression; one that does not compile evaluates to an error with the server's text. */
export function evaluate({ program, error }: CompiledExpression, activation: Activation): Result {
  return program === undefined ? new CelError(error) : program.evaluate(activation);
}
