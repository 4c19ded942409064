import type { Json, JsonObject, Path } from '../model/object.ts';
import { child, valueAt } from '../model/path.ts';
import { isMap, itemsOf, mapOf, numberOf, textOf } from './shape.ts';

/** That an object names another one. */
export interface Reference {
  /** The field that names it. */
  readonly path: Path;
  readonly group: string;
  readonly kind: string;
  /** Undefined where it is the namespace of the object that refers; empty for cluster-scoped targets. */
  readonly namespace: string | undefined;
  readonly name: string;
  /** The key of a ConfigMap or Secret that is asked for, or else empty. */
  readonly key: string;
  /** The port of a Service that is asked for, by number or name. */
  readonly port: number | string | undefined;
  /** Whether the object does without it. */
  readonly isOptional: boolean;
}

/** A field that refers. */
interface ReferenceField {
  /** Where the mapping stands that holds the field; `[]` after a list means each of its items. */
  readonly at: string;
  /** The field of that mapping that holds the name. */
  readonly name: string;
  /** The kind that is always meant, or the one to take where the mapping names none. */
  readonly kind: string;
  readonly group?: string;
  /** The field of the mapping that names the group, or an apiVersion that begins with it, where `kind` is a field too. */
  readonly groupField?: 'apiVersion' | 'apiGroup' | 'group';
  /** The field of the mapping that names the namespace. */
  readonly namespaceField?: string;
  /** The field that names a key, or the list whose items do. */
  readonly key?: 'key' | 'items[]';
  /** Where the port of a Service stands in the mapping. */
  readonly port?: readonly string[];
}

const configMap = { kind: 'ConfigMap' };
const secret = { kind: 'Secret' };
const service = { kind: 'Service' };

/** Of a pod's spec (core/v1 PodSpec). */
const podFields: readonly ReferenceField[] = [
  { at: 'volumes[].configMap', name: 'name', key: 'items[]', ...configMap },
  { at: 'volumes[].secret', name: 'secretName', key: 'items[]', ...secret },
  { at: 'volumes[].projected.sources[].configMap', name: 'name', key: 'items[]', ...configMap },
  { at: 'volumes[].projected.sources[].secret', name: 'name', key: 'items[]', ...secret },
  { at: 'volumes[].persistentVolumeClaim', name: 'claimName', kind: 'PersistentVolumeClaim' },
  ...['containers', 'initContainers', 'ephemeralContainers'].flatMap((list): ReferenceField[] => [
    { at: `${list}[].envFrom[].configMapRef`, name: 'name', ...configMap },
    { at: `${list}[].envFrom[].secretRef`, name: 'name', ...secret },
    { at: `${list}[].env[].valueFrom.configMapKeyRef`, name: 'name', key: 'key', ...configMap },
    { at: `${list}[].env[].valueFrom.secretKeyRef`, name: 'name', key: 'key', ...secret },
  ]),
  { at: 'imagePullSecrets[]', name: 'name', ...secret },
  { at: '', name: 'serviceAccountName', kind: 'ServiceAccount' },
  { at: '', name: 'priorityClassName', kind: 'PriorityClass', group: 'scheduling.k8s.io' },
  { at: '', name: 'runtimeClassName', kind: 'RuntimeClass', group: 'node.k8s.io' },
];

const webhook: readonly ReferenceField[] = [
  { at: 'webhooks[].clientConfig.service', name: 'name', namespaceField: 'namespace', ...service },
];
const binding: readonly ReferenceField[] = [
  {
    at: 'roleRef',
    name: 'name',
    kind: 'ClusterRole',
    group: 'rbac.authorization.k8s.io',
    groupField: 'apiGroup',
  },
  {
    at: 'subjects[]',
    name: 'name',
    kind: 'ServiceAccount',
    groupField: 'apiGroup',
    namespaceField: 'namespace',
  },
];
const scaleTarget: readonly ReferenceField[] = [
  { at: 'spec.scaleTargetRef', name: 'name', kind: 'Deployment', group: 'apps', groupField: 'apiVersion' },
];
const route: readonly ReferenceField[] = [
  {
    at: 'spec.parentRefs[]',
    name: 'name',
    kind: 'Gateway',
    group: 'gateway.networking.k8s.io',
    groupField: 'group',
    namespaceField: 'namespace',
  },
  {
    at: 'spec.rules[].backendRefs[]',
    name: 'name',
    groupField: 'group',
    namespaceField: 'namespace',
    port: ['port'],
    ...service,
  },
];

/** By `group/kind` of the object that refers. Sources: the types in k8s.io/api, sigs.k8s.io/gateway-api, kedacore/keda. */
const fieldsByKind: Readonly<Record<string, readonly ReferenceField[]>> = {
  'apps/StatefulSet': [
    { at: 'spec', name: 'serviceName', ...service },
    {
      at: 'spec.volumeClaimTemplates[].spec',
      name: 'storageClassName',
      kind: 'StorageClass',
      group: 'storage.k8s.io',
    },
  ],
  '/PersistentVolumeClaim': [
    { at: 'spec', name: 'storageClassName', kind: 'StorageClass', group: 'storage.k8s.io' },
    { at: 'spec', name: 'volumeName', kind: 'PersistentVolume' },
  ],
  '/ServiceAccount': [
    { at: 'secrets[]', name: 'name', ...secret },
    { at: 'imagePullSecrets[]', name: 'name', ...secret },
  ],
  'networking.k8s.io/Ingress': [
    { at: 'spec', name: 'ingressClassName', kind: 'IngressClass', group: 'networking.k8s.io' },
    { at: 'spec.tls[]', name: 'secretName', ...secret },
    { at: 'spec.defaultBackend.service', name: 'name', port: ['port'], ...service },
    { at: 'spec.rules[].http.paths[].backend.service', name: 'name', port: ['port'], ...service },
  ],
  'gateway.networking.k8s.io/Gateway': [
    { at: 'spec', name: 'gatewayClassName', kind: 'GatewayClass', group: 'gateway.networking.k8s.io' },
    {
      at: 'spec.listeners[].tls.certificateRefs[]',
      name: 'name',
      groupField: 'group',
      namespaceField: 'namespace',
      ...secret,
    },
  ],
  'gateway.networking.k8s.io/HTTPRoute': route,
  'gateway.networking.k8s.io/GRPCRoute': route,
  'gateway.networking.k8s.io/TCPRoute': route,
  'gateway.networking.k8s.io/TLSRoute': route,
  'gateway.networking.k8s.io/UDPRoute': route,
  'autoscaling/HorizontalPodAutoscaler': scaleTarget,
  'keda.sh/ScaledObject': scaleTarget,
  'autoscaling.k8s.io/VerticalPodAutoscaler': [
    { at: 'spec.targetRef', name: 'name', kind: 'Deployment', group: 'apps', groupField: 'apiVersion' },
  ],
  'rbac.authorization.k8s.io/RoleBinding': binding,
  'rbac.authorization.k8s.io/ClusterRoleBinding': binding,
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': webhook,
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': webhook,
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding': [
    {
      at: 'spec',
      name: 'policyName',
      kind: 'ValidatingAdmissionPolicy',
      group: 'admissionregistration.k8s.io',
    },
  ],
  'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding': [
    {
      at: 'spec',
      name: 'policyName',
      kind: 'MutatingAdmissionPolicy',
      group: 'admissionregistration.k8s.io',
    },
  ],
  'apiregistration.k8s.io/APIService': [
    { at: 'spec.service', name: 'name', namespaceField: 'namespace', ...service },
  ],
  'apiextensions.k8s.io/CustomResourceDefinition': [
    {
      at: 'spec.conversion.webhook.clientConfig.service',
      name: 'name',
      namespaceField: 'namespace',
      ...service,
    },
  ],
};

/** The references of an object of the kind `group/kind` and of the pods at `pods` in it, in the order of the fields above. */
export function readReferences(value: JsonObject, id: string, pods: readonly Path[]): readonly Reference[] {
  const fields = fieldsByKind[id];
  const found = fields === undefined ? [] : readFields(value, [], treeOf(id, fields));
  for (const path of pods) {
    // A pod spec that a custom resource holds without metadata stands at its own path.
    const specPath = isMap(valueAt(value, [...path, 'spec'])) ? [...path, 'spec'] : path;
    found.push(...readFields(valueAt(value, specPath), specPath, treeOf('pod', podFields)));
  }
  if (found.length === 0) return none;
  if (id !== 'apps/StatefulSet') return found;
  const claims = claimTemplates(value);
  return found.filter((one) => !isClaimed(one, value, claims));
}

const none: readonly Reference[] = [];

/** The volumes that the controller of a StatefulSet puts into each pod, in the place of those of the same name. */
function claimTemplates(value: JsonObject): ReadonlySet<string> {
  const templates = itemsOf(valueAt(value, ['spec', 'volumeClaimTemplates']));
  return new Set(templates.map((one) => textOf(valueAt(one, ['metadata', 'name']))));
}

function isClaimed({ path }: Reference, value: JsonObject, claims: ReadonlySet<string>): boolean {
  const at = path.indexOf('volumes');
  return at >= 0 && claims.has(textOf(valueAt(value, [...path.slice(0, at + 2), 'name'])));
}

/** Fields that refer, by where they stand: mappings that several of them share are walked through once. */
interface FieldTree {
  readonly fields: { readonly order: number; readonly field: ReferenceField }[];
  readonly steps: { readonly name: string; readonly isList: boolean; readonly tree: FieldTree }[];
}

const trees = new Map<string, FieldTree>();

function treeOf(id: string, fields: readonly ReferenceField[]): FieldTree {
  let root = trees.get(id);
  if (root !== undefined) return root;
  trees.set(id, (root = { fields: [], steps: [] }));
  for (const [order, field] of fields.entries()) {
    let tree = root;
    for (const step of field.at === '' ? [] : field.at.split('.')) {
      const isList = step.endsWith('[]');
      const name = isList ? step.slice(0, -2) : step;
      let next = tree.steps.find((one) => one.name === name && one.isList === isList);
      if (next === undefined) tree.steps.push((next = { name, isList, tree: { fields: [], steps: [] } }));
      tree = next.tree;
    }
    tree.fields.push({ order, field });
  }
  return root;
}

function readFields(value: Json | undefined, path: Path, tree: FieldTree): Reference[] {
  const found: Found[] = [];
  walk(value, [...path], tree, found);
  return found.sort((a, b) => a.order - b.order).map(({ reference }) => reference);
}

interface Found {
  readonly order: number;
  readonly reference: Reference;
}

/** `path` is where the value stands; it is the same array all the way. */
function walk(
  value: Json | undefined,
  path: (string | number)[],
  { fields, steps }: FieldTree,
  found: Found[],
): void {
  if (!isMap(value)) return;
  for (const { order, field } of fields) {
    if (value[field.name] !== undefined) readField(value, path, field, order, found);
  }
  for (const { name, isList, tree } of steps) {
    const next = child(value, name);
    if (next === undefined) continue;
    path.push(name);
    if (isList) {
      const items = itemsOf(next);
      for (let i = 0; i < items.length; i++) {
        path.push(i);
        walk(items[i], path, tree, found);
        path.pop();
      }
    } else walk(next, path, tree, found);
    path.pop();
  }
}

function readField(
  mapping: JsonObject,
  at: Path,
  field: ReferenceField,
  order: number,
  found: Found[],
): void {
  const name = textOf(mapping[field.name]);
  const target = targetOf(mapping, field);
  if (name === '' || target === undefined) return;
  const base: Reference = {
    ...target,
    path: [...at, field.name],
    name,
    key: field.key === 'key' ? textOf(mapping['key']) : '',
    port: field.port === undefined ? undefined : portOf(valueAt(mapping, field.port)),
    isOptional: mapping['optional'] === true,
  };
  found.push({ order, reference: base });
  if (field.key !== 'items[]') return;
  for (const [i, item] of itemsOf(mapping['items']).entries()) {
    const key = textOf(child(item, 'key'));
    if (key !== '') found.push({ order, reference: { ...base, path: [...at, 'items', i, 'key'], key } });
  }
}

/** What kind is meant, and in which namespace; undefined for what is no object: users, groups. */
function targetOf(
  mapping: JsonObject,
  field: ReferenceField,
): Pick<Reference, 'group' | 'kind' | 'namespace'> | undefined {
  const namespaceText = field.namespaceField === undefined ? '' : textOf(mapping[field.namespaceField]);
  const namespace = namespaceText === '' ? undefined : namespaceText;
  if (field.groupField === undefined) return { group: field.group ?? '', kind: field.kind, namespace };
  const kind = textOf(mapping['kind']) || field.kind;
  if (kind === 'User' || kind === 'Group') return undefined;
  const said = mapping[field.groupField];
  const group =
    said === undefined
      ? (field.group ?? '')
      : field.groupField === 'apiVersion'
        ? groupOf(said)
        : textOf(said);
  return { group, kind, namespace };
}

function groupOf(apiVersion: Json): string {
  const text = textOf(apiVersion);
  return text.includes('/') ? text.slice(0, text.indexOf('/')) : '';
}

/** A port is a number, or a mapping with a number or a name. */
function portOf(value: Json | undefined): number | string | undefined {
  if (!isMap(value)) return numberOf(value);
  return numberOf(mapOf(value)['number']) ?? (textOf(value['name']) || undefined);
}
