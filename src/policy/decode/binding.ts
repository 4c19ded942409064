import type { JsonObject } from '../../model/object.ts';
import type { BindingDefinition } from '../definition.ts';
import type { ProblemList } from '../problem.ts';
import { matchResources, matchResourcesShape, type RawMatchResources } from './match-resources.ts';
import { decodeObject } from './object.ts';
import { paramRef, paramRefShape, type RawParamRef } from './parameters.ts';
import { list, type Shape, string, struct } from './shape.ts';

const specShape: Shape = struct({
  policyName: string,
  paramRef: paramRefShape,
  matchResources: matchResourcesShape,
  validationActions: list(string),
});

interface RawSpec {
  readonly policyName: string;
  readonly paramRef: RawParamRef;
  readonly matchResources: RawMatchResources;
  readonly validationActions: readonly string[];
}

/** Reads a ValidatingAdmissionPolicyBinding and fills in defaults; undefined where it cannot be decoded. */
export function decodeBinding(object: JsonObject, problems: ProblemList): BindingDefinition | undefined {
  const decoded = decodeObject<RawSpec>(object, specShape, problems);
  if (decoded === undefined) return undefined;
  const { metadata, spec } = decoded;
  return {
    name: metadata.name ?? '',
    policyName: spec.policyName ?? '',
    paramRef: paramRef(spec.paramRef),
    matchResources: spec.matchResources && matchResources(spec.matchResources),
    validationActions: spec.validationActions ?? [],
  };
}
