import type { AdmissionRequest } from './request.ts';

/** A request that creates the pod `web` in the namespace `shop`; `change` is what a test has different. */
export function createRequest(change: Partial<AdmissionRequest> = {}): AdmissionRequest {
  return {
    operation: 'CREATE',
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    subresource: '',
    name: 'web',
    namespace: 'shop',
    scope: 'Namespaced',
    object: {},
    oldObject: null,
    ...change,
  };
}
