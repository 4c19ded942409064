import type { JsonObject } from '../model/object.ts';
import { valueAt } from '../model/path.ts';
import type { ParamKind, ParamRef } from './definition.ts';
import { selects } from './match/selector.ts';

/** The parameter objects a binding can refer to, all in the server view with `apiVersion` and `kind`. */
export interface ParamSource {
  readonly objects: readonly JsonObject[];
  /** Whether an object that is not here is known not to exist; a scan of files does not know. */
  readonly complete: boolean;
  /** The scope of a kind; undefined where it is not known, and then it is told from the objects. */
  readonly scopeOf: (kind: ParamKind) => 'Cluster' | 'Namespaced' | undefined;
}

/** What a binding hands to its policy. */
export type ParamOutcome =
  /** The policy is judged once with each; null stands for "no parameter". */
  | { readonly kind: 'params'; readonly params: readonly (JsonObject | null)[] }
  /** The binding is misconfigured or the parameter missing: an error under failurePolicy. */
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/** For inputs that hold no parameters. */
export const noParams: ParamSource = { objects: [], complete: false, scopeOf: () => undefined };

/**
 * Finds the parameters with which a binding has its policy judged.
 *
 * A parameter without a written namespace counts as one in `default`, where kubectl puts it. A selector is answered from
 * the objects at hand; only when it selects none of them is the answer unknown in an incomplete source.
 * Source: apiserver `pkg/admission/plugin/policy/generic/policy_dispatcher.go`, `CollectParams`.
 */
export function collectParams(
  paramKind: ParamKind | undefined,
  paramRef: ParamRef | undefined,
  requestNamespace: string | undefined,
  source: ParamSource,
): ParamOutcome {
  if (paramKind === undefined || paramRef === undefined) return { kind: 'params', params: [null] };
  const ofKind = source.objects.filter(
    (object) => object['apiVersion'] === paramKind.apiVersion && object['kind'] === paramKind.kind,
  );
  const scope = source.scopeOf(paramKind) ?? guessScope(ofKind, paramRef);
  if (scope === 'Cluster' && paramRef.namespace !== '') {
    return error('paramRef.namespace must not be provided for a cluster-scoped `paramKind`');
  }
  const namespace = paramRef.namespace === '' ? requestNamespace : paramRef.namespace;
  if (scope === 'Namespaced' && namespace === '') {
    return error('cannot use namespaced paramRef in policy binding that matches cluster-scoped resources');
  }
  if (scope === 'Namespaced' && namespace === undefined) {
    return unknown(`the namespace of the parameter ${paramKind.kind} is the request's, which is not known`);
  }
  const inScope = ofKind.filter((object) => scope === 'Cluster' || namespaceOf(object) === namespace);
  const found = inScope.filter((object) => isMeant(object, paramRef));
  if (found.length > 0) return { kind: 'params', params: found };
  if (!source.complete) return unknown(`${describe(paramKind, paramRef, namespace)} is not in the input`);
  return paramRef.parameterNotFoundAction === 'Deny'
    ? error('no params found for policy binding with `Deny` parameterNotFoundAction')
    : { kind: 'params', params: [] };
}

/** The scope of a kind nobody declares: namespaced as soon as anything about it has a namespace. */
function guessScope(objects: readonly JsonObject[], paramRef: ParamRef): 'Cluster' | 'Namespaced' {
  const hasNamespace = objects.some((object) => valueAt(object, ['metadata', 'namespace']) !== undefined);
  return hasNamespace || paramRef.namespace !== '' ? 'Namespaced' : 'Cluster';
}

function isMeant(object: JsonObject, { name, selector }: ParamRef): boolean {
  if (name !== '') return valueAt(object, ['metadata', 'name']) === name;
  if (selector === undefined) return false;
  const labels = valueAt(object, ['metadata', 'labels']);
  const known = typeof labels === 'object' && labels !== null ? (labels as JsonObject) : {};
  return selects(selector, { known, complete: true }) === true;
}

function namespaceOf(object: JsonObject): string {
  const namespace = valueAt(object, ['metadata', 'namespace']);
  return typeof namespace === 'string' ? namespace : 'default';
}

function describe({ kind }: ParamKind, { name }: ParamRef, namespace: string | undefined): string {
  const which =
    name === '' ? `a parameter ${kind} that the selector selects` : `the parameter ${kind} "${name}"`;
  return namespace === undefined || namespace === '' ? which : `${which} of namespace "${namespace}"`;
}

function error(message: string): ParamOutcome {
  return { kind: 'error', message };
}

function unknown(reason: string): ParamOutcome {
  return { kind: 'unknown', reason };
}
