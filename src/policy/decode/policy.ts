import type { JsonObject } from '../../model/object.ts';
import type { NamedExpression, ParamKind, PolicyDefinition, Validation } from '../definition.ts';
import type { ProblemList } from '../problem.ts';
import { FieldErrors } from '../validation/field-error.ts';
import { reasons } from '../validation/policy.ts';
import { matchResources, matchResourcesShape, type RawMatchResources } from './match-resources.ts';
import { namedExpressions, namedExpressionsShape } from './named-expression.ts';
import { type DecodedObject, decodeObject } from './object.ts';
import { paramKind, paramKindShape } from './parameters.ts';
import { list, type Shape, string, struct } from './shape.ts';

const specShape: Shape = struct({
  paramKind: paramKindShape,
  matchConstraints: matchResourcesShape,
  validations: list(
    struct({ expression: string, message: string, messageExpression: string, reason: string }),
  ),
  failurePolicy: string,
  auditAnnotations: list(struct({ key: string, valueExpression: string })),
  matchConditions: namedExpressionsShape,
  variables: namedExpressionsShape,
});

interface RawSpec {
  readonly paramKind: Partial<ParamKind>;
  readonly matchConstraints: RawMatchResources;
  readonly validations: readonly Partial<Validation>[];
  readonly failurePolicy: string;
  readonly auditAnnotations: readonly { readonly key?: string; readonly valueExpression?: string }[];
  readonly matchConditions: readonly Partial<NamedExpression>[];
  readonly variables: readonly Partial<NamedExpression>[];
}

/**
 * Reads a ValidatingAdmissionPolicy and fills in defaults. Undefined (with problems) where something has a type that
 * cannot be decoded; what the server refuses later is found by `validatePolicy`. Of one that is known to fit, the types of
 * its fields are not looked at.
 */
export function decodePolicy(
  object: JsonObject,
  problems: ProblemList,
  isKnownToFit = false,
): PolicyDefinition | undefined {
  const decoded = isKnownToFit
    ? (object as unknown as DecodedObject<RawSpec>)
    : decodeObject<RawSpec>(object, specShape, problems);
  if (decoded === undefined) return undefined;
  const { metadata, spec } = decoded;
  refuseEmptyReasons(spec.validations ?? [], problems);
  return {
    name: metadata.name ?? '',
    failurePolicy: spec.failurePolicy ?? 'Fail',
    paramKind: paramKind(spec.paramKind),
    matchConstraints: spec.matchConstraints && matchResources(spec.matchConstraints),
    matchConditions: namedExpressions(spec.matchConditions),
    variables: namedExpressions(spec.variables),
    validations: (spec.validations ?? []).map((validation) => ({
      expression: validation.expression ?? '',
      message: validation.message ?? '',
      messageExpression: validation.messageExpression ?? '',
      reason: validation.reason ?? '',
    })),
    auditAnnotations: (spec.auditAnnotations ?? []).map((annotation) => ({
      key: annotation.key ?? '',
      valueExpression: annotation.valueExpression ?? '',
    })),
    metadata: { labels: metadata.labels ?? {}, annotations: metadata.annotations ?? {} },
  };
}

/** An empty reason counts as none once it is decoded; the server refuses it where it is written. */
function refuseEmptyReasons(validations: readonly Partial<Validation>[], problems: ProblemList): void {
  validations.forEach(({ reason }, index) => {
    const path = ['spec', 'validations', index, 'reason'];
    if (reason === '') new FieldErrors(problems).notSupported(path, reason, reasons);
  });
}
