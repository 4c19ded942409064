/** What creating a pod does to it beyond defaults (pkg/registry/core/pod/strategy.go). */
import { assigned } from './assigned.ts';
import { qosClass } from './pod-resources.ts';
import { isEmpty } from './struct-defaults.ts';
import type { Fields } from './struct-defaults.ts';

export function preparePod({ metadata, spec, status }: Fields): void {
  status.phase = 'Pending';
  status.qosClass = qosClass(spec);
  if (!isEmpty(spec.schedulingGates)) {
    status.conditions = [
      {
        type: 'PodScheduled',
        status: 'False',
        lastProbeTime: null,
        lastTransitionTime: assigned.time,
        reason: 'SchedulingGated',
        message: 'Scheduling is blocked due to non-empty scheduling gates',
      },
    ];
  }
  applyMatchLabelKeys(spec, metadata.labels ?? {});
  if (metadata.annotations !== undefined) applyAppArmorAnnotations(spec, metadata.annotations);
}

/** matchLabelKeys name labels of this pod; their values become requirements of the selector. */
function applyMatchLabelKeys(
  { affinity, topologySpreadConstraints }: Fields,
  labels: Record<string, string>,
): void {
  for (const constraint of topologySpreadConstraints ?? []) {
    addRequirements(constraint.labelSelector, constraint.matchLabelKeys, 'In', labels);
  }
  for (const rules of [affinity?.podAffinity, affinity?.podAntiAffinity]) {
    const preferred = rules?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    const terms: Fields[] = preferred.map((weighted: Fields) => weighted.podAffinityTerm);
    for (const term of [...terms, ...(rules?.requiredDuringSchedulingIgnoredDuringExecution ?? [])]) {
      addRequirements(term.labelSelector, term.matchLabelKeys, 'In', labels);
      addRequirements(term.labelSelector, term.mismatchLabelKeys, 'NotIn', labels);
    }
  }
}

function addRequirements(
  selector: Fields | undefined,
  keys: readonly string[] | undefined,
  operator: 'In' | 'NotIn',
  labels: Record<string, string>,
): void {
  if (selector === undefined) return;
  for (const key of keys ?? []) {
    if (!Object.hasOwn(labels, key)) continue;
    selector.matchExpressions = [
      ...(selector.matchExpressions ?? []),
      { key, operator, values: [labels[key]] },
    ];
  }
}

const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/';

/** The old annotation becomes the field, unless the container has one or the pod's own profile is the same. */
function applyAppArmorAnnotations(spec: Fields, annotations: Record<string, string>): void {
  if (spec.os?.name === 'windows') return;
  const podProfile = spec.securityContext.appArmorProfile;
  for (const containers of [spec.initContainers, spec.containers, spec.ephemeralContainers]) {
    for (const container of containers ?? []) {
      const key = appArmorPrefix + (container.name ?? '');
      if (!Object.hasOwn(annotations, key) || container.securityContext?.appArmorProfile !== undefined)
        continue;
      const profile = appArmorProfile(annotations[key] ?? '');
      if (profile === undefined || isSameProfile(profile, podProfile)) continue;
      container.securityContext ??= {};
      container.securityContext.appArmorProfile = profile;
    }
  }
}

function appArmorProfile(annotation: string): Fields | undefined {
  if (annotation === 'unconfined') return { type: 'Unconfined' };
  if (annotation === 'runtime/default') return { type: 'RuntimeDefault' };
  if (!annotation.startsWith('localhost/')) return undefined;
  const localhostProfile = annotation.slice('localhost/'.length);
  const isValid = localhostProfile.trim() !== '' && localhostProfile.trim() === localhostProfile;
  return isValid && localhostProfile.length <= 4095 ? { type: 'Localhost', localhostProfile } : undefined;
}

function isSameProfile(a: Fields, b: Fields | undefined): boolean {
  return b !== undefined && a.type === b.type && a.localhostProfile === b.localhostProfile;
}
