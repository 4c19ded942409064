import { Unknown, type Value } from '../cel/value.ts';
import type { AdmissionRequest, GroupVersionKind, GroupVersionResource, Operation } from './request.ts';

const optionsKinds: Readonly<Record<Operation, string>> = {
  CREATE: 'CreateOptions',
  UPDATE: 'UpdateOptions',
  DELETE: 'DeleteOptions',
  CONNECT: '',
};

/**
 * The variable `request`: only fields that are set exist, and those that are not known are `Unknown`.
 *
 * `kind` and `resource` are what the policy matched, which differs from the request's own where matchPolicy Equivalent
 * made the server convert the object.
 * Source: apiserver `pkg/admission/plugin/cel/condition.go`, `CreateAdmissionRequest`; JSON tags of `AdmissionRequest`.
 */
export function requestVariable(
  request: AdmissionRequest,
  matched: { readonly kind: GroupVersionKind; readonly resource: GroupVersionResource },
): Value {
  const fields: Record<string, Value | Unknown> = {
    uid: '',
    kind: { ...matched.kind },
    resource: { ...matched.resource },
    requestKind: { ...request.kind },
    requestResource: { ...request.resource },
    operation: request.operation,
    userInfo: userInfo(request),
    object: null,
    dryRun: request.dryRun ?? false,
  };
  if (request.subresource !== '') {
    fields['subResource'] = request.subresource;
    fields['requestSubResource'] = request.subresource;
  }
  if (request.name !== '') fields['name'] = request.name ?? new Unknown(['request.name']);
  if (request.namespace !== '') fields['namespace'] = request.namespace ?? new Unknown(['request.namespace']);
  fields['options'] = optionsVariable(request);
  return fields as Value;
}

function userInfo({ userInfo: user }: AdmissionRequest): Value | Unknown {
  if (user === undefined) return new Unknown(['request.userInfo']);
  const fields: Record<string, Value> = {};
  if (user.username !== '') fields['username'] = user.username;
  if (user.uid !== '') fields['uid'] = user.uid;
  if (user.groups.length > 0) fields['groups'] = user.groups;
  if (Object.keys(user.extra).length > 0) fields['extra'] = user.extra;
  return fields;
}

/** A request to connect has none, which shows as null. */
function optionsVariable({ operation, options }: AdmissionRequest): Value {
  if (options !== undefined) return options as Value;
  const kind = optionsKinds[operation];
  return kind === '' ? null : { apiVersion: 'meta.k8s.io/v1', kind };
}
