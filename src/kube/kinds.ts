import { servedKind, servedKinds } from './go-type.ts';
import { formatApiVersion, parseApiVersion } from './group-version.ts';
import { tableVersion } from './kinds.generated.ts';

/** What the API server knows of a kind: enough to ask whether a rule on a resource matches it. */
export interface ResourceKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** The resource's name in URLs and rules. */
  readonly plural: string;
  /** undefined when only a cluster could say. */
  readonly namespaced: boolean | undefined;
  /**
   * `built-in`: from the table of Kubernetes; `crd`: from a definition in the input; `guessed`: the plural is formed as
   * Kubernetes would guess it and the scope is not known.
   */
  readonly source: 'built-in' | 'crd' | 'guessed';
}

type JsonObject = Readonly<Record<string, unknown>>;

/** The Kubernetes minor version that the built-in kinds are those of. */
export const kindsVersion: string = tableVersion;

let byGroupKind: Map<string, ResourceKind> | undefined;

/** The built-in kinds by `group/kind`, one version each: a kind has one plural and one scope in all its versions. */
function builtIns(): ReadonlyMap<string, ResourceKind> {
  if (byGroupKind !== undefined) return byGroupKind;
  byGroupKind = new Map();
  for (const { apiVersion, kind, plural, namespaced } of servedKinds().values()) {
    const { group, version } = parseApiVersion(apiVersion) ?? { group: '', version: apiVersion };
    byGroupKind.set(`${group}/${kind}`, { group, version, kind, plural, namespaced, source: 'built-in' });
  }
  for (const [group, kind, plural, namespaced] of goneKinds) {
    byGroupKind.set(`${group}/${kind}`, {
      group,
      version: 'v1beta1',
      kind,
      plural,
      namespaced,
      source: 'built-in',
    });
  }
  return byGroupKind;
}

/** Kinds that only versions which are gone had. */
const goneKinds: readonly [group: string, kind: string, plural: string, namespaced: boolean][] = [
  ['extensions', 'Deployment', 'deployments', true],
  ['extensions', 'DaemonSet', 'daemonsets', true],
  ['extensions', 'ReplicaSet', 'replicasets', true],
  ['extensions', 'Ingress', 'ingresses', true],
  ['extensions', 'NetworkPolicy', 'networkpolicies', true],
  ['extensions', 'PodSecurityPolicy', 'podsecuritypolicies', false],
  ['policy', 'PodSecurityPolicy', 'podsecuritypolicies', false],
];

/** The resource of a built-in kind, whatever its version; undefined for kinds that Kubernetes does not have. */
export function builtInKind(apiVersion: string, kind: string): ResourceKind | undefined {
  const parsed = parseApiVersion(apiVersion);
  if (parsed === undefined) return undefined;
  const known = builtIns().get(`${parsed.group}/${kind}`);
  return known === undefined ? undefined : { ...known, version: parsed.version };
}

/** Whether the API server serves exactly this version of the kind by default. */
export function isServed(apiVersion: string, kind: string): boolean {
  return servedKind(apiVersion, kind) !== undefined;
}

/** Whether this is a kubeconfig: of the core group by its name, and in files of clients alone. */
export function isKubeconfig(apiVersion: string, kind: string): boolean {
  return apiVersion === 'v1' && kind === 'Config';
}

/** Finds the resource of any kind: built in, defined in the input, or guessed. */
export interface KindRegistry {
  resolve(apiVersion: string, kind: string): ResourceKind;
}

/**
 * A registry of the built-in kinds and of those that CustomResourceDefinitions define. Definitions that are incomplete
 * are passed over.
 */
export function kindRegistry(definitions: Iterable<JsonObject> = []): KindRegistry {
  const custom = new Map<string, ResourceKind>();
  for (const definition of definitions) {
    for (const kind of definedKinds(definition)) custom.set(`${formatApiVersion(kind)}/${kind.kind}`, kind);
  }
  return {
    resolve(apiVersion, kind) {
      return (
        builtInKind(apiVersion, kind) ?? custom.get(`${apiVersion}/${kind}`) ?? guessKind(apiVersion, kind)
      );
    },
  };
}

/** The kinds that a CustomResourceDefinition defines, one for each version (also of v1beta1, which had one version). */
export function definedKinds(definition: JsonObject): ResourceKind[] {
  const { spec } = definition;
  if (!isObject(spec) || !isObject(spec.names)) return [];
  const { group, names, scope } = spec;
  if (typeof group !== 'string' || typeof names.kind !== 'string' || typeof names.plural !== 'string')
    return [];
  const versions = Array.isArray(spec.versions)
    ? spec.versions.map((version) => isObject(version) && version.name)
    : [];
  if (typeof spec.version === 'string') versions.push(spec.version);
  const { kind, plural } = names;
  const namespaced = scope === 'Namespaced' || scope === undefined;
  return [...new Set(versions)]
    .filter((version) => typeof version === 'string')
    .map((version) => ({ group, version, kind, plural, namespaced, source: 'crd' as const }));
}

function guessKind(apiVersion: string, kind: string): ResourceKind {
  const { group, version } = parseApiVersion(apiVersion) ?? { group: '', version: apiVersion };
  return {
    group,
    version,
    kind,
    plural: guessedPlural(group, kind),
    namespaced: undefined,
    source: 'guessed',
  };
}

/** A kind that Kubernetes does not have is not one of its resources, however its plural comes out: `pod` is no Pod. */
function guessedPlural(group: string, kind: string): string {
  const plural = englishPlural(kind);
  taken ??= new Set([...builtIns().values()].map((known) => `${known.group}/${known.plural}`));
  return taken.has(`${group}/${plural}`) ? kind.toLowerCase() : plural;
}

let taken: ReadonlySet<string> | undefined;

/** The plural that people give their own kinds: gateways and meshes, where Kubernetes' guess knows neither. */
function englishPlural(kind: string): string {
  const singular = kind.toLowerCase();
  if (/[aeiou]y$/.test(singular)) return `${singular}s`;
  return /(sh|ch|x)$/.test(singular) ? `${singular}es` : guessPlural(kind);
}

/** The plural that Kubernetes guesses for a kind (apimachinery/pkg/api/meta UnsafeGuessKindToResource). */
export function guessPlural(kind: string): string {
  const singular = kind.toLowerCase();
  if (singular === '' || singular.endsWith('endpoints')) return singular;
  if (singular.endsWith('s')) return `${singular}es`;
  if (singular.endsWith('y')) return `${singular.slice(0, -1)}ies`;
  return `${singular}s`;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
