import { kindRegistry, type KindRegistry } from '../../kube/kinds.ts';
import { parseApiVersion } from '../../kube/group-version.ts';
import { serverView } from '../../kube/view/server-view.ts';
import type { Json, JsonObject } from '../../model/object.ts';
import { valueAt } from '../../model/path.ts';
import type {
  EquivalentResource,
  GroupVersionKind,
  GroupVersionResource,
  JudgeContext,
} from '../../policy/index.ts';

/** What is known of a cluster from some of its objects: namespaces, parameters, custom resource definitions. */
export class Cluster {
  readonly kinds: KindRegistry;
  /** What policies are told beside the request. */
  readonly context: JudgeContext;
  readonly #definitions = new Map<string, JsonObject>();

  /**
   * `isComplete`: whether a parameter that is not among the objects is known not to exist. A namespace that is not among
   * them is not known in any case, since a request in one that does not exist would never get so far.
   */
  constructor(objects: readonly JsonObject[], isComplete: boolean) {
    const definitions = objects.filter(({ kind }) => kind === 'CustomResourceDefinition');
    this.kinds = kindRegistry(definitions);
    for (const definition of definitions) {
      const names = [
        valueAt(definition, ['spec', 'names', 'plural']),
        valueAt(definition, ['spec', 'group']),
      ];
      this.#definitions.set(names.join('.'), definition);
    }
    const stored = objects.map(asStored);
    const namespaces = new Map(
      stored
        .filter(({ apiVersion, kind }) => apiVersion === 'v1' && kind === 'Namespace')
        .map((namespace) => [valueAt(namespace, ['metadata', 'name']), namespace]),
    );
    this.context = {
      findNamespace: (name) => namespaces.get(name),
      params: {
        objects: stored,
        complete: isComplete,
        scopeOf: ({ apiVersion, kind }) => {
          const { namespaced } = this.kinds.resolve(apiVersion, kind);
          return namespaced === undefined ? undefined : namespaced ? 'Namespaced' : 'Cluster';
        },
      },
      convert: (object, kind) => this.#convert(object, kind),
    };
  }

  /** The other served versions of a custom resource; undefined where its definition is not here. */
  equivalents({ group, version, resource }: GroupVersionResource): readonly EquivalentResource[] | undefined {
    const definition = this.#definitions.get(`${resource}.${group}`);
    if (definition === undefined) return undefined;
    const kind = String(valueAt(definition, ['spec', 'names', 'kind']));
    return versionsOf(definition)
      .filter(({ name, served }) => served && name !== version)
      .map(({ name }) => ({
        resource: { group, version: name, resource },
        kind: { group, version: name, kind },
      }));
  }

  /**
   * The object in another version of its custom resource, where that changes nothing but the version: no webhook
   * converts it, and both versions have one schema. Source: apiextensions-apiserver `pkg/apiserver/conversion`.
   */
  #convert(object: JsonObject, to: GroupVersionKind): JsonObject | undefined {
    const from = parseApiVersion(String(object['apiVersion']));
    if (from === undefined || from.group !== to.group || object['kind'] !== to.kind) return undefined;
    for (const definition of this.#definitions.values()) {
      if (valueAt(definition, ['spec', 'group']) !== to.group) continue;
      if (valueAt(definition, ['spec', 'names', 'kind']) !== to.kind) continue;
      if ((valueAt(definition, ['spec', 'conversion', 'strategy']) ?? 'None') !== 'None') return undefined;
      const versions = versionsOf(definition);
      const schema = (version: string) => versions.find(({ name }) => name === version)?.schema;
      const [before, after] = [schema(from.version), schema(to.version)];
      if (before === undefined || JSON.stringify(before) !== JSON.stringify(after)) return undefined;
      return { ...object, apiVersion: `${to.group}/${to.version}` };
    }
    return undefined;
  }
}

interface Version {
  readonly name: string;
  readonly served: boolean;
  readonly schema: Json | undefined;
}

function versionsOf(definition: JsonObject): Version[] {
  const versions = valueAt(definition, ['spec', 'versions']);
  if (!Array.isArray(versions)) return [];
  return versions.map((version: Json) => ({
    name: String(valueAt(version, ['name'])),
    served: valueAt(version, ['served']) !== false,
    schema: valueAt(version, ['schema']),
  }));
}

/** An object of a cluster as it is; one that was only written, without a uid, as the server would keep it. */
function asStored(object: JsonObject): JsonObject {
  if (valueAt(object, ['metadata', 'uid']) !== undefined) return object;
  const view = serverView(object);
  return (view.object as JsonObject | null) ?? object;
}
