import type { KindRegistry } from '../../kube/kinds.ts';
import { serverView } from '../../kube/view/server-view.ts';
import type { JsonObject } from '../../model/object.ts';
import { formatPath, valueAt } from '../../model/path.ts';
import type { AdmissionRequest, Operation, UserInfo } from '../../policy/index.ts';

/** What a test says about a request; what it leaves out is worked out from the object. */
export interface RequestParts {
  readonly operation: Operation;
  readonly object: JsonObject | null;
  readonly oldObject: JsonObject | null;
  /** `pods/exec`, `apps/v1/deployments/scale`: where it is not the resource of the object's kind. */
  readonly resource?: string | undefined;
  readonly name?: string | undefined;
  readonly namespace?: string | undefined;
  readonly userInfo?: UserInfo | undefined;
  readonly dryRun?: boolean | undefined;
  readonly options?: JsonObject | undefined;
}

/** How the objects of a format are meant. */
export interface RequestRules {
  readonly kinds: KindRegistry;
  /**
   * Whether policies see what an API server would make of the object (defaults filled in, unknown fields refused), at
   * validating or at mutating admission, or, as in tools that have no API server, what is written.
   */
  readonly view: 'validating' | 'mutating' | 'written';
  /** The namespace of namespaced objects that name none; empty leaves them without. */
  readonly namespace: string;
}

/** A user of whom nothing is set, as in tools that review objects without a request. */
export const nobody: UserInfo = { username: '', uid: '', groups: [], extra: {} };

/** The request that a test means, or why an API server would not have one. */
export function admissionRequest(parts: RequestParts, rules: RequestRules): AdmissionRequest | string {
  const written = parts.object ?? parts.oldObject;
  if (written === null) return 'there is neither an object nor an old object';
  const apiVersion = typeof written['apiVersion'] === 'string' ? written['apiVersion'] : '';
  const kindName = typeof written['kind'] === 'string' ? written['kind'] : '';
  if (kindName === '' || (apiVersion === '' && rules.view !== 'written')) {
    return `the object has no ${kindName === '' ? 'kind' : 'apiVersion'}`;
  }
  const { group, version, kind, plural, namespaced } = rules.kinds.resolve(apiVersion, kindName);
  const target = resourceOf(parts.resource, { group, version, resource: plural });
  const isNamespace = group === '' && kind === 'Namespace';
  const name = parts.name ?? textAt(written, 'name');
  const generated = name === undefined && textAt(written, 'generateName') !== undefined;
  const own = parts.namespace ?? textAt(written, 'namespace') ?? rules.namespace;
  const namespace = isNamespace ? (name ?? '') : namespaced === false ? '' : own;
  const views = [parts.object, parts.oldObject].map((one, i) => {
    if (one === null || rules.view === 'written') return one;
    // What is stored already has been through everything.
    return viewOf(one, namespace, i === 0 ? rules.view : 'validating');
  });
  const refused = views.find((view) => typeof view === 'string');
  if (refused !== undefined) return refused as string;
  const [object, oldObject] = views as (JsonObject | null)[];
  return {
    operation: parts.operation,
    kind: { group, version, kind },
    resource: target.resource,
    subresource: target.subresource,
    name: generated ? undefined : (name ?? ''),
    namespace,
    scope:
      namespaced === undefined
        ? namespace === ''
          ? undefined
          : 'Namespaced'
        : namespaced
          ? 'Namespaced'
          : 'Cluster',
    object: object!,
    oldObject: oldObject!,
    ...(parts.userInfo !== undefined && { userInfo: parts.userInfo }),
    ...(parts.dryRun !== undefined && { dryRun: parts.dryRun }),
    ...(parts.options !== undefined && { options: parts.options }),
  };
}

/** The object as the server has it at a stage of admission, or why it refuses it. */
export function viewOf(
  object: JsonObject,
  namespace: string,
  stage: 'validating' | 'mutating',
): JsonObject | string {
  const view = serverView(object, { stage, ...(namespace !== '' && { namespace }) });
  if (view.object === null)
    return `the API server cannot read the object: ${view.problems[0]?.message ?? ''}`;
  if (view.unknownFields.length > 0) {
    const fields = view.unknownFields.map((path) => formatPath(path)).join(', ');
    return `the object has no field ${fields}: kubectl would refuse it`;
  }
  return view.object as JsonObject;
}

function textAt(object: JsonObject, field: string): string | undefined {
  const value = valueAt(object, ['metadata', field]);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Reads `[group/][version/]resource[/subresource]`; what is not written is the kind's. */
function resourceOf(
  written: string | undefined,
  own: AdmissionRequest['resource'],
): Pick<AdmissionRequest, 'resource' | 'subresource'> {
  if (written === undefined) return { resource: own, subresource: '' };
  const parts = written.split('/');
  const at = parts.findIndex((part) => /^v\d+((alpha|beta)\d+)?$/.test(part));
  const [resource = '', subresource = ''] = parts.slice(at + 1);
  if (at < 0) return { resource: { ...own, resource }, subresource };
  return { resource: { group: parts.slice(0, at).join('/'), version: parts[at]!, resource }, subresource };
}
