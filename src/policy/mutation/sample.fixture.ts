import assert from 'node:assert/strict';
import type { JsonObject } from '../../model/object.ts';
import { serverView } from '../../kube/view/server-view.ts';
import { PolicyCompiler } from '../compiler.ts';
import type { AdmissionRequest } from '../request.ts';
import { type MutateContext, mutate } from './mutate.ts';
import type { BoundMutation, CompiledMutatingPolicy } from './policy.ts';
import type { MutationResult } from './result.ts';
import { createRequest } from '../request.fixture.ts';

/** A mutation as it is written: the expression of an apply configuration, or of a JSON patch where it starts with `[`. */
export function mutationOf(expression: string): JsonObject {
  return /^\s*\[/.test(expression)
    ? { patchType: 'JSONPatch', jsonPatch: { expression } }
    : { patchType: 'ApplyConfiguration', applyConfiguration: { expression } };
}

/** A policy on pods, as an object. */
export function policyObject(expressions: readonly string[], spec: object = {}, name = 'p'): JsonObject {
  const rule = {
    apiGroups: [''],
    apiVersions: ['v1'],
    operations: ['CREATE', 'UPDATE'],
    resources: ['pods'],
  };
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingAdmissionPolicy',
    metadata: { name },
    spec: {
      reinvocationPolicy: 'Never',
      matchConstraints: { resourceRules: [rule] },
      mutations: expressions.map(mutationOf),
      ...spec,
    },
  };
}

/** A policy on pods, compiled; it must be one that the server stores. */
export function policy(
  expressions: readonly string[],
  spec: object = {},
  name = 'p',
): CompiledMutatingPolicy {
  const compiler = new PolicyCompiler({ version: '1.36', mode: 'stored' });
  const { policy, problems } = compiler.compileMutatingPolicy(policyObject(expressions, spec, name));
  assert.deepEqual(problems, []);
  return policy!;
}

/** The policy with a binding of the same name and `-b`. */
export function bound(of: CompiledMutatingPolicy, spec: object = {}): BoundMutation {
  const compiler = new PolicyCompiler({ version: '1.36' });
  const { binding, problems } = compiler.compileMutatingBinding({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingAdmissionPolicyBinding',
    metadata: { name: `${of.name}-b` },
    spec: { policyName: of.name, ...spec },
  });
  assert.deepEqual(problems, []);
  return { policy: of, binding };
}

/** The creation of a pod `x` in `default`. */
export function creation(spec: object = {}, metadata: object = {}): AdmissionRequest {
  const written = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'x', ...metadata },
    spec: { containers: [{ name: 'a', image: 'a:1' }], ...spec },
  };
  const object = serverView(written, { namespace: 'default', stage: 'mutating' }).object as JsonObject;
  return createRequest({
    name: (object['metadata'] as { name?: string }).name,
    namespace: 'default',
    object,
  });
}

/** Nothing is known beside the request. */
export const nothingKnown: MutateContext = {
  findNamespace: () => undefined,
  params: { objects: [], complete: false, scopeOf: () => 'Namespaced' },
};

/** Runs the expressions as one policy on a pod. */
export function run(
  expressions: readonly string[],
  spec: object = {},
  request: AdmissionRequest = creation(),
  context: MutateContext = nothingKnown,
): MutationResult {
  return mutate([bound(policy(expressions, spec))], request, context);
}

/** The labels of the object afterwards. */
export function labels({ object }: MutationResult): unknown {
  return (object?.['metadata'] as JsonObject | undefined)?.['labels'];
}
