import type { KindRegistry } from '../kube/kinds.ts';
import type { JsonObject } from '../model/object.ts';
import { valueAt } from '../model/path.ts';

/** What of a compiled policy decides its parameters. */
export interface WithParameters {
  readonly name: string;
  readonly definition: {
    readonly paramKind: { readonly apiVersion: string; readonly kind: string } | undefined;
  };
}

/** Bindings for a policy that has none, and what is to be said of that. */
export interface ParameterBindings {
  /** Objects to compile; none where the policy takes no parameters or nothing beside it can be one. */
  readonly bindings: readonly JsonObject[];
  /** How the policy is judged: `everything with Deny and ...`. */
  readonly what: string;
}

/**
 * Binds a policy that has no binding and takes parameters to each object of that kind beside it, so that it does not fail
 * for want of one: libraries ship policies with their default parameters and leave the bindings to the user.
 */
export function parameterBindings(
  { name, definition }: WithParameters,
  beside: readonly JsonObject[],
  kinds: KindRegistry,
  kind:
    | 'ValidatingAdmissionPolicyBinding'
    | 'MutatingAdmissionPolicyBinding' = 'ValidatingAdmissionPolicyBinding',
): ParameterBindings {
  const { paramKind } = definition;
  const isMutating = kind === 'MutatingAdmissionPolicyBinding';
  const everything = isMutating ? 'everything' : 'everything with Deny';
  if (paramKind === undefined) return { bindings: [], what: everything };
  const parameters = beside.filter(
    (object) =>
      object['apiVersion'] === paramKind.apiVersion &&
      object['kind'] === paramKind.kind &&
      nameOf(object) !== '',
  );
  const { namespaced, source } = kinds.resolve(paramKind.apiVersion, paramKind.kind);
  if (parameters.length === 0) {
    return { bindings: [], what: `${everything}, without a ${paramKind.kind}, since none is beside it` };
  }
  // A ConfigMap may be anything; an object of a kind made for parameters is one.
  if (parameters.length > 1 && source === 'built-in') {
    const which = `since ${parameters.length} are beside it and nothing says which is meant`;
    return { bindings: [], what: `${everything}, without a ${paramKind.kind}, ${which}` };
  }
  const bindings = parameters.map((parameter) => {
    const written = valueAt(parameter, ['metadata', 'namespace']);
    const namespace = written ?? (namespaced === true ? 'default' : undefined);
    return {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind,
      metadata: { name },
      spec: {
        policyName: name,
        ...(!isMutating && { validationActions: ['Deny'] }),
        paramRef: {
          name: nameOf(parameter),
          ...(namespace !== undefined && { namespace }),
          parameterNotFoundAction: 'Deny',
        },
      },
    };
  });
  const names = parameters.map((parameter) => `"${nameOf(parameter)}"`).join(', ');
  return { bindings, what: `${everything} and with the ${paramKind.kind} ${names} beside it` };
}

function nameOf(parameter: JsonObject): string {
  const name = valueAt(parameter, ['metadata', 'name']);
  return typeof name === 'string' ? name : '';
}
