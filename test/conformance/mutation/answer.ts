import { builtInKind } from '../../../src/kube/kinds.ts';
import { serverView } from '../../../src/kube/view/server-view.ts';
import type { JsonObject } from '../../../src/model/object.ts';
import { isPolicyApi } from '../../../src/policy/decode/object.ts';
import { type AdmissionRequest, PolicyCompiler } from '../../../src/policy/index.ts';
import { mutate } from '../../../src/policy/mutation/mutate.ts';
import type { BoundMutation, CompiledMutatingPolicy } from '../../../src/policy/mutation/policy.ts';
import type { MutationResult } from '../../../src/policy/mutation/result.ts';
import type { CompiledBinding } from '../../../src/policy/policy.ts';
import type { MutationCase } from './case.ts';

const namespace = 'default';

/** What we make of a case with its policies in a given order. */
export function answer(of: MutationCase, policies: readonly JsonObject[]): MutationResult {
  return mutate(bindMutations(policies), requestOf(of), {
    findNamespace: (name) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: { 'kubernetes.io/metadata.name': name, ...of.namespaceLabels } },
    }),
    // The requests are made by system:masters, who may do everything.
    authorizer: { authorize: () => ({ decision: 'allow', reason: '' }) },
    params: {
      objects: (of.resources ?? []).map((resource) => view(resource)),
      complete: true,
      scopeOf: () => 'Namespaced',
    },
  });
}

/** The mutated object as the server's answer shows it. */
export function stored(result: MutationResult): JsonObject {
  return serverView(result.object!, { namespace, stage: 'mutated' }).object as JsonObject;
}

/** Policies paired with their bindings, in the order of the policies. */
export function bindMutations(objects: readonly JsonObject[]): BoundMutation[] {
  const compiler = new PolicyCompiler({ version: '1.36', mode: 'stored' });
  const policies: CompiledMutatingPolicy[] = [];
  const bindings: CompiledBinding[] = [];
  for (const object of objects) {
    if (isPolicyApi(object, 'MutatingAdmissionPolicy')) {
      policies.push(compiler.compileMutatingPolicy(object).policy!);
    } else if (isPolicyApi(object, 'MutatingAdmissionPolicyBinding')) {
      bindings.push(compiler.compileMutatingBinding(object).binding!);
    }
  }
  return policies.flatMap((policy) =>
    bindings
      .filter(({ definition }) => definition.policyName === policy.name)
      .map((binding) => ({ policy, binding })),
  );
}

function requestOf(of: MutationCase): AdmissionRequest {
  const { oldObject, subresource = '' } = of;
  const isPatch = of.operation === 'PATCH';
  const written = isPatch ? (mergePatch(oldObject!, of.object!) as JsonObject) : of.object;
  const object = of.operation === 'DELETE' ? null : view(written!);
  const operation = of.operation === 'PATCH' ? 'UPDATE' : of.operation;
  const named = (subresource === 'scale' ? oldObject : (written ?? oldObject))!;
  const { group, version, plural, namespaced } = builtInKind(
    named['apiVersion'] as string,
    named['kind'] as string,
  )!;
  const [kindGroup, kindVersion] = groupVersion((written ?? oldObject)!['apiVersion'] as string);
  return {
    operation,
    kind: { group: kindGroup, version: kindVersion, kind: (written ?? oldObject)!['kind'] as string },
    resource: { group, version, resource: plural },
    subresource,
    name: (named['metadata'] as { name?: string } | undefined)?.name,
    namespace: namespaced === true ? namespace : '',
    scope: namespaced === true ? 'Namespaced' : 'Cluster',
    object,
    oldObject: oldObject === undefined ? null : view(oldObject, 'validating'),
    dryRun: true,
    userInfo: { username: 'admin', uid: '', groups: ['system:masters'], extra: {} },
  };
}

function view(object: JsonObject, stage: 'mutating' | 'validating' = 'mutating'): JsonObject {
  const seen = serverView(object, { namespace, stage });
  if (seen.known) return seen.object as JsonObject;
  return { ...object, metadata: { ...(object['metadata'] as JsonObject), namespace } };
}

function groupVersion(apiVersion: string): [group: string, version: string] {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? ['', apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)];
}

/** RFC 7386. */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const merged: Record<string, unknown> = { ...(target as Record<string, unknown> | undefined) };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(merged[key], value);
  }
  return merged;
}
