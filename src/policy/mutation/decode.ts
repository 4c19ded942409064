import type { JsonObject } from '../../model/object.ts';
import type { NamedExpression, ParamKind } from '../definition.ts';
import { matchResources, matchResourcesShape, type RawMatchResources } from '../decode/match-resources.ts';
import { namedExpressions, namedExpressionsShape } from '../decode/named-expression.ts';
import { decodeObject } from '../decode/object.ts';
import {
  paramKind,
  paramKindShape,
  paramRef,
  paramRefShape,
  type RawParamRef,
} from '../decode/parameters.ts';
import { list, type Shape, string, struct } from '../decode/shape.ts';
import type { ProblemList } from '../problem.ts';
import type { MutatingBindingDefinition, MutatingPolicyDefinition } from './definition.ts';

const patch: Shape = struct({ expression: string });

const policyShape: Shape = struct({
  paramKind: paramKindShape,
  matchConstraints: matchResourcesShape,
  variables: namedExpressionsShape,
  mutations: list(struct({ patchType: string, applyConfiguration: patch, jsonPatch: patch })),
  failurePolicy: string,
  matchConditions: namedExpressionsShape,
  reinvocationPolicy: string,
});

interface RawPatch {
  readonly expression?: string;
}

interface RawPolicy {
  readonly paramKind: Partial<ParamKind>;
  readonly matchConstraints: RawMatchResources;
  readonly variables: readonly Partial<NamedExpression>[];
  readonly mutations: readonly {
    readonly patchType?: string;
    readonly applyConfiguration?: RawPatch;
    readonly jsonPatch?: RawPatch;
  }[];
  readonly failurePolicy: string;
  readonly matchConditions: readonly Partial<NamedExpression>[];
  readonly reinvocationPolicy: string;
}

/**
 * Reads a MutatingAdmissionPolicy and fills in defaults. Undefined (with problems) where something has a type that cannot
 * be decoded; what the server refuses later is found by `validateMutatingPolicy`.
 */
export function decodeMutatingPolicy(
  object: JsonObject,
  problems: ProblemList,
): MutatingPolicyDefinition | undefined {
  const decoded = decodeObject<RawPolicy>(object, policyShape, problems);
  if (decoded === undefined) return undefined;
  const { metadata, spec } = decoded;
  return {
    name: metadata.name ?? '',
    failurePolicy: spec.failurePolicy ?? 'Fail',
    paramKind: paramKind(spec.paramKind),
    matchConstraints: spec.matchConstraints && matchResources(spec.matchConstraints),
    matchConditions: namedExpressions(spec.matchConditions),
    variables: namedExpressions(spec.variables),
    validations: [],
    auditAnnotations: [],
    metadata: { labels: metadata.labels ?? {}, annotations: metadata.annotations ?? {} },
    mutations: (spec.mutations ?? []).map(({ patchType, applyConfiguration, jsonPatch }) => ({
      patchType: patchType ?? '',
      applyConfiguration: applyConfiguration && (applyConfiguration.expression ?? ''),
      jsonPatch: jsonPatch && (jsonPatch.expression ?? ''),
    })),
    reinvocationPolicy: spec.reinvocationPolicy ?? '',
  };
}

const bindingShape: Shape = struct({
  policyName: string,
  paramRef: paramRefShape,
  matchResources: matchResourcesShape,
});

interface RawBinding {
  readonly policyName: string;
  readonly paramRef: RawParamRef;
  readonly matchResources: RawMatchResources;
}

/** Reads a MutatingAdmissionPolicyBinding and fills in defaults; undefined where it cannot be decoded. */
export function decodeMutatingBinding(
  object: JsonObject,
  problems: ProblemList,
): MutatingBindingDefinition | undefined {
  const decoded = decodeObject<RawBinding>(object, bindingShape, problems);
  if (decoded === undefined) return undefined;
  const { metadata, spec } = decoded;
  return {
    name: metadata.name ?? '',
    policyName: spec.policyName ?? '',
    paramRef: paramRef(spec.paramRef),
    matchResources: spec.matchResources && matchResources(spec.matchResources),
    validationActions: [],
  };
}
