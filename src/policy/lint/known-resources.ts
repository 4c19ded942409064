import { servedKinds } from '../../kube/go-type.ts';
import { parseApiVersion } from '../../kube/group-version.ts';
import { definedKinds } from '../../kube/kinds.ts';
import { builtInSchema } from '../../kube/schema/built-in.ts';
import type { Schema } from '../../kube/schema/schema.ts';
import type { Json, JsonObject } from '../../model/object.ts';
import { valueAt } from '../../model/path.ts';
import type { ResourceRule } from '../definition.ts';
import type { Operation } from '../request.ts';

/** A resource that the API server serves, built in or defined by a CustomResourceDefinition of the input. */
export interface KnownResource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  /** The type of its objects; undefined for custom resources. */
  readonly schema: Schema | undefined;
  /** The OpenAPI v3 schema that a custom resource's definition gives this version; undefined for all others. */
  readonly definition: JsonObject | undefined;
}

/** `apps/v1`, `v1`. */
export const apiVersionOf = ({ group, version }: KnownResource): string =>
  group === '' ? version : `${group}/${version}`;

/**
 * The resources that rules can name. A group of Kubernetes itself is known as a whole; of another group only what the
 * input defines.
 */
export class KnownResources {
  readonly all: readonly KnownResource[];
  private readonly ownGroups: ReadonlySet<string>;

  /** `definitions` are CustomResourceDefinitions. */
  constructor(definitions: Iterable<JsonObject> = []) {
    const builtIn = builtInResources();
    this.ownGroups = new Set(builtIn.map(({ group }) => group));
    const custom = [...definitions].flatMap((definition) =>
      definedKinds(definition).map(({ group, version, kind, plural, namespaced }) => ({
        group,
        version,
        kind,
        plural,
        namespaced: namespaced !== false,
        schema: undefined,
        definition: openApiOf(definition, version),
      })),
    );
    this.all = [...builtIn, ...custom];
  }

  /** Whether every resource of the group is known: it is a group of Kubernetes. */
  isComplete(group: string): boolean {
    return this.ownGroups.has(group);
  }

  /** The resources whose objects or subresources a rule is about, whatever its operations. */
  of(rule: ResourceRule): readonly KnownResource[] {
    const names = rule.resources.map((entry) => entry.split('/')[0]!);
    return this.all.filter(
      ({ group, version, plural }) =>
        includes(rule.apiGroups, group) && includes(rule.apiVersions, version) && includes(names, plural),
    );
  }
}

const includes = (items: readonly string[], item: string): boolean =>
  items.includes('*') || items.includes(item);

/** The schema of one version of a definition. */
function openApiOf(definition: JsonObject, version: string): JsonObject | undefined {
  const versions = valueAt(definition, ['spec', 'versions']);
  if (!Array.isArray(versions)) return undefined;
  const own = (versions as readonly Json[]).find((one) => valueAt(one, ['name']) === version);
  const schema = valueAt(own, ['schema', 'openAPIV3Schema']);
  return typeof schema === 'object' && schema !== null && !Array.isArray(schema)
    ? (schema as JsonObject)
    : undefined;
}

let known: readonly KnownResource[] | undefined;

function builtInResources(): readonly KnownResource[] {
  return (known ??= [...servedKinds().values()].map(({ apiVersion, kind, plural, namespaced }) => ({
    ...parseApiVersion(apiVersion)!,
    kind,
    plural,
    namespaced,
    definition: undefined,
    get schema() {
      return builtInSchema(apiVersion, kind);
    },
  })));
}

/** The operations that reach admission for an object itself. */
const ofObjects: readonly Operation[] = ['CREATE', 'UPDATE', 'DELETE'];

/** Resources of which objects are only asked, never kept. */
const createdOnly = new Set([
  'bindings',
  'localsubjectaccessreviews',
  'selfsubjectaccessreviews',
  'selfsubjectreviews',
  'selfsubjectrulesreviews',
  'subjectaccessreviews',
  'tokenreviews',
]);

/**
 * The operations that the API server's own subresources have; reading ones such as `pods/log` never meet admission.
 * Source: kubernetes `pkg/registry/core/rest/storage_core.go` and its siblings.
 */
const ofSubresources: Readonly<Record<string, readonly Operation[]>> = {
  'pods/attach': ['CONNECT'],
  'pods/binding': ['CREATE'],
  'pods/ephemeralcontainers': ['UPDATE'],
  'pods/eviction': ['CREATE'],
  'pods/exec': ['CONNECT'],
  'pods/log': [],
  'pods/portforward': ['CONNECT'],
  'pods/proxy': ['CONNECT'],
  'pods/resize': ['UPDATE'],
  'services/proxy': ['CONNECT'],
  'nodes/proxy': ['CONNECT'],
  'serviceaccounts/token': ['CREATE'],
  'namespaces/finalize': ['UPDATE'],
  'certificatesigningrequests/approval': ['UPDATE'],
  'deployments/scale': ['UPDATE'],
  'replicasets/scale': ['UPDATE'],
  'statefulsets/scale': ['UPDATE'],
  'replicationcontrollers/scale': ['UPDATE'],
};

/**
 * The operations with which requests for a resource of Kubernetes reach admission; undefined where it has no such
 * subresource as far as is known.
 */
export function operationsOf(plural: string, subresource: string): readonly Operation[] | undefined {
  if (subresource === '') return createdOnly.has(plural) ? ['CREATE'] : ofObjects;
  if (subresource === 'status') return ['UPDATE'];
  const key = `${plural}/${subresource}`;
  return Object.hasOwn(ofSubresources, key) ? ofSubresources[key] : undefined;
}
