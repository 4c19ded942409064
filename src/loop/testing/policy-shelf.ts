import { formatMinorVersion, type MinorVersion } from '../../catalogue/versions.ts';
import type { Location, Problem } from '../../model/finding.ts';
import type { JsonObject, Path } from '../../model/object.ts';
import {
  bindMutations,
  bindPolicies,
  type BoundMutation,
  type BoundPolicy,
  type CompiledBinding,
  type CompiledMutatingPolicy,
  type CompiledPolicy,
  isPolicyApi,
  type Locate,
  PolicyCompiler,
} from '../../policy/index.ts';
import { locate, position, scalarAt } from '../../yaml/index.ts';
import type { Place, PlacedObject } from './files.ts';

/** Where a policy is written; its paths are those of a ValidatingAdmissionPolicy, wherever they stand in the file. */
export interface PolicySource extends Place {
  /** The path in the document of a path of the policy; undefined for what the format adds by itself. */
  readonly pathOf: (path: Path) => Path | undefined;
}

/** A policy that was compiled, or why it was not. */
export interface Shelved<Policy = CompiledPolicy> {
  readonly policy: Policy | undefined;
  readonly problems: readonly Problem[];
}

/** A binding that was compiled, or why it was not. */
export interface ShelvedBinding {
  readonly binding: CompiledBinding | undefined;
  readonly problems: readonly Problem[];
}

/** Policies with their bindings, and everything that stood beside them. */
export interface PolicySet {
  readonly bound: readonly BoundPolicy[];
  /** Mutating policies with their bindings. */
  readonly mutations: readonly BoundMutation[];
  readonly problems: readonly Problem[];
  /** Objects that are neither: parameters, namespaces, other kinds of policies. */
  readonly others: readonly PlacedObject[];
}

/** Compiles each policy once, however many suites test it, and remembers where it is written. */
export class PolicyShelf {
  readonly version: MinorVersion;
  private readonly compiler: PolicyCompiler;
  private readonly policies = new WeakMap<JsonObject, Shelved>();
  private readonly bindings = new WeakMap<JsonObject, ShelvedBinding>();
  private readonly mutatingPolicies = new WeakMap<JsonObject, Shelved<CompiledMutatingPolicy>>();
  private readonly located = new WeakMap<CompiledPolicy, Map<string, Location | undefined>>();
  private readonly sources = new Map<CompiledPolicy, PolicySource>();

  constructor(version: MinorVersion) {
    this.version = version;
    this.compiler = new PolicyCompiler({ version: formatMinorVersion(version) });
  }

  /** Compiles a ValidatingAdmissionPolicy; `key` is what it was made of, the object itself where it is written as such. */
  policy(value: JsonObject, source: PolicySource, key: JsonObject = value): Shelved {
    let found = this.policies.get(key);
    if (found === undefined) {
      const { policy, problems } = this.compiler.compilePolicy(value, (path, offset) => ({
        file: source.file.shown,
        ...startOf(source, path, offset),
      }));
      if (policy !== undefined) this.sources.set(policy, source);
      this.policies.set(key, (found = { policy, problems }));
    }
    return found;
  }

  /** Compiles a MutatingAdmissionPolicy. */
  mutatingPolicy(object: PlacedObject): Shelved<CompiledMutatingPolicy> {
    let found = this.mutatingPolicies.get(object.value);
    if (found === undefined) {
      found = this.compiler.compileMutatingPolicy(object.value, locatorAt(object));
      this.mutatingPolicies.set(object.value, found);
    }
    return found;
  }

  /** Compiles a ValidatingAdmissionPolicyBinding or a MutatingAdmissionPolicyBinding. */
  binding(value: JsonObject, place: Place): ShelvedBinding {
    let found = this.bindings.get(value);
    if (found === undefined) {
      const isMutating = isPolicyApi(value, 'MutatingAdmissionPolicyBinding');
      const locate = locatorAt(place);
      found = isMutating
        ? this.compiler.compileMutatingBinding(value, locate)
        : this.compiler.compileBinding(value, locate);
      this.bindings.set(value, found);
    }
    return found;
  }

  /** The policies among some objects with their bindings; a policy without any stands there unbound. */
  policiesOf(objects: readonly PlacedObject[]): PolicySet {
    const policies: CompiledPolicy[] = [];
    const bindings: CompiledBinding[] = [];
    const mutating: CompiledMutatingPolicy[] = [];
    const mutatingBindings: CompiledBinding[] = [];
    const problems: Problem[] = [];
    const others: PlacedObject[] = [];
    for (const object of objects) {
      if (isPolicyApi(object.value, 'ValidatingAdmissionPolicy')) {
        const found = this.policy(object.value, { ...object, pathOf: (path) => path });
        if (found.policy !== undefined) policies.push(found.policy);
        problems.push(...found.problems);
      } else if (isPolicyApi(object.value, 'ValidatingAdmissionPolicyBinding')) {
        const found = this.binding(object.value, object);
        if (found.binding !== undefined) bindings.push(found.binding);
        problems.push(...found.problems);
      } else if (isPolicyApi(object.value, 'MutatingAdmissionPolicy')) {
        const found = this.mutatingPolicy(object);
        if (found.policy !== undefined) mutating.push(found.policy);
        problems.push(...found.problems);
      } else if (isPolicyApi(object.value, 'MutatingAdmissionPolicyBinding')) {
        const found = this.binding(object.value, object);
        if (found.binding !== undefined) mutatingBindings.push(found.binding);
        problems.push(...found.problems);
      } else others.push(object);
    }
    const { bound } = bindPolicies(policies, bindings);
    const mutations = bindMutations(mutating, mutatingBindings).bound;
    return { bound, mutations, problems, others };
  }

  /** Every policy that was compiled, in order. */
  get all(): readonly CompiledPolicy[] {
    return [...this.sources.keys()];
  }

  /** Where the policy is written; undefined for one that came from elsewhere. */
  sourceOf(policy: CompiledPolicy): PolicySource | undefined {
    return this.sources.get(policy);
  }

  /** The place of a stretch of an expression, in characters of its text; undefined where the format adds it by itself. */
  locate(policy: CompiledPolicy, path: Path, start: number, end: number): Location | undefined {
    const source = this.sources.get(policy);
    const key = `${path.join('/')} ${start} ${end}`;
    const known = this.located.get(policy) ?? new Map<string, Location | undefined>();
    this.located.set(policy, known);
    if (!known.has(key)) known.set(key, source && locateIn(source, path, start, end));
    return known.get(key);
  }
}

/** As {@link PolicyShelf.locate}, for a policy that is written in `source`. */
export function locateIn(source: PolicySource, path: Path, start: number, end: number): Location | undefined {
  if (source.pathOf(path) === undefined) return undefined;
  const from = startOf(source, path, start);
  // The end of the last character: what follows it may stand on another line.
  const last = startOf(source, path, Math.max(start, end - 1));
  return {
    file: source.file.shown,
    line: from.line,
    column: from.column,
    endLine: last.line,
    endColumn: last.column + 1,
  };
}

/** Locates the fields of an object that stands in a file as it is. */
function locatorAt(place: Place): Locate {
  const source = { ...place, pathOf: (path: Path) => path };
  return (path, offset) => ({ file: place.file.shown, ...startOf(source, path, offset) });
}

function startOf(
  source: PolicySource,
  path: Path,
  offset: number | undefined,
): { line: number; column: number } {
  const { document, path: base } = source;
  const whole = [...base, ...(source.pathOf(path) ?? [])];
  const written = offset === undefined ? undefined : scalarAt(document, whole);
  const start =
    written === undefined ? locate(document, [whole])[0]!.span.start : written.offsetOf(offset ?? 0);
  return position(document, start);
}
