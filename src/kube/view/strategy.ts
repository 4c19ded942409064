/**
 * What the server does to an object before it stores it: names, system fields, status, generation and the fields that a
 * kind's strategy fills (apiserver/pkg/registry/rest/create.go, pkg/registry/GROUP/KIND/strategy.go).
 */
import { namespaceLabels } from '../namespace.ts';
import { assigned } from './assigned.ts';
import { preparePod } from './pod-strategy.ts';
import { prepareService } from './service-strategy.ts';
import { isEmpty } from './struct-defaults.ts';
import type { Fields } from './struct-defaults.ts';

/** Kinds whose strategy sets metadata.generation to 1; others keep a written one. */
const generationKinds = new Set([
  'v1/Pod',
  'v1/PodTemplate',
  'v1/ReplicationController',
  'apps/v1/Deployment',
  'apps/v1/DaemonSet',
  'apps/v1/ReplicaSet',
  'apps/v1/StatefulSet',
  'batch/v1/Job',
  'batch/v1/CronJob',
  'networking.k8s.io/v1/Ingress',
  'networking.k8s.io/v1/IngressClass',
  'networking.k8s.io/v1/NetworkPolicy',
  'policy/v1/PodDisruptionBudget',
  'discovery.k8s.io/v1/EndpointSlice',
  'scheduling.k8s.io/v1/PriorityClass',
  'apiextensions.k8s.io/v1/CustomResourceDefinition',
  'flowcontrol.apiserver.k8s.io/v1/FlowSchema',
  'flowcontrol.apiserver.k8s.io/v1/PriorityLevelConfiguration',
  'admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration',
  'admissionregistration.k8s.io/v1/MutatingWebhookConfiguration',
  'admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy',
  'admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/v1/MutatingAdmissionPolicy',
  'admissionregistration.k8s.io/v1/MutatingAdmissionPolicyBinding',
]);

/** Kinds whose status is kept as written, or is what the request asks for. */
const keepsStatus = new Set([
  'v1/Node',
  'apiextensions.k8s.io/v1/CustomResourceDefinition',
  'authentication.k8s.io/v1/TokenReview',
  'authentication.k8s.io/v1/SelfSubjectReview',
  'authorization.k8s.io/v1/SubjectAccessReview',
  'authorization.k8s.io/v1/LocalSubjectAccessReview',
  'authorization.k8s.io/v1/SelfSubjectAccessReview',
  'authorization.k8s.io/v1/SelfSubjectRulesReview',
]);

/** The kind in the form of the sets above, the object being worked on, and its status as if none had been written. */
export interface Creation {
  readonly key: string;
  readonly object: Fields;
  readonly emptyStatus: () => unknown;
}

/** Prepares an object for creation, in place. */
export function prepareForCreate({ key, object, emptyStatus }: Creation): void {
  prepareMetadata(object.metadata);
  if (generationKinds.has(key)) object.metadata.generation = 1;
  if (object.status !== undefined && !keepsStatus.has(key)) object.status = emptyStatus();
  strategies[key]?.(object);
}

/** Drops in place what only the server may set. Source: apiserver `pkg/registry/rest/meta.go`, WipeObjectMetaSystemFields. */
export function wipeMetadata(metadata: Fields): void {
  metadata.creationTimestamp = undefined;
  metadata.deletionTimestamp = undefined;
  metadata.deletionGracePeriodSeconds = undefined;
  metadata.uid = '';
  metadata.selfLink = '';
}

/** Does in place what is done to an object before any admission: conversions and defaults that no struct has alone. */
export function prepareForAdmission({ key, object }: Creation): void {
  if (key === 'v1/Secret') prepareSecret(object);
  else if (key === 'autoscaling/v2/HorizontalPodAutoscaler') prepareAutoscaler(object);
  else if (key === 'v1/Namespace') {
    object.metadata.labels = namespaceLabels(object.metadata.name ?? '', object.metadata.labels);
  }
}

/** The longest prefix that leaves room for a suffix in a name of 63 characters. */
const maxGeneratedPrefix = 58;

function prepareMetadata(metadata: Fields): void {
  if (metadata.generateName && !metadata.name) {
    metadata.name = metadata.generateName.slice(0, maxGeneratedPrefix) + assigned.nameSuffix;
  }
  metadata.uid = assigned.uid;
  metadata.creationTimestamp = assigned.time;
  metadata.managedFields = undefined;
  if (metadata.ownerReferences?.length > 1)
    metadata.ownerReferences = withoutDuplicates(metadata.ownerReferences);
}

function withoutDuplicates(references: readonly Fields[]): readonly Fields[] {
  const seen = new Set<string>();
  return references.filter((reference) => {
    const text = JSON.stringify(reference);
    if (seen.has(text)) return false;
    seen.add(text);
    return true;
  });
}

/** Annotations in which older versions of the API kept fields that they did not have. */
const autoscalerAnnotations = [
  'autoscaling.alpha.kubernetes.io/metrics',
  'autoscaling.alpha.kubernetes.io/behavior',
  'autoscaling.alpha.kubernetes.io/scale-up-tolerance',
  'autoscaling.alpha.kubernetes.io/scale-down-tolerance',
  'autoscaling.alpha.kubernetes.io/current-metrics',
  'autoscaling.alpha.kubernetes.io/conditions',
];

const strategies: Record<string, (object: Fields) => void> = {
  'v1/Pod': preparePod,
  'v1/Service': prepareService,
  'v1/Namespace': prepareNamespace,
  'v1/Secret': prepareSecret,
  'v1/ServiceAccount': prepareServiceAccount,
  'v1/PersistentVolume': ({ status }) => {
    status.phase = 'Pending';
    status.lastPhaseTransitionTime = assigned.time;
  },
  'v1/PersistentVolumeClaim': prepareClaim,
  'v1/Node': prepareNode,
  'autoscaling/v2/HorizontalPodAutoscaler': prepareAutoscaler,
  'apiregistration.k8s.io/v1/APIService': prepareApiService,
  'certificates.k8s.io/v1/CertificateSigningRequest': prepareSigningRequest,
  'apps/v1/DaemonSet': prepareDaemonSet,
  'batch/v1/Job': prepareJob,
  'coordination.k8s.io/v1/Lease': ({ spec }) => {
    // Dropped while the gate CoordinatedLeaderElection is off.
    spec.strategy = undefined;
    spec.preferredHolder = undefined;
  },
};

function prepareNamespace({ metadata, spec, status }: Fields): void {
  metadata.labels = namespaceLabels(metadata.name ?? '', metadata.labels);
  status.phase = 'Active';
  const finalizers: readonly string[] = spec.finalizers ?? [];
  if (!finalizers.includes('kubernetes')) spec.finalizers = [...finalizers, 'kubernetes'];
}

function prepareSecret(secret: Fields): void {
  if (secret.stringData === undefined) return;
  const texts: [string, string][] = Object.entries(secret.stringData);
  const encoded = texts.map(([key, text]) => [key, Buffer.from(text, 'utf8').toString('base64')]);
  // Assigning to a key named __proto__ would not make it one.
  secret.data = Object.fromEntries([...Object.entries(secret.data ?? {}), ...encoded]);
  secret.stringData = undefined;
}

function prepareServiceAccount(account: Fields): void {
  account.secrets = account.secrets?.map(({ name }: Fields) => (name ? { name } : {}));
}

/** dataSource and dataSourceRef are copies of each other; the old field holds claims and snapshots only. */
function prepareClaim({ spec, status }: Fields): void {
  status.phase = '';
  if (spec.dataSourceRef?.namespace !== undefined) spec.dataSourceRef = undefined;
  const source = spec.dataSource;
  if (source !== undefined && spec.dataSourceRef === undefined) {
    const isClaim = source.kind === 'PersistentVolumeClaim' && (source.apiGroup ?? '') === '';
    const isSnapshot = source.kind === 'VolumeSnapshot' && source.apiGroup === 'snapshot.storage.k8s.io';
    if (!isClaim && !isSnapshot) spec.dataSource = undefined;
  }
  if (spec.dataSource !== undefined) spec.dataSourceRef ??= { ...spec.dataSource };
  else if (spec.dataSourceRef !== undefined) {
    const { apiGroup, kind, name } = spec.dataSourceRef;
    spec.dataSource = { apiGroup, kind, name };
  }
}

function prepareNode({ spec }: Fields): void {
  // Dynamic kubelet configuration is gone; its field is dropped.
  spec.configSource = undefined;
  if (spec.podCIDR && isEmpty(spec.podCIDRs)) spec.podCIDRs = [spec.podCIDR];
}

function prepareAutoscaler({ metadata }: Fields): void {
  if (metadata.annotations === undefined) return;
  const kept = Object.entries(metadata.annotations).filter(([name]) => !autoscalerAnnotations.includes(name));
  metadata.annotations = Object.fromEntries(kept);
}

function prepareApiService({ spec, status }: Fields): void {
  if (spec.service !== undefined) return;
  status.conditions = [
    {
      type: 'Available',
      status: 'True',
      lastTransitionTime: assigned.time,
      reason: 'Local',
      message: 'Local APIServices are always available',
    },
  ];
}

/** Who asks is filled in from the request, whatever is written; offline nobody is known. */
function prepareSigningRequest({ spec }: Fields): void {
  spec.username = '';
  spec.uid = '';
  spec.groups = undefined;
  spec.extra = undefined;
}

function prepareDaemonSet({ metadata }: Fields): void {
  const name = 'deprecated.daemonset.template.generation';
  const written = Number(metadata.annotations?.[name] ?? 0);
  metadata.annotations = { ...metadata.annotations, [name]: written > 1 ? String(written) : '1' };
}

/** Selects the pods by the job's uid, unless the selector is the user's own affair. */
function prepareJob({ metadata, spec }: Fields): void {
  if (spec.manualSelector === true) return;
  const template = spec.template.metadata;
  const isShared = metadata.labels !== undefined && metadata.labels === template.labels;
  const generated = {
    'job-name': metadata.name ?? '',
    'batch.kubernetes.io/job-name': metadata.name ?? '',
    'controller-uid': assigned.uid,
    'batch.kubernetes.io/controller-uid': assigned.uid,
  };
  template.labels = { ...generated, ...template.labels };
  // Labels defaulted from the template are the very same map in Go, so they get the generated ones too.
  if (isShared) metadata.labels = template.labels;
  spec.selector ??= {};
  spec.selector.matchLabels = {
    'batch.kubernetes.io/controller-uid': assigned.uid,
    ...spec.selector.matchLabels,
  };
}
