import type { Json, JsonObject } from '../../model/object.ts';
import type { ProblemList } from '../problem.ts';
import { any, conform, map, type Misfits, type Shape, string, struct } from './shape.ts';

/** The API group of policies and bindings. */
export const policyGroup = 'admissionregistration.k8s.io';

/** The fields of `metadata` that a person may write; the values of the server's own are not looked into. */
const metadataShape: Shape = struct({
  name: string,
  generateName: string,
  namespace: string,
  labels: map(string),
  annotations: map(string),
  finalizers: any,
  ownerReferences: any,
  managedFields: any,
  creationTimestamp: any,
  deletionTimestamp: any,
  deletionGracePeriodSeconds: any,
  generation: any,
  resourceVersion: any,
  selfLink: any,
  uid: any,
});

/** An object's metadata as decoded. */
export interface Metadata {
  readonly name?: string;
  readonly generateName?: string;
  readonly labels?: Json;
  readonly annotations?: Json;
}

/** An object of the policy API as decoded. */
export interface DecodedObject<Spec> {
  readonly metadata: Metadata;
  readonly spec: Partial<Spec>;
}

/** Whether a document is an object of this kind in any version of the policy API. */
export function isPolicyApi(object: JsonObject, kind: string): boolean {
  const apiVersion = object['apiVersion'];
  return (
    typeof apiVersion === 'string' && apiVersion.startsWith(`${policyGroup}/`) && object['kind'] === kind
  );
}

/**
 * Reads a whole object with the given `spec`. Returns undefined where something has the wrong type, which the API server
 * refuses before it looks at anything else.
 */
export function decodeObject<Spec>(
  object: JsonObject,
  specShape: Shape,
  problems: ProblemList,
): DecodedObject<Spec> | undefined {
  const version = String(object['apiVersion']).slice(policyGroup.length + 1);
  if (version !== 'v1' && version !== 'v1beta1' && version !== 'v1alpha1') {
    problems.error(
      ['apiVersion'],
      `no version "${version}" of ${policyGroup} is known; write ${policyGroup}/v1`,
    );
    return undefined;
  }
  if (version !== 'v1') {
    problems.warn(
      ['apiVersion'],
      `${policyGroup}/${version} is not served by default; write ${policyGroup}/v1`,
    );
  }
  let undecodable = false;
  const misfits: Misfits = {
    unknownField: (path, reason) => problems.error(path, reason),
    wrongType: (path, reason) => {
      undecodable = true;
      problems.error(path, reason);
    },
  };
  const shape = struct({
    apiVersion: string,
    kind: string,
    metadata: metadataShape,
    spec: specShape,
    status: any,
  });
  const conforming = conform(object, shape, [], misfits);
  if (undecodable) return undefined;
  const { metadata = {}, spec = {} } = conforming as { metadata?: Metadata; spec?: Partial<Spec> };
  return { metadata, spec };
}
