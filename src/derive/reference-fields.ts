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
  '/ServiceAccount': [{ at: 'imagePullSecrets[]', name: 'name', ...secret }],
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

/** The references of an object of the kind `group/kind` and of the pods at `pods` in it. */
export function readReferences(value: JsonObject, id: string, pods: readonly Path[]): Reference[] {
  const found: Reference[] = [];
  for (const field of fieldsByKind[id] ?? []) readField(value, [], field, found);
  const claims = id === 'apps/StatefulSet' ? claimTemplates(value) : undefined;
  for (const path of pods) {
    // A pod spec that a custom resource holds without metadata stands at its own path.
    const specPath = isMap(valueAt(value, [...path, 'spec'])) ? [...path, 'spec'] : path;
    const spec = valueAt(value, specPath);
    for (const field of podFields) readField(spec, specPath, field, found);
  }
  return claims === undefined ? found : found.filter((one) => !isClaimed(one, value, claims));
}

/** The volumes that the controller of a StatefulSet puts into each pod, in the place of those of the same name. */
function claimTemplates(value: JsonObject): ReadonlySet<string> {
  const templates = itemsOf(valueAt(value, ['spec', 'volumeClaimTemplates']));
  return new Set(templates.map((one) => textOf(valueAt(one, ['metadata', 'name']))));
}

function isClaimed({ path }: Reference, value: JsonObject, claims: ReadonlySet<string>): boolean {
  const at = path.indexOf('volumes');
  return at >= 0 && claims.has(textOf(valueAt(value, [...path.slice(0, at + 2), 'name'])));
}

function readField(value: Json | undefined, path: Path, field: ReferenceField, found: Reference[]): void {
  for (const [at, mapping] of mappingsAt(value, stepsOf(field.at), path)) {
    const name = textOf(mapping[field.name]);
    const target = targetOf(mapping, field);
    if (name === '' || target === undefined) continue;
    const base: Reference = {
      ...target,
      path: [...at, field.name],
      name,
      key: '',
      port: field.port === undefined ? undefined : portOf(valueAt(mapping, field.port)),
      isOptional: mapping['optional'] === true,
    };
    if (field.key === 'key') {
      found.push({ ...base, key: textOf(mapping['key']) });
      continue;
    }
    found.push(base);
    if (field.key === undefined) continue;
    for (const [i, item] of itemsOf(mapping['items']).entries()) {
      const key = textOf(child(item, 'key'));
      if (key !== '') found.push({ ...base, path: [...at, 'items', i, 'key'], key });
    }
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

/** The steps of each pattern, split once. */
const knownSteps = new Map<string, readonly string[]>();

function stepsOf(pattern: string): readonly string[] {
  let steps = knownSteps.get(pattern);
  if (steps === undefined) knownSteps.set(pattern, (steps = pattern === '' ? [] : pattern.split('.')));
  return steps;
}

/** The mappings that a pattern such as `volumes[].configMap` leads to, with their paths. */
function* mappingsAt(
  value: Json | undefined,
  steps: readonly string[],
  path: Path,
  from = 0,
): Generator<[Path, JsonObject]> {
  const step = steps[from];
  if (step === undefined) {
    if (isMap(value)) yield [path, value];
    return;
  }
  const isList = step.endsWith('[]');
  const name = isList ? step.slice(0, -2) : step;
  const next = child(value, name);
  if (next === undefined) return;
  if (!isList) {
    yield* mappingsAt(next, steps, [...path, name], from + 1);
    return;
  }
  for (const [i, item] of itemsOf(next).entries())
    yield* mappingsAt(item, steps, [...path, name, i], from + 1);
}
