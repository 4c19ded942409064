import type { JsonObject } from '../../model/object.ts';
import { namespaceLabels as withNameLabel } from '../../kube/namespace.ts';
import { valueAt } from '../../model/path.ts';
import type { LabelSelector, MatchResources } from '../definition.ts';
import {
  type AdmissionRequest,
  formatResource,
  type GroupVersionKind,
  type GroupVersionResource,
} from '../request.ts';
import { type Doubt, RuleMatcher } from './rules.ts';
import { isEmptySelector, type LabelSet, selects } from './selector.ts';

/** Whether a policy or binding is about a request, and in which version it sees the object. */
export type Match =
  | { readonly matches: 'yes'; readonly resource: GroupVersionResource; readonly kind: GroupVersionKind }
  | { readonly matches: 'no'; readonly reason: string }
  | { readonly matches: 'unknown'; readonly reason: string };

/**
 * Finds the Namespace object of a name: null when it is known not to exist, undefined when nothing is known of it.
 */
export type FindNamespace = (name: string) => JsonObject | null | undefined;

/**
 * Matches requests against `matchConstraints` of a policy or `matchResources` of a binding.
 *
 * The result is three-valued: a selector on labels of a namespace that is not in the input cannot be decided.
 * Source: apiserver `pkg/admission/plugin/policy/matching/matching.go`.
 */
export class ResourceMatcher {
  private readonly namespaceSelector: LabelSelector;
  private readonly objectSelector: LabelSelector;
  private readonly anyNamespace: boolean;
  private readonly anyObject: boolean;
  private readonly anyResource: boolean;
  private readonly included: RuleMatcher;
  private readonly excluded: RuleMatcher;
  /** Whether the answer is the same for all requests on one resource: no selectors, no names. */
  readonly readsResourceOnly: boolean;
  constructor(match: MatchResources) {
    this.namespaceSelector = match.namespaceSelector;
    this.objectSelector = match.objectSelector;
    this.anyNamespace = isEmptySelector(match.namespaceSelector);
    this.anyObject = isEmptySelector(match.objectSelector);
    this.anyResource = match.resourceRules.length === 0;
    this.included = new RuleMatcher(match.resourceRules, match.matchPolicy);
    this.excluded = new RuleMatcher(match.excludeResourceRules, match.matchPolicy);
    const rules = [...match.resourceRules, ...match.excludeResourceRules];
    this.readsResourceOnly =
      this.anyNamespace && this.anyObject && rules.every(({ resourceNames }) => resourceNames.length === 0);
  }

  match(request: AdmissionRequest, findNamespace: FindNamespace): Match {
    const included = this.anyResource
      ? { resource: request.resource, kind: request.kind, doubt: undefined }
      : this.included.match(request);
    // The rules come first here because they are cheap; the server's order makes no difference to the answer.
    if (included === undefined) return no(`no resource rule matches ${describeRequest(request)}`);
    const excluded = this.excluded.match(request);
    if (excluded !== undefined && excluded.doubt === undefined)
      return no(`excludeResourceRules match ${describeRequest(request)}`);
    const object = this.anyObject ? true : this.selectsObject(request);
    if (!object) return no('objectSelector does not select the labels of the object');
    const namespace = this.anyNamespace ? true : this.selectsNamespace(request, findNamespace);
    if (namespace === false) return no('namespaceSelector does not select the namespace');
    if (namespace === undefined) return unknown(namespaceReason(request));
    const doubt = included.doubt ?? excluded?.doubt;
    if (doubt !== undefined) return unknown(`a resource rule depends on ${doubts[doubt]}`);
    return { matches: 'yes', resource: included.resource, kind: included.kind };
  }

  private selectsObject(request: AdmissionRequest): boolean {
    return [request.object, request.oldObject].some(
      (object) => object !== null && selects(this.objectSelector, labelsOf(object)) === true,
    );
  }

  private selectsNamespace(request: AdmissionRequest, findNamespace: FindNamespace): boolean | undefined {
    const { namespace, resource, subresource, operation, object, scope } = request;
    const isNamespaceResource = resource.resource === 'namespaces';
    if (namespace === '' && !isNamespaceResource) return true;
    if (isNamespaceResource && subresource === '' && (operation === 'CREATE' || operation === 'UPDATE')) {
      return selects(this.namespaceSelector, labelsOf(object));
    }
    const selected = selects(this.namespaceSelector, namespaceLabels(namespace, findNamespace));
    // A cluster-scoped object is always selected, so an unknown scope leaves only a positive answer standing.
    return scope === undefined && selected !== true ? undefined : selected;
  }
}

function namespaceLabels(name: string | undefined, findNamespace: FindNamespace): LabelSet {
  if (name === undefined) return { known: {}, complete: false };
  const namespace = findNamespace(name);
  if (namespace === undefined || namespace === null) return { known: withNameLabel(name), complete: false };
  const written = labelsOf(namespace).known as Record<string, string>;
  return { known: withNameLabel(name, written), complete: true };
}

function labelsOf(object: JsonObject | null): LabelSet {
  const labels = object === null ? undefined : valueAt(object, ['metadata', 'labels']);
  const isMap = typeof labels === 'object' && labels !== null && !Array.isArray(labels);
  return { known: isMap ? (labels as JsonObject) : {}, complete: true };
}

function namespaceReason({ namespace, scope }: AdmissionRequest): string {
  if (namespace !== undefined) {
    return `namespaceSelector depends on labels of namespace "${namespace}", which is not in the input`;
  }
  if (scope === undefined) return 'namespaceSelector cannot be decided: the scope of the kind is not known';
  return 'namespaceSelector cannot be decided: the manifest names no namespace';
}

const doubts: Readonly<Record<Doubt, string>> = {
  scope: 'the scope of the kind, which is not known',
  name: 'the name of the object, which the server generates',
  versions: 'the versions in which the custom resource is served, which are not known',
};

function describeRequest({ operation, resource, subresource }: AdmissionRequest): string {
  return `${operation} of ${formatResource(resource, subresource)}`;
}

function no(reason: string): Match {
  return { matches: 'no', reason };
}

function unknown(reason: string): Match {
  return { matches: 'unknown', reason };
}
