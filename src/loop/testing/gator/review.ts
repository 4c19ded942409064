import type { JsonObject } from '../../../model/object.ts';
import type { AdmissionRequest } from '../../../policy/index.ts';
import { admissionRequest, nobody, type RequestRules } from '../admission-request.ts';
import { isMapping, type Place, type PlacedObject } from '../files.ts';
import { userInfoOf } from '../user-info.ts';

/** The request of an object, or the one an AdmissionReview carries. */
export function reviewOf(
  object: PlacedObject,
  rules: RequestRules,
): { readonly request: AdmissionRequest; readonly place: Place } | string {
  const { apiVersion, kind, request: review } = object.value;
  const isReview = kind === 'AdmissionReview' && String(apiVersion).startsWith('admission.k8s.io/');
  if (!isReview) {
    const parts = { operation: 'CREATE', object: object.value, oldObject: null, userInfo: nobody } as const;
    const request = admissionRequest(parts, rules);
    return typeof request === 'string' ? request : { request, place: object };
  }
  if (!isMapping(review)) return 'the AdmissionReview has no request';
  const objectOf = (key: string): JsonObject | null => (isMapping(review[key]) ? review[key] : null);
  const operations = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'] as const;
  const operation = operations.find((one) => one === review['operation']) ?? 'CREATE';
  const text = (key: string): string | undefined =>
    typeof review[key] === 'string' ? review[key] : undefined;
  const oldObject = objectOf('oldObject');
  if (operation === 'DELETE' && oldObject === null) return 'an AdmissionReview of a DELETE has an oldObject';
  const { userInfo, dryRun, options } = review;
  const request = admissionRequest(
    {
      operation,
      // A ValidatingAdmissionPolicy sees no object in a DELETE, whatever the review holds.
      object: operation === 'DELETE' ? null : objectOf('object'),
      oldObject,
      name: text('name'),
      namespace: text('namespace'),
      userInfo: isMapping(userInfo) ? userInfoOf(userInfo) : nobody,
      dryRun: dryRun === true,
      options: isMapping(options) ? options : undefined,
    },
    rules,
  );
  if (typeof request === 'string') return request;
  const key = request.object === null ? 'oldObject' : 'object';
  const subresource = text('subResource') ?? '';
  return {
    request: { ...request, subresource, ...namesOf(review, request) },
    place: { ...object, path: [...object.path, 'request', key] },
  };
}

/** The kind and resource that a review names, where it does. */
function namesOf(review: JsonObject, own: AdmissionRequest): Pick<AdmissionRequest, 'kind' | 'resource'> {
  const pick = (key: string, field: string): Record<string, string> | undefined => {
    const value = review[key];
    if (!isMapping(value) || typeof value[field] !== 'string') return undefined;
    const text = (name: string): string => (typeof value[name] === 'string' ? value[name] : '');
    return { group: text('group'), version: text('version'), [field]: text(field) };
  };
  return {
    kind: (pick('kind', 'kind') as AdmissionRequest['kind'] | undefined) ?? own.kind,
    resource: (pick('resource', 'resource') as AdmissionRequest['resource'] | undefined) ?? own.resource,
  };
}
