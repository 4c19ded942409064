import { typeText } from '../cel/check/analyze.ts';
import { type EvaluatedExpression, stepsOf } from '../cel/explain/steps.ts';
import {
  compile,
  type Explanation,
  type Origin,
  type Program,
  type Refusal,
  type Result,
  type Type,
  Unknown,
  type Value,
  Variables,
} from '../cel/index.ts';
import { type KubernetesVersion, kubernetesEnvironment } from '../cel/kubernetes/environment.ts';
import { kindRegistry } from '../kube/kinds.ts';
import type { JsonObject } from '../model/object.ts';
import { declaredType } from '../policy/declared-type.ts';
import { RequestScope } from '../policy/evaluation.ts';
import type { AdmissionRequest, Operation, UserInfo } from '../policy/index.ts';
import { namespaceVariable } from '../policy/namespace-variable.ts';
import { requestVariable } from '../policy/request-variable.ts';

/** What an expression is evaluated with; undefined stands for "not known", null for what the request does not have. */
export interface ExpressionInputs {
  readonly object: JsonObject | null | undefined;
  readonly oldObject: JsonObject | null | undefined;
  readonly params: JsonObject | undefined;
  readonly namespaceObject: JsonObject | undefined;
  readonly userInfo: UserInfo | undefined;
  readonly operation: Operation | undefined;
}

/** A policy's variable as it is written. */
export interface WrittenVariable {
  readonly name: string;
  readonly expression: string;
}

/** What an expression came to, with the variables it read in their order. */
export interface Evaluation extends EvaluatedExpression {
  readonly variables: readonly EvaluatedExpression[];
}

/** An expression that does not compile. */
export interface RefusedExpression {
  readonly name: string;
  readonly expression: string;
  readonly refusal: Refusal;
}

/**
 * Compiles and evaluates one expression as it would stand in a ValidatingAdmissionPolicy, and keeps the value of every
 * part of it. All names of a policy are declared; what is not given is unknown, the authorizer always.
 */
export function evaluateExpression(
  expression: string,
  inputs: ExpressionInputs,
  version: KubernetesVersion,
  variables: readonly WrittenVariable[] = [],
): Evaluation | RefusedExpression {
  const programs = new Map<string, Program>();
  const types = new Map<string, Type>();
  const environment = () =>
    kubernetesEnvironment(version, {
      hasParams: true,
      hasAuthorizer: true,
      ...(variables.length > 0 && { variables: Object.fromEntries(types) }),
    });
  for (const { name, expression: text } of variables) {
    const compiled = compile(text, environment());
    if ('issues' in compiled) return { name, expression: text, refusal: compiled };
    programs.set(name, compiled.program);
    types.set(name, declaredType(compiled.program.type));
  }
  const compiled = compile(expression, environment());
  if ('issues' in compiled) return { name: '', expression, refusal: compiled };
  const activation = activationOf(inputs);
  const read = new ReadVariables(programs, activation);
  const explained = compiled.program.explain(activation);
  const used = [...programs].filter(([name]) => read.names.has(name));
  return {
    ...evaluated('', compiled.program, explained),
    variables: used.map(([name, program]) => evaluated(name, program, program.explain(activation))),
  };
}

function evaluated(name: string, program: Program, explained: Explanation): EvaluatedExpression {
  const { result, paths, cost, tree } = explained;
  const { text, type, plan } = program;
  return {
    name,
    expression: text,
    type: typeText(type),
    result,
    paths,
    cost,
    steps: stepsOf(plan.root, tree),
  };
}

/** The variables of a policy, which remembers those that were read. */
class ReadVariables extends Variables {
  readonly names = new Set<string>();

  override origin(name: string): Origin | undefined {
    this.names.add(name);
    return super.origin(name);
  }

  /** Source: apiserver `pkg/admission/plugin/cel/composition.go`. */
  protected override describe(name: string, message: string): string {
    return `composited variable "${name}" fails to evaluate: ${message}`;
  }
}

type Activation = Record<string, Result>;

function activationOf(inputs: ExpressionInputs): Activation {
  const { object, oldObject, params } = inputs;
  const given = {
    object: orUnknown('object', object),
    oldObject: orUnknown('oldObject', oldObject),
    params: orUnknown('params', params),
    authorizer: new Unknown(['authorizer']),
    'authorizer.requestResource': new Unknown(['authorizer']),
  };
  const request = requestOf(inputs);
  if (request === undefined) {
    return { ...given, request: partialRequest(inputs), namespaceObject: namespaceAlone(inputs) };
  }
  const scope = new RequestScope(request, request, request, () => inputs.namespaceObject);
  return {
    ...given,
    ...(object !== undefined && { object: scope.object }),
    request: scope.request,
    namespaceObject: scope.namespaceObject,
  };
}

const orUnknown = (name: string, value: JsonObject | null | undefined): Result =>
  value === undefined ? new Unknown([name]) : (value as Value);

function namespaceAlone({ namespaceObject }: ExpressionInputs): Result {
  if (namespaceObject === undefined) return new Unknown(['namespaceObject']);
  const namespace = metadataText(namespaceObject, 'name') ?? '-';
  return namespaceVariable({ ...anyRequest, namespace }, () => namespaceObject);
}

const anyRequest: AdmissionRequest = {
  operation: 'CREATE',
  kind: { group: '', version: '', kind: '' },
  resource: { group: '', version: '', resource: '' },
  subresource: '',
  name: undefined,
  namespace: undefined,
  scope: undefined,
  object: null,
  oldObject: null,
};

/** The request for an object that says what it is; undefined where there is none. */
function requestOf(inputs: ExpressionInputs): AdmissionRequest | undefined {
  const { object, oldObject, namespaceObject, userInfo } = inputs;
  const written = object ?? oldObject ?? undefined;
  if (written === undefined) return undefined;
  const { apiVersion, kind: named } = written;
  if (typeof apiVersion !== 'string' || typeof named !== 'string') return undefined;
  const { group, version, kind, plural, namespaced } = kindRegistry([]).resolve(apiVersion, named);
  const name = metadataText(written, 'name');
  const isNamespace = group === '' && kind === 'Namespace';
  const own =
    metadataText(written, 'namespace') ?? (namespaceObject && metadataText(namespaceObject, 'name'));
  return {
    operation: inputs.operation ?? 'CREATE',
    kind: { group, version, kind },
    resource: { group, version, resource: plural },
    subresource: '',
    name,
    namespace: isNamespace ? (name ?? '') : namespaced === false ? '' : own,
    scope: namespaced === undefined ? undefined : namespaced ? 'Namespaced' : 'Cluster',
    object: object ?? null,
    oldObject: oldObject ?? null,
    ...(userInfo !== undefined && { userInfo }),
  };
}

/** `request` where only the caller or the operation is known. */
function partialRequest({ operation, userInfo }: ExpressionInputs): Value | Unknown {
  if (operation === undefined && userInfo === undefined) return new Unknown(['request']);
  const known = requestVariable(
    { ...anyRequest, operation: operation ?? 'CREATE', ...(userInfo !== undefined && { userInfo }) },
    anyRequest,
  ) as Record<string, Value>;
  const fields: Record<string, Value | Unknown> = { ...known };
  for (const name of [
    'kind',
    'resource',
    'requestKind',
    'requestResource',
    'subResource',
    'requestSubResource',
  ]) {
    fields[name] = new Unknown([`request.${name}`]);
  }
  if (operation === undefined) {
    fields['operation'] = new Unknown(['request.operation']);
    fields['options'] = new Unknown(['request.options']);
  }
  return fields as Value;
}

function metadataText(object: JsonObject, field: string): string | undefined {
  const metadata = object['metadata'];
  if (metadata === null || typeof metadata !== 'object' || Array.isArray(metadata)) return undefined;
  const value = (metadata as JsonObject)[field];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
