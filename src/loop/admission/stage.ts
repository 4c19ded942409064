import { serverView } from '../../kube/view/server-view.ts';
import type { JsonObject, Path } from '../../model/object.ts';
import { valueAt } from '../../model/path.ts';
import type { AdmissionRequest } from '../../policy/index.ts';

/** A request as it is at one point of its way through the API server. */
export interface Staged {
  readonly request: AdmissionRequest;
  /** What the server says when it cannot decode an object; empty where it can. */
  readonly undecodable: string;
  /** Fields of the object that its type does not have, which the server drops. */
  readonly unknownFields: readonly Path[];
}

/**
 * `mutating`: before mutating policies; `mutated`: after them; `validating`: where there are none.
 */
export type Stage = 'mutating' | 'mutated' | 'validating';

/**
 * The request as mutating or as validating policies see it. An object that was written by a person is put into the server
 * view; one that a server sent is taken as it is. `isWritten` says which the object is, where mutations have changed it.
 *
 * Source: apiserver `pkg/endpoints/handlers/create.go`, `update.go`; `pkg/registry/generic/registry/store.go`.
 */
export function atStage(
  request: AdmissionRequest,
  stage: Stage,
  isWritten: boolean = isWrittenObject(request.object),
): Staged {
  const { operation, subresource, object, oldObject, namespace } = request;
  const isOldWritten = isWrittenObject(oldObject);
  const isWhole = subresource !== '' || operation === 'CONNECT' || (!isWritten && !isOldWritten);
  if (isWhole) return { request, undecodable: '', unknownFields: [] };
  const options = { stage, ...(namespace !== undefined && namespace !== '' && { namespace }) };
  const after = isWritten && object !== null ? serverView(object, options) : undefined;
  // What is stored has been through validation once.
  const before = isOldWritten ? serverView(oldObject!, { ...options, stage: 'validating' }) : undefined;
  const refused = after?.problems[0] ?? before?.problems[0];
  const unknownFields = after?.unknownFields ?? [];
  if (refused !== undefined) return { request, undecodable: refused.message, unknownFields };
  const stored = before === undefined ? oldObject : withStatus(before.object as JsonObject, oldObject);
  const seen = after === undefined ? object : (after.object as JsonObject);
  // An update of the resource itself keeps the status that is there, which its strategy sees to after mutation.
  const keepsStatus = operation === 'UPDATE' && stage !== 'mutating' && after?.known === true;
  const made = { object: keepsStatus ? withStatus(seen!, stored) : seen, oldObject: stored };
  return { request: { ...request, ...made }, undecodable: '', unknownFields };
}

/** Whether an object has not been through a server yet, which gives it a uid: a person wrote it, or it is not complete. */
export function isWrittenObject(object: JsonObject | null): boolean {
  return object !== null && valueAt(object, ['metadata', 'uid']) === undefined;
}

function withStatus(object: JsonObject, from: JsonObject | null): JsonObject {
  const status = from?.['status'];
  if (status === undefined) return object;
  return { ...object, status };
}
