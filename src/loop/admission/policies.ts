import { collectManifests, type Manifest } from '../../collect/manifests.ts';
import type { Problem } from '../../model/finding.ts';
import type { JsonObject } from '../../model/object.ts';
import {
  type BoundPolicy,
  bindPolicies,
  type CompiledBinding,
  type CompiledPolicy,
  documentLocator,
  isPolicyApi,
  type Locate,
  type PolicyCompiler,
} from '../../policy/index.ts';

/** The policies that admit requests, and what stood beside them. */
export interface AdmissionPolicies {
  /** In the order in which they are judged: policies by name, the bindings of each by name. */
  readonly bound: readonly BoundPolicy[];
  /** The other objects of the files: parameters, namespaces. */
  readonly objects: readonly JsonObject[];
  /** Errors are what an API server would refuse to store, or what cannot be read. */
  readonly problems: readonly Problem[];
}

/**
 * Reads policies and bindings from files and folders. A policy without a binding, which a cluster would not enforce, is
 * judged as bound to everything with Deny; a warning says so. Of two with one name the second is an error.
 */
export function readAdmissionPolicies(
  paths: readonly string[],
  cwd: string,
  compiler: PolicyCompiler,
): AdmissionPolicies {
  const collection = collectManifests(paths, { cwd, exclude: [] });
  const problems: Problem[] = [...collection.problems];
  const policies = new Map<string, { policy: CompiledPolicy; manifest: Manifest }>();
  const bindings = new Map<string, { binding: CompiledBinding; manifest: Manifest }>();
  const objects: JsonObject[] = [];
  const isNew = (known: { has(name: string): boolean }, name: string, manifest: Manifest): boolean => {
    if (!known.has(name)) return true;
    const reason = `there is a ${manifest.reference.kind} "${name}" already: a cluster keeps one`;
    problems.push({ ...locator(manifest)(['metadata', 'name']), severity: 'error', reason });
    return false;
  };
  for (const manifest of collection.manifests) {
    if (isPolicyApi(manifest.value, 'ValidatingAdmissionPolicy')) {
      const { policy, problems: own } = compiler.compilePolicy(manifest.value, locator(manifest));
      problems.push(...own);
      if (policy !== undefined && isNew(policies, policy.name, manifest)) {
        policies.set(policy.name, { policy, manifest });
      }
    } else if (isPolicyApi(manifest.value, 'ValidatingAdmissionPolicyBinding')) {
      const { binding, problems: own } = compiler.compileBinding(manifest.value, locator(manifest));
      problems.push(...own);
      if (binding !== undefined && isNew(bindings, binding.name, manifest)) {
        bindings.set(binding.name, { binding, manifest });
      }
    } else objects.push(manifest.value);
  }
  const { bound, unbound, dangling } = bindPolicies(
    byName(policies).map(({ policy }) => policy),
    byName(bindings).map(({ binding }) => binding),
  );
  for (const { name } of unbound) {
    const reason = `policy "${name}" has no binding here, so no cluster would enforce it: it is judged as bound to everything with Deny`;
    const { manifest } = policies.get(name)!;
    problems.push({ ...locator(manifest)(['metadata', 'name']), severity: 'warning', reason });
  }
  for (const { name, definition } of dangling) {
    const reason = `binding "${name}" names policy "${definition.policyName}", which is not among the policies`;
    const { manifest } = bindings.get(name)!;
    problems.push({ ...locator(manifest)(['spec', 'policyName']), severity: 'warning', reason });
  }
  return { bound, objects, problems };
}

function byName<T>(named: ReadonlyMap<string, T>): T[] {
  return [...named].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}

function locator({ origin, source }: Manifest): Locate {
  const inDocument = documentLocator(source, origin.file);
  return (path, offset) => inDocument([...origin.path, ...path], offset);
}
