/** Where a version that Kubernetes no longer serves went. */
export interface ServedEquivalent {
  /** The version that took its place. */
  readonly apiVersion: string;
  /** The minor version that stopped serving the old one. */
  readonly removedIn: string;
  /** Whether an object of the old version reads as one of the new: else it can not be judged without conversion. */
  readonly sameShape: boolean;
}

type Row = readonly [old: string, kinds: string, now: string, removedIn: string, shape?: 'other'];

/** From the deprecated API migration guide of the Kubernetes documentation. */
const rows: readonly Row[] = [
  ['extensions/v1beta1', 'Deployment DaemonSet ReplicaSet', 'apps/v1', '1.16'],
  ['extensions/v1beta1', 'NetworkPolicy', 'networking.k8s.io/v1', '1.16'],
  ['extensions/v1beta1', 'Ingress', 'networking.k8s.io/v1', '1.22', 'other'],
  ['apps/v1beta1', 'Deployment StatefulSet ControllerRevision', 'apps/v1', '1.16'],
  ['apps/v1beta2', 'Deployment StatefulSet DaemonSet ReplicaSet ControllerRevision', 'apps/v1', '1.16'],
  ['batch/v1beta1', 'CronJob', 'batch/v1', '1.25'],
  ['batch/v2alpha1', 'CronJob', 'batch/v1', '1.21'],
  ['policy/v1beta1', 'PodDisruptionBudget', 'policy/v1', '1.25'],
  [
    'rbac.authorization.k8s.io/v1beta1',
    'Role ClusterRole RoleBinding ClusterRoleBinding',
    'rbac.authorization.k8s.io/v1',
    '1.22',
  ],
  ['rbac.authorization.k8s.io/v1alpha1', 'Role ClusterRole', 'rbac.authorization.k8s.io/v1', '1.22'],
  [
    'rbac.authorization.k8s.io/v1alpha1',
    'RoleBinding ClusterRoleBinding',
    'rbac.authorization.k8s.io/v1',
    '1.22',
    'other',
  ],
  ['networking.k8s.io/v1beta1', 'IngressClass', 'networking.k8s.io/v1', '1.22'],
  ['networking.k8s.io/v1beta1', 'Ingress', 'networking.k8s.io/v1', '1.22', 'other'],
  ['storage.k8s.io/v1beta1', 'StorageClass CSIDriver CSINode VolumeAttachment', 'storage.k8s.io/v1', '1.22'],
  ['storage.k8s.io/v1beta1', 'CSIStorageCapacity', 'storage.k8s.io/v1', '1.27'],
  ['scheduling.k8s.io/v1beta1', 'PriorityClass', 'scheduling.k8s.io/v1', '1.22'],
  ['scheduling.k8s.io/v1alpha1', 'PriorityClass', 'scheduling.k8s.io/v1', '1.22'],
  ['coordination.k8s.io/v1beta1', 'Lease', 'coordination.k8s.io/v1', '1.22'],
  ['node.k8s.io/v1beta1', 'RuntimeClass', 'node.k8s.io/v1', '1.25'],
  ['apiregistration.k8s.io/v1beta1', 'APIService', 'apiregistration.k8s.io/v1', '1.22'],
  ['certificates.k8s.io/v1beta1', 'CertificateSigningRequest', 'certificates.k8s.io/v1', '1.22'],
  ['autoscaling/v2beta2', 'HorizontalPodAutoscaler', 'autoscaling/v2', '1.26'],
  ['autoscaling/v2beta1', 'HorizontalPodAutoscaler', 'autoscaling/v2', '1.25', 'other'],
  ['discovery.k8s.io/v1beta1', 'EndpointSlice', 'discovery.k8s.io/v1', '1.25', 'other'],
  ['events.k8s.io/v1beta1', 'Event', 'events.k8s.io/v1', '1.25'],
  [
    'flowcontrol.apiserver.k8s.io/v1beta3',
    'FlowSchema PriorityLevelConfiguration',
    'flowcontrol.apiserver.k8s.io/v1',
    '1.32',
  ],
  ['flowcontrol.apiserver.k8s.io/v1beta2', 'FlowSchema', 'flowcontrol.apiserver.k8s.io/v1', '1.29'],
  [
    'flowcontrol.apiserver.k8s.io/v1beta2',
    'PriorityLevelConfiguration',
    'flowcontrol.apiserver.k8s.io/v1',
    '1.29',
    'other',
  ],
  ['flowcontrol.apiserver.k8s.io/v1beta1', 'FlowSchema', 'flowcontrol.apiserver.k8s.io/v1', '1.26'],
  [
    'flowcontrol.apiserver.k8s.io/v1beta1',
    'PriorityLevelConfiguration',
    'flowcontrol.apiserver.k8s.io/v1',
    '1.26',
    'other',
  ],
  [
    'admissionregistration.k8s.io/v1beta1',
    'ValidatingWebhookConfiguration MutatingWebhookConfiguration',
    'admissionregistration.k8s.io/v1',
    '1.22',
  ],
  ['apiextensions.k8s.io/v1beta1', 'CustomResourceDefinition', 'apiextensions.k8s.io/v1', '1.22', 'other'],
];

let equivalents: Map<string, ServedEquivalent> | undefined;

/** What took the place of a version that is no longer served; undefined for versions that are, or never were. */
export function servedEquivalent(apiVersion: string, kind: string): ServedEquivalent | undefined {
  if (equivalents === undefined) {
    equivalents = new Map();
    for (const [old, kinds, now, removedIn, shape] of rows) {
      for (const name of kinds.split(' ')) {
        equivalents.set(`${old}/${name}`, { apiVersion: now, removedIn, sameShape: shape === undefined });
      }
    }
  }
  return equivalents.get(`${apiVersion}/${kind}`);
}
