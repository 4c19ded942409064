import type { JsonObject } from '../../model/object.ts';
import type { BindingDefinition, LabelSelector } from '../definition.ts';
import type { ProblemList } from '../problem.ts';
import {
  labelSelector,
  labelSelectorShape,
  matchResources,
  matchResourcesShape,
  type RawMatchResources,
} from './match-resources.ts';
import { decodeObject } from './object.ts';
import { list, type Shape, string, struct } from './shape.ts';

const specShape: Shape = struct({
  policyName: string,
  paramRef: struct({
    name: string,
    namespace: string,
    selector: labelSelectorShape,
    parameterNotFoundAction: string,
  }),
  matchResources: matchResourcesShape,
  validationActions: list(string),
});

interface RawSpec {
  readonly policyName: string;
  readonly paramRef: {
    readonly name?: string;
    readonly namespace?: string;
    readonly selector?: Partial<LabelSelector>;
    readonly parameterNotFoundAction?: string;
  };
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
    paramRef: spec.paramRef && {
      name: spec.paramRef.name ?? '',
      namespace: spec.paramRef.namespace ?? '',
      selector: spec.paramRef.selector && labelSelector(spec.paramRef.selector),
      parameterNotFoundAction: spec.paramRef.parameterNotFoundAction ?? '',
    },
    matchResources: spec.matchResources && matchResources(spec.matchResources),
    validationActions: spec.validationActions ?? [],
  };
}
