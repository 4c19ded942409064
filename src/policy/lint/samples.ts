import { podTemplatePath } from '../../kube/pod-template.ts';
import { serverView } from '../../kube/view/server-view.ts';
import type { Json, JsonObject } from '../../model/object.ts';
import { apiVersionOf, type KnownResource } from './known-resources.ts';

const container = { name: 'app', image: 'registry.example.com/app:1.0' };
const podSpec = { containers: [container] };
const labels = { app: 'app' };
const role = { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] };
const subject = { kind: 'ServiceAccount', name: 'app', namespace: 'app' };
const roleRef = (kind: string): JsonObject => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name: 'app' });

/** What the smallest valid object of a kind holds beside `apiVersion`, `kind` and `metadata`. */
const rest: Readonly<Record<string, JsonObject>> = {
  ConfigMap: {},
  Secret: {},
  ServiceAccount: {},
  Namespace: {},
  Node: {},
  LimitRange: { spec: { limits: [{ type: 'Pod' }] } },
  ResourceQuota: { spec: {} },
  Service: { spec: { ports: [{ port: 80 }] } },
  Endpoints: {},
  PersistentVolumeClaim: {
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  },
  PersistentVolume: {
    spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, hostPath: { path: '/data' } },
  },
  Role: role,
  ClusterRole: role,
  RoleBinding: { roleRef: roleRef('Role') },
  ClusterRoleBinding: { roleRef: roleRef('ClusterRole'), subjects: [subject] },
  NetworkPolicy: { spec: { podSelector: {} } },
  Ingress: { spec: { defaultBackend: { service: { name: 'app', port: { number: 80 } } } } },
  IngressClass: { spec: { controller: 'example.com/ingress' } },
  PodDisruptionBudget: { spec: { minAvailable: 1 } },
  HorizontalPodAutoscaler: {
    spec: { maxReplicas: 2, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'app' } },
  },
  StorageClass: { provisioner: 'example.com/disk' },
  PriorityClass: { value: 1 },
  RuntimeClass: { handler: 'runc' },
  Lease: {},
  CustomResourceDefinition: {
    spec: {
      group: 'example.com',
      names: { plural: 'things', kind: 'Thing' },
      scope: 'Namespaced',
      versions: [
        { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } },
      ],
    },
  },
};

/** Fields that workloads require beside their pod template. */
const ofWorkload: Readonly<Record<string, JsonObject>> = {
  Deployment: { selector: { matchLabels: labels } },
  ReplicaSet: { selector: { matchLabels: labels } },
  DaemonSet: { selector: { matchLabels: labels } },
  StatefulSet: { selector: { matchLabels: labels }, serviceName: 'app' },
  ReplicationController: { selector: labels },
};

/**
 * The smallest valid object of a resource as a person would write it: nothing optional is there. Undefined for kinds
 * whose smallest object is not known.
 */
export function smallest(resource: KnownResource): JsonObject | undefined {
  const { kind, namespaced, definition } = resource;
  const apiVersion = apiVersionOf(resource);
  const name = kind === 'CustomResourceDefinition' ? 'things.example.com' : 'app';
  const metadata: JsonObject = namespaced ? { name, namespace: 'app' } : { name };
  const head: JsonObject = { apiVersion, kind, metadata };
  if (definition !== undefined) {
    const parts = smallestOf(definition);
    return isMap(parts) ? { ...parts, ...head } : head;
  }
  const template = podTemplatePath(apiVersion, kind);
  if (template === undefined) return Object.hasOwn(rest, kind) ? { ...head, ...rest[kind] } : undefined;
  if (kind === 'Pod') return { ...head, spec: podSpec };
  const spec: JsonObject =
    kind === 'Job' || kind === 'CronJob' ? { ...podSpec, restartPolicy: 'Never' } : podSpec;
  const pod: JsonObject = { metadata: { labels }, spec };
  if (kind === 'PodTemplate') return { ...head, template: pod };
  if (kind === 'CronJob') {
    return { ...head, spec: { schedule: '0 * * * *', jobTemplate: { spec: { template: pod } } } };
  }
  return { ...head, spec: { ...ofWorkload[kind], template: pod } };
}

/** The object that a policy sees of a manifest; undefined where it cannot be decoded. */
export function seen(written: JsonObject): JsonObject | undefined {
  return (serverView(written).object ?? undefined) as JsonObject | undefined;
}

/** The object that a mutating policy sees of a manifest; undefined where it cannot be decoded. */
export function seenByMutations(written: JsonObject): JsonObject | undefined {
  return (serverView(written, { stage: 'mutating' }).object ?? undefined) as JsonObject | undefined;
}

/** The smallest value of an OpenAPI v3 schema of a custom resource: defaults and required fields only. */
function smallestOf(schema: JsonObject, depth = 0): Json {
  if (schema['default'] !== undefined) return schema['default'];
  const { enum: members, properties, required, type, minItems, items, minimum } = schema;
  if (Array.isArray(members) && members.length > 0) return members[0] as Json;
  if (depth > 12) return {};
  switch (type) {
    case 'object': {
      const fields = isMap(properties) ? Object.entries(properties) : [];
      const wanted = fields.filter(
        ([name, field]) =>
          (Array.isArray(required) && required.includes(name)) ||
          (isMap(field) && field['default'] !== undefined),
      );
      return Object.fromEntries(
        wanted.map(([name, field]) => [name, smallestOf(isMap(field) ? field : {}, depth + 1)]),
      );
    }
    case 'array':
      return typeof minItems === 'number' && minItems > 0 && isMap(items)
        ? Array.from({ length: Math.min(minItems, 10) }, () => smallestOf(items, depth + 1))
        : [];
    case 'integer':
    case 'number':
      return typeof minimum === 'number' ? minimum : 1;
    case 'boolean':
      return false;
    default:
      return 'x';
  }
}

const isMap = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
