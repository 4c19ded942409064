import type { BoundPolicy, CompiledBinding, ParamSource } from '../../policy/index.ts';
import type { JsonObject } from '../../model/object.ts';
import type { KindRegistry } from '../../kube/kinds.ts';
import type { Place } from './files.ts';
import type { PolicyShelf } from './policy-shelf.ts';

/**
 * Policies with parameters need a binding that names them. Where the files have none, each policy is bound to every
 * parameter object of its kind, in whichever namespace that stands.
 */
export function bindParameters<Bound extends BoundPolicy>(
  bound: readonly Bound[],
  shelf: PolicyShelf,
  place: Place,
): readonly Bound[] {
  return bound.map((one) => {
    if (one.binding !== undefined || one.policy.definition.paramKind === undefined) return one;
    const { binding } = shelf.binding(bindingToAll(one.policy.name), place);
    return binding === undefined ? one : { ...one, binding };
  });
}

const bindings = new Map<string, JsonObject>();

/** One object for each name, so that it is compiled once. */
function bindingToAll(policyName: string): JsonObject {
  let binding = bindings.get(policyName);
  if (binding === undefined) {
    binding = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: madeUp },
      spec: {
        policyName,
        validationActions: ['Deny'],
        paramRef: { selector: {}, parameterNotFoundAction: 'Deny' },
      },
    };
    bindings.set(policyName, binding);
  }
  return binding;
}

const madeUp = 'all-parameters';

/** The parameters a test knows: all there are. */
export function parameterSource(
  objects: readonly JsonObject[],
  bound: readonly BoundPolicy[],
  kinds: KindRegistry,
): ParamSource {
  const everywhere = new Set(
    bound
      .filter(({ binding }) => isMadeUp(binding))
      .map(({ policy }) => kindKey(policy.definition.paramKind)),
  );
  return {
    objects,
    complete: true,
    scopeOf: (kind) => {
      // As if it were cluster-scoped, the namespace of a parameter does not matter.
      if (everywhere.has(kindKey(kind))) return 'Cluster';
      const { namespaced } = kinds.resolve(kind.apiVersion, kind.kind);
      return namespaced === undefined ? undefined : namespaced ? 'Namespaced' : 'Cluster';
    },
  };
}

function isMadeUp(binding: CompiledBinding | undefined): boolean {
  return binding !== undefined && bindings.has(binding.definition.policyName) && binding.name === madeUp;
}

function kindKey(kind: { readonly apiVersion: string; readonly kind: string } | undefined): string {
  return kind === undefined ? '' : `${kind.apiVersion}/${kind.kind}`;
}
