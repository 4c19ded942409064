/** Defaults of everything that is no workload (pkg/apis/GROUP/VERSION/defaults.go and declared defaults). */
import { fillMissing } from './pod-resources.ts';
import { isEmpty } from './struct-defaults.ts';
import type { Fields, StructDefaults } from './struct-defaults.ts';

const rbacGroup = 'rbac.authorization.k8s.io';

function service({ spec }: Fields): void {
  spec.sessionAffinity ||= 'None';
  if (spec.sessionAffinity === 'None') spec.sessionAffinityConfig = undefined;
  if (
    spec.sessionAffinity === 'ClientIP' &&
    spec.sessionAffinityConfig?.clientIP?.timeoutSeconds === undefined
  ) {
    spec.sessionAffinityConfig = { clientIP: { timeoutSeconds: 10800 } };
  }
  spec.type ||= 'ClusterIP';
  for (const port of spec.ports ?? []) {
    port.protocol ||= 'TCP';
    port.targetPort ||= port.port;
  }
  const balanced = spec.type === 'LoadBalancer';
  const exposed =
    balanced || spec.type === 'NodePort' || (spec.type === 'ClusterIP' && !isEmpty(spec.externalIPs));
  if (exposed) spec.externalTrafficPolicy ||= 'Cluster';
  if (balanced || ['ClusterIP', 'NodePort'].includes(spec.type)) spec.internalTrafficPolicy ??= 'Cluster';
  if (balanced) spec.allocateLoadBalancerNodePorts ??= true;
}

function limitRangeItem(item: Fields): void {
  if (item.type !== 'Container') return;
  item.default = fillMissing(item.default, item.max);
  item.defaultRequest = fillMissing(item.defaultRequest, item.default);
  item.defaultRequest = fillMissing(item.defaultRequest, item.min);
}

function networkPolicy({ spec }: Fields): void {
  if (!isEmpty(spec.policyTypes)) return;
  spec.policyTypes = isEmpty(spec.egress) ? ['Ingress'] : ['Ingress', 'Egress'];
}

function subject(fields: Fields): void {
  if (fields.kind === 'User' || fields.kind === 'Group') fields.apiGroup ||= rbacGroup;
}

function roleBinding({ roleRef }: Fields): void {
  roleRef.apiGroup ||= rbacGroup;
}

function autoscaler({ spec }: Fields): void {
  spec.minReplicas ??= 1;
  const cpu = { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } };
  if (isEmpty(spec.metrics)) spec.metrics = [{ type: 'Resource', resource: cpu }];
  if (spec.behavior === undefined) return;
  const percent = { type: 'Percent', value: 100, periodSeconds: 15 };
  const pods = { type: 'Pods', value: 4, periodSeconds: 15 };
  const up = (spec.behavior.scaleUp ??= {});
  up.stabilizationWindowSeconds ??= 0;
  up.selectPolicy ??= 'Max';
  up.policies ??= [pods, percent];
  const down = (spec.behavior.scaleDown ??= {});
  down.selectPolicy ??= 'Max';
  down.policies ??= [percent];
}

function webhook(fields: Fields): void {
  fields.failurePolicy ??= 'Fail';
  matchResources(fields);
  fields.timeoutSeconds ??= 10;
}

function matchResources(fields: Fields): void {
  fields.matchPolicy ??= 'Equivalent';
  fields.namespaceSelector ??= {};
  fields.objectSelector ??= {};
}

function admissionRule(fields: Fields): void {
  fields.scope ??= '*';
}

function failurePolicy(fields: Fields): void {
  fields.failurePolicy ??= 'Fail';
}

function servicePort(fields: Fields): void {
  fields.port ??= 443;
}

function customResourceDefinition({ spec, status }: Fields): void {
  spec.names.singular ||= (spec.names.kind ?? '').toLowerCase();
  if (spec.names.kind) spec.names.listKind ||= `${spec.names.kind}List`;
  spec.conversion ??= { strategy: 'None' };
  if (!isEmpty(status.storedVersions)) return;
  status.storedVersions = (spec.versions ?? [])
    .filter((version: Fields) => version.storage)
    .slice(0, 1)
    .map((version: Fields) => version.name ?? '');
}

function csiDriver({ spec }: Fields): void {
  spec.attachRequired ??= true;
  spec.podInfoOnMount ??= false;
  spec.storageCapacity ??= false;
  spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType';
  if (isEmpty(spec.volumeLifecycleModes)) spec.volumeLifecycleModes = ['Persistent'];
  spec.requiresRepublish ??= false;
  spec.seLinuxMount ??= false;
  // Dropped while the gate VolumeLimitScaling is off.
  spec.preventPodSchedulingIfMissing = undefined;
}

function iscsi(source: Fields): void {
  source.iscsiInterface ||= 'default';
}

function rbd(source: Fields): void {
  source.pool ||= 'rbd';
  source.user ||= 'admin';
  source.keyring ||= '/etc/ceph/keyring';
}

function scaleIO(source: Fields): void {
  source.storageMode ||= 'ThinProvisioned';
  source.fsType ||= 'xfs';
}

function deviceRequest(request: Fields): void {
  request.allocationMode ||= 'ExactCount';
  if (request.allocationMode === 'ExactCount') request.count ||= 1;
}

/** Defaults of the kinds that are neither pods nor workloads, by type. */
export const resourceDefaults: Record<string, StructDefaults> = {
  'core.v1.Service': service,
  'core.v1.Secret': (secret) => {
    secret.type ||= 'Opaque';
  },
  'core.v1.LimitRangeItem': limitRangeItem,
  'core.v1.EndpointPort': (port) => {
    port.protocol ||= 'TCP';
  },
  'core.v1.NodeStatus': (status) => {
    status.allocatable ??= status.capacity;
  },
  'core.v1.PersistentVolume': ({ spec }) => {
    spec.persistentVolumeReclaimPolicy ||= 'Retain';
    spec.volumeMode ??= 'Filesystem';
  },
  'core.v1.PersistentVolumeClaimSpec': (spec) => {
    spec.volumeMode ??= 'Filesystem';
  },
  'core.v1.PersistentVolumeClaim': ({ status }) => {
    status.phase ||= 'Pending';
  },
  'core.v1.ISCSIVolumeSource': iscsi,
  'core.v1.ISCSIPersistentVolumeSource': iscsi,
  'core.v1.RBDVolumeSource': rbd,
  'core.v1.RBDPersistentVolumeSource': rbd,
  'core.v1.ScaleIOVolumeSource': scaleIO,
  'core.v1.ScaleIOPersistentVolumeSource': scaleIO,
  'core.v1.AzureDiskVolumeSource': (source) => {
    source.cachingMode ??= 'ReadWrite';
    source.fsType ??= 'ext4';
    source.readOnly ??= false;
    source.kind ??= 'Shared';
  },
  'networking.v1.NetworkPolicy': networkPolicy,
  'networking.v1.NetworkPolicyPort': (port) => {
    port.protocol ??= 'TCP';
  },
  'networking.v1.IngressClassParametersReference': (reference) => {
    reference.scope ??= 'Cluster';
  },
  'rbac.v1.RoleBinding': roleBinding,
  'rbac.v1.ClusterRoleBinding': roleBinding,
  'rbac.v1.Subject': subject,
  'storage.v1.StorageClass': (storageClass) => {
    storageClass.reclaimPolicy ??= 'Delete';
    storageClass.volumeBindingMode ??= 'Immediate';
  },
  'storage.v1.CSIDriver': csiDriver,
  'autoscaling.v1.HorizontalPodAutoscaler': ({ spec }) => {
    spec.minReplicas ??= 1;
    spec.targetCPUUtilizationPercentage ??= 80;
  },
  'autoscaling.v2.HorizontalPodAutoscaler': autoscaler,
  'scheduling.v1.PriorityClass': (priorityClass) => {
    priorityClass.preemptionPolicy ??= 'PreemptLowerPriority';
  },
  'discovery.v1.EndpointPort': (port) => {
    port.name ??= '';
    port.protocol ??= 'TCP';
  },
  'admissionregistration.v1.ValidatingWebhook': webhook,
  'admissionregistration.v1.MutatingWebhook': (fields) => {
    webhook(fields);
    fields.reinvocationPolicy ??= 'Never';
  },
  'admissionregistration.v1.RuleWithOperations': admissionRule,
  'admissionregistration.v1.NamedRuleWithOperations': admissionRule,
  'admissionregistration.v1.MatchResources': matchResources,
  'admissionregistration.v1.ValidatingAdmissionPolicySpec': failurePolicy,
  'admissionregistration.v1.MutatingAdmissionPolicySpec': failurePolicy,
  'admissionregistration.v1.ServiceReference': servicePort,
  'apiextensions.v1.ServiceReference': servicePort,
  'apiregistration.v1.ServiceReference': servicePort,
  'apiextensions.v1.CustomResourceDefinition': customResourceDefinition,
  'flowcontrol.v1.FlowSchemaSpec': (spec) => {
    spec.matchingPrecedence ||= 1000;
  },
  'flowcontrol.v1.ExemptPriorityLevelConfiguration': (configuration) => {
    configuration.nominalConcurrencyShares ??= 0;
    configuration.lendablePercent ??= 0;
  },
  'flowcontrol.v1.LimitedPriorityLevelConfiguration': (configuration) => {
    configuration.nominalConcurrencyShares ??= 30;
    configuration.lendablePercent ??= 0;
  },
  'flowcontrol.v1.QueuingConfiguration': (configuration) => {
    configuration.handSize ||= 8;
    configuration.queues ||= 64;
    configuration.queueLengthLimit ||= 50;
  },
  'resource.v1.ExactDeviceRequest': deviceRequest,
  'resource.v1.DeviceSubRequest': deviceRequest,
};
