/** Defaults of workload kinds (pkg/apis/apps/v1/defaults.go, batch/v1/defaults.go, core/v1/defaults.go). */
import { isEmpty } from './struct-defaults.ts';
import type { Fields, StructDefaults } from './struct-defaults.ts';

function deployment({ spec }: Fields): void {
  spec.replicas ??= 1;
  const { strategy } = spec;
  strategy.type ||= 'RollingUpdate';
  if (strategy.type === 'RollingUpdate') {
    strategy.rollingUpdate ??= {};
    strategy.rollingUpdate.maxUnavailable ??= '25%';
    strategy.rollingUpdate.maxSurge ??= '25%';
  }
  spec.revisionHistoryLimit ??= 10;
  spec.progressDeadlineSeconds ??= 600;
}

function daemonSet({ spec }: Fields): void {
  const { updateStrategy } = spec;
  updateStrategy.type ||= 'RollingUpdate';
  if (updateStrategy.type === 'RollingUpdate') {
    updateStrategy.rollingUpdate ??= {};
    updateStrategy.rollingUpdate.maxUnavailable ??= 1;
    updateStrategy.rollingUpdate.maxSurge ??= 0;
  }
  spec.revisionHistoryLimit ??= 10;
}

function statefulSet({ spec }: Fields): void {
  spec.podManagementPolicy ||= 'OrderedReady';
  const { updateStrategy } = spec;
  if (!updateStrategy.type) {
    updateStrategy.type = 'RollingUpdate';
    updateStrategy.rollingUpdate ??= {};
  }
  const { rollingUpdate } = updateStrategy;
  if (rollingUpdate !== undefined) {
    if (updateStrategy.type === 'RollingUpdate') rollingUpdate.partition ??= 0;
    // Dropped while the gate MaxUnavailableStatefulSet is off.
    rollingUpdate.maxUnavailable = undefined;
  }
  spec.persistentVolumeClaimRetentionPolicy ??= { whenDeleted: '', whenScaled: '' };
  spec.persistentVolumeClaimRetentionPolicy.whenDeleted ||= 'Retain';
  spec.persistentVolumeClaimRetentionPolicy.whenScaled ||= 'Retain';
  spec.replicas ??= 1;
  spec.revisionHistoryLimit ??= 10;
  for (const claim of spec.volumeClaimTemplates ?? []) {
    claim.kind = 'PersistentVolumeClaim';
    claim.apiVersion = 'v1';
  }
}

function replicaSet({ spec }: Fields): void {
  spec.replicas ??= 1;
}

function replicationController({ metadata, spec }: Fields): void {
  spec.replicas ??= 1;
  const labels = spec.template?.metadata.labels;
  if (labels === undefined) return;
  if (isEmpty(spec.selector)) spec.selector = labels;
  if (isEmpty(metadata.labels)) metadata.labels = labels;
}

function job({ metadata, spec }: Fields): void {
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  spec.parallelism ??= 1;
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : 2147483647;
  const { labels } = spec.template.metadata;
  if (labels !== undefined && isEmpty(metadata.labels)) metadata.labels = labels;
  spec.completionMode ??= 'NonIndexed';
  spec.suspend ??= false;
  spec.podReplacementPolicy ??= spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed';
  spec.manualSelector ??= false;
}

function cronJob({ spec }: Fields): void {
  spec.concurrencyPolicy ||= 'Allow';
  spec.suspend ??= false;
  spec.successfulJobsHistoryLimit ??= 3;
  spec.failedJobsHistoryLimit ??= 1;
}

/** Defaults of Deployments, Jobs and their like, by type. */
export const workloadDefaults: Record<string, StructDefaults> = {
  'apps.v1.Deployment': deployment,
  'apps.v1.DaemonSet': daemonSet,
  'apps.v1.StatefulSet': statefulSet,
  'apps.v1.ReplicaSet': replicaSet,
  'core.v1.ReplicationController': replicationController,
  'batch.v1.Job': job,
  'batch.v1.CronJob': cronJob,
  'batch.v1.PodFailurePolicyOnPodConditionsPattern': (pattern) => {
    pattern.status ||= 'True';
  },
};
