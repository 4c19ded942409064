import { formatMinorVersion, type MinorVersion } from '../../catalogue/versions.ts';
import type { Location, Problem } from '../../model/finding.ts';
import type { JsonObject, Path } from '../../model/object.ts';
import {
  bindPolicies,
  type BoundPolicy,
  type CompiledBinding,
  type CompiledPolicy,
  isPolicyApi,
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
export interface ShelvedPolicy {
  readonly policy: CompiledPolicy | undefined;
  readonly problems: readonly Problem[];
}

/** Policies with their bindings, and everything that stood beside them. */
export interface PolicySet {
  readonly bound: readonly BoundPolicy[];
  readonly problems: readonly Problem[];
  /** Objects that are neither: parameters, namespaces, other kinds of policies. */
  readonly others: readonly PlacedObject[];
}

/** Compiles each policy once, however many suites test it, and remembers where it is written. */
export class PolicyShelf {
  readonly version: MinorVersion;
  private readonly compiler: PolicyCompiler;
  private readonly policies = new WeakMap<JsonObject, ShelvedPolicy>();
  private readonly bindings = new WeakMap<
    JsonObject,
    { binding: CompiledBinding | undefined; problems: readonly Problem[] }
  >();
  private readonly sources = new Map<CompiledPolicy, PolicySource>();

  constructor(version: MinorVersion) {
    this.version = version;
    this.compiler = new PolicyCompiler({ version: formatMinorVersion(version) });
  }

  /** Compiles a ValidatingAdmissionPolicy; `key` is what it was made of, the object itself where it is written as such. */
  policy(value: JsonObject, source: PolicySource, key: JsonObject = value): ShelvedPolicy {
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

  /** Compiles a ValidatingAdmissionPolicyBinding. */
  binding(value: JsonObject, place: Place): ReturnType<PolicyCompiler['compileBinding']> {
    let found = this.bindings.get(value);
    if (found === undefined) {
      const source = { ...place, pathOf: (path: Path) => path };
      found = this.compiler.compileBinding(value, (path, offset) => ({
        file: place.file.shown,
        ...startOf(source, path, offset),
      }));
      this.bindings.set(value, found);
    }
    return found as ReturnType<PolicyCompiler['compileBinding']>;
  }

  /** The policies among some objects with their bindings; a policy without any stands there unbound. */
  policiesOf(objects: readonly PlacedObject[]): PolicySet {
    const policies: CompiledPolicy[] = [];
    const bindings: CompiledBinding[] = [];
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
      } else others.push(object);
    }
    return { bound: bindPolicies(policies, bindings).bound, problems, others };
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
    return source && locateIn(source, path, start, end);
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
