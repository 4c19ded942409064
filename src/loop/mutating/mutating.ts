import type { KubernetesVersion } from '../../cel/kubernetes/environment.ts';
import { collectManifests, type Manifest } from '../../collect/manifests.ts';
import { serverView } from '../../kube/view/server-view.ts';
import type { Problem } from '../../model/finding.ts';
import type { Json, JsonObject } from '../../model/object.ts';
import { formatPath } from '../../model/path.ts';
import {
  type AdmissionRequest,
  type BoundMutation,
  differences,
  mutate,
  type MutationResult,
  PolicyCompiler,
} from '../../policy/index.ts';
import { Cluster } from '../admission/cluster.ts';
import { manifestLocator } from '../manifest-locator.ts';
import { mutatingPolicies } from './policies.ts';

/** What to mutate, and by what. */
export interface MutatingOptions {
  /** Manifests: files, folders, globs, `-`. Policies among them are used as well. */
  readonly inputs: readonly string[];
  /** Policies and bindings, and beside them parameters and namespaces. */
  readonly policies: readonly string[];
  readonly cwd: string;
  readonly stdin: () => Uint8Array;
  readonly version: KubernetesVersion;
  /** The namespace of namespaced objects that name none. */
  readonly namespace: string;
}

/** A manifest and what mutating policies make of it. */
export interface MutatedManifest {
  readonly manifest: Manifest;
  /** With its defaults, as the first policy sees it. */
  readonly before: JsonObject;
  readonly result: MutationResult;
  /** Whether another order of the policies would make another object of it; a cluster promises none. */
  readonly dependsOnOrder: boolean;
}

/** What mutating policies make of manifests. */
export interface Mutated {
  readonly manifests: readonly MutatedManifest[];
  /** Errors: what could not be read, and policies that an API server would not store. */
  readonly problems: readonly Problem[];
  /** How many policies were found. */
  readonly policies: number;
  /** Whether an API server would not store some of them; then nothing is mutated. */
  readonly refused: boolean;
}

/** Runs mutating policies on manifests, each as `kubectl create` would send it. */
export function mutateManifests(options: MutatingOptions): Mutated {
  const { cwd, stdin, version } = options;
  const read = (inputs: readonly string[]) => collectManifests(inputs, { cwd, exclude: [], stdin });
  const inputs = read(options.inputs);
  const beside = options.policies.length === 0 ? undefined : read(options.policies);
  const compiler = new PolicyCompiler({ version });
  const isInput = new Set(inputs.manifests);
  // A folder of manifests often holds the policies that are named as well.
  const inInputs = new Set(inputs.manifests.map(placeOf));
  const others = (beside?.manifests ?? []).filter((manifest) => !inInputs.has(placeOf(manifest)));
  const found = mutatingPolicies([...others, ...inputs.manifests], compiler);
  const cluster = new Cluster(
    found.others.map(({ value }) => value),
    false,
  );
  const problems = withoutRepeats([...(beside?.problems ?? []), ...inputs.problems, ...found.problems]);
  const refused = found.problems.some(({ severity }) => severity === 'error');
  if (refused) return { manifests: [], problems, policies: found.policies, refused };
  const manifests = found.others
    .filter((manifest) => isInput.has(manifest))
    .flatMap((manifest): MutatedManifest[] => {
      const request = createRequest(manifest, cluster, options.namespace, problems);
      return request === undefined ? [] : [mutated(manifest, request, found.bound, cluster)];
    });
  return { manifests, problems, policies: found.policies, refused };
}

const placeOf = ({ origin: { file, document, path } }: Manifest): string =>
  `${file}#${document}#${path.join('.')}`;

function withoutRepeats(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}

function mutated(
  manifest: Manifest,
  request: AdmissionRequest,
  bound: readonly BoundMutation[],
  cluster: Cluster,
): MutatedManifest {
  const result = mutate(bound, request, cluster.context);
  return {
    manifest,
    before: request.object!,
    result,
    dependsOnOrder: dependsOnOrder(result, bound, request, cluster),
  };
}

/** Tries the opposite order where several policies did something. */
function dependsOnOrder(
  { steps, object }: MutationResult,
  bound: readonly BoundMutation[],
  request: AdmissionRequest,
  cluster: Cluster,
): boolean {
  const ran = new Set(steps.filter(({ outcome }) => outcome !== 'not-met').map(({ bound }) => bound.policy));
  if (ran.size < 2) return false;
  const other = mutate(bound.toReversed(), request, cluster.context);
  return differences(object as Json, other.object as Json).length > 0;
}

/** The request that creates what a manifest describes; undefined, with a problem, where the server could not decode it. */
function createRequest(
  manifest: Manifest,
  { kinds }: Cluster,
  namespace: string,
  problems: Problem[],
): AdmissionRequest | undefined {
  const { value } = manifest;
  const locate = manifestLocator(manifest);
  const place = (path: readonly (string | number)[], severity: Problem['severity'], reason: string): void => {
    const { file, line, column } = locate(path);
    problems.push({ file, line, column, severity, reason });
  };
  const view = serverView(value, { namespace, stage: 'mutating' });
  const [problem] = view.problems;
  if (problem !== undefined || view.object === null) {
    place(problem?.path ?? [], 'error', problem?.message ?? 'it cannot be decoded');
    return undefined;
  }
  for (const path of view.unknownFields) {
    place(path, 'warning', `the API server knows no field "${formatPath(path)}" and drops it`);
  }
  const { apiVersion, kind } = view.object as { apiVersion: string; kind: string };
  if (view.servedAs !== undefined) {
    place(['apiVersion'], 'warning', `this version is not served; it is taken as ${view.servedAs}`);
  }
  const { group, version, plural, namespaced } = kinds.resolve(apiVersion, kind);
  const object =
    namespaced === true ? inNamespace(view.object as JsonObject, namespace) : (view.object as JsonObject);
  const metadata = (object['metadata'] ?? {}) as { name?: string; namespace?: string };
  const isNamespace = group === '' && kind === 'Namespace';
  return {
    operation: 'CREATE',
    kind: { group, version, kind },
    resource: { group, version, resource: plural },
    subresource: '',
    name: metadata.name,
    namespace: isNamespace
      ? (metadata.name ?? '')
      : namespaced === false
        ? ''
        : (metadata.namespace ?? namespace),
    scope: namespaced === undefined ? undefined : namespaced ? 'Namespaced' : 'Cluster',
    object,
    oldObject: null,
  };
}

/** A custom resource comes as it is written, but the server fills in its namespace too. */
function inNamespace(object: JsonObject, namespace: string): JsonObject {
  const metadata = (object['metadata'] ?? {}) as JsonObject;
  if (metadata['namespace'] !== undefined) return object;
  return { ...object, metadata: { ...metadata, namespace } };
}
