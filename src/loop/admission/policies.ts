import { collectManifests, type Manifest } from '../../collect/manifests.ts';
import { kindRegistry } from '../../kube/kinds.ts';
import type { Problem } from '../../model/finding.ts';
import type { JsonObject, Path } from '../../model/object.ts';
import {
  bindMutations,
  bindPolicies,
  type BoundMutation,
  type BoundPolicy,
  type CompiledBinding,
  type CompiledMutatingPolicy,
  type CompiledPolicy,
  foreignPolicy,
  isPolicyApi,
  type PolicyCompiler,
} from '../../policy/index.ts';
import { manifestLocator } from '../manifest-locator.ts';
import { parameterBindings } from '../parameter-bindings.ts';

/** The policies that admit requests, and what stood beside them. */
export interface AdmissionPolicies {
  /** In the order in which they are judged: policies by name, the bindings of each by name. */
  readonly bound: readonly BoundPolicy[];
  /** The mutating ones, in the same order; a cluster's is that of a map and may be any. */
  readonly mutations: readonly BoundMutation[];
  /** The other objects of the files: parameters, namespaces. */
  readonly objects: readonly JsonObject[];
  /** Errors are what an API server would refuse to store, or what cannot be read. */
  readonly problems: readonly Problem[];
}

/**
 * Reads policies and bindings from files and folders. A policy without a binding, which a cluster would not enforce, is
 * run as bound to everything (with Deny); a warning says so. Of two with one name the second is an error.
 */
export function readAdmissionPolicies(
  paths: readonly string[],
  cwd: string,
  compiler: PolicyCompiler,
): AdmissionPolicies {
  const collection = collectManifests(paths, { cwd, exclude: [] });
  const shelf = new Shelf([...collection.problems]);
  const objects: JsonObject[] = [];
  for (const manifest of collection.manifests) {
    const locate = manifestLocator(manifest);
    if (isPolicyApi(manifest.value, 'ValidatingAdmissionPolicy')) {
      const { policy, problems } = compiler.compilePolicy(manifest.value, locate);
      shelf.add('policies', policy, problems, manifest);
    } else if (isPolicyApi(manifest.value, 'ValidatingAdmissionPolicyBinding')) {
      const { binding, problems } = compiler.compileBinding(manifest.value, locate);
      shelf.add('bindings', binding, problems, manifest);
    } else if (isPolicyApi(manifest.value, 'MutatingAdmissionPolicy')) {
      const { policy, problems } = compiler.compileMutatingPolicy(manifest.value, locate);
      shelf.add('mutatingPolicies', policy, problems, manifest);
    } else if (isPolicyApi(manifest.value, 'MutatingAdmissionPolicyBinding')) {
      const { binding, problems } = compiler.compileMutatingBinding(manifest.value, locate);
      shelf.add('mutatingBindings', binding, problems, manifest);
    } else {
      objects.push(manifest.value);
      const foreign = foreignPolicy(manifest.value);
      if (foreign !== undefined) shelf.warn(manifest, ['kind'], foreign);
    }
  }
  const [policies, mutatingPolicies] = [shelf.sorted('policies'), shelf.sorted('mutatingPolicies')];
  const [bindings, mutatingBindings] = [shelf.sorted('bindings'), shelf.sorted('mutatingBindings')];
  const kinds = kindRegistry(objects);
  for (const one of bindPolicies(policies, bindings).unbound) {
    const { bindings: made, what } = parameterBindings(one, objects, kinds);
    bindings.push(...made.flatMap((value) => compiler.compileBinding(value).binding ?? []));
    shelf.warnUnbound('policies', one.name, what);
  }
  for (const one of bindMutations(mutatingPolicies, mutatingBindings).unbound) {
    const { bindings: made, what } = parameterBindings(one, objects, kinds, 'MutatingAdmissionPolicyBinding');
    mutatingBindings.push(...made.flatMap((value) => compiler.compileMutatingBinding(value).binding ?? []));
    shelf.warnUnbound('mutatingPolicies', one.name, what);
  }
  const validating = bindPolicies(policies, bindings);
  const mutating = bindMutations(mutatingPolicies, mutatingBindings);
  for (const one of validating.dangling) shelf.warnDangling('bindings', one);
  for (const one of mutating.dangling) shelf.warnDangling('mutatingBindings', one);
  return { bound: validating.bound, mutations: mutating.bound, objects, problems: shelf.problems };
}

interface Shelves {
  readonly policies: CompiledPolicy;
  readonly bindings: CompiledBinding;
  readonly mutatingPolicies: CompiledMutatingPolicy;
  readonly mutatingBindings: CompiledBinding;
}

type Kept = {
  [Kind in keyof Shelves]: Map<string, { readonly value: Shelves[Kind]; readonly manifest: Manifest }>;
};

/** What was read, by kind and name. */
class Shelf {
  readonly problems: Problem[];
  readonly #kept: Kept = {
    policies: new Map(),
    bindings: new Map(),
    mutatingPolicies: new Map(),
    mutatingBindings: new Map(),
  };

  constructor(problems: Problem[]) {
    this.problems = problems;
  }

  add<Kind extends keyof Shelves>(
    kind: Kind,
    value: Shelves[Kind] | undefined,
    problems: readonly Problem[],
    manifest: Manifest,
  ): void {
    this.problems.push(...problems);
    if (value === undefined) return;
    const kept = this.#kept[kind];
    if (!kept.has(value.name)) kept.set(value.name, { value, manifest });
    else {
      const reason = `there is a ${manifest.reference.kind} "${value.name}" already: a cluster keeps one`;
      this.#say(manifest, ['metadata', 'name'], 'error', reason);
    }
  }

  /** All of a kind, by name. */
  sorted<Kind extends keyof Shelves>(kind: Kind): Shelves[Kind][] {
    return [...this.#kept[kind]].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { value }]) => value);
  }

  warnUnbound(kind: keyof Shelves, name: string, to: string): void {
    const reason = `policy "${name}" has no binding here, so no cluster would enforce it: it is run as bound to ${to}`;
    this.#say(this.#kept[kind].get(name)!.manifest, ['metadata', 'name'], 'warning', reason);
  }

  warnDangling(kind: keyof Shelves, { name, definition }: CompiledBinding): void {
    const reason = `binding "${name}" names policy "${definition.policyName}", which is not among the policies`;
    this.#say(this.#kept[kind].get(name)!.manifest, ['spec', 'policyName'], 'warning', reason);
  }

  warn(manifest: Manifest, path: Path, reason: string): void {
    this.#say(manifest, path, 'warning', reason);
  }

  #say(manifest: Manifest, path: Path, severity: Problem['severity'], reason: string): void {
    this.problems.push({ ...manifestLocator(manifest)(path), severity, reason });
  }
}
