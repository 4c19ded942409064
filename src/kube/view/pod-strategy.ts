/** What creating a pod does to it beyond defaults (pkg/registry/core/pod/strategy.go). */
import { assigned } from './assigned.ts';
import { qosClass } from './pod-resources.ts';
import { isEmpty } from './struct-defaults.ts';
import type { Fields } from './struct-defaults.ts';

/** What the server sets of a new pod, whatever is written. */
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

/**
 * matchLabelKeys name labels of this pod; their values become requirements of the selector. What holds the selectors may
 * be shared with the input, so it is copied.
 */
function applyMatchLabelKeys(spec: Fields, labels: Record<string, string>): void {
  spec.topologySpreadConstraints = spec.topologySpreadConstraints?.map((constraint: Fields) =>
    withRequirements(constraint, [['In', constraint.matchLabelKeys]], labels),
  );
  if (spec.affinity === undefined) return;
  for (const kind of ['podAffinity', 'podAntiAffinity']) {
    const rules = spec.affinity[kind];
    if (rules === undefined) continue;
    const required = rules.requiredDuringSchedulingIgnoredDuringExecution?.map((term: Fields) =>
      termWithRequirements(term, labels),
    );
    const preferred = rules.preferredDuringSchedulingIgnoredDuringExecution?.map((weighted: Fields) => ({
      ...weighted,
      podAffinityTerm: termWithRequirements(weighted.podAffinityTerm, labels),
    }));
    const copied = {
      ...rules,
      ...(required !== undefined && { requiredDuringSchedulingIgnoredDuringExecution: required }),
      ...(preferred !== undefined && { preferredDuringSchedulingIgnoredDuringExecution: preferred }),
    };
    spec.affinity = { ...spec.affinity, [kind]: copied };
  }
}

function termWithRequirements(term: Fields, labels: Record<string, string>): Fields {
  const keys = [['In', term.matchLabelKeys] as const, ['NotIn', term.mismatchLabelKeys] as const];
  return withRequirements(term, keys, labels);
}

function withRequirements(
  holder: Fields,
  keysOf: readonly (readonly [operator: 'In' | 'NotIn', keys: readonly string[] | undefined])[],
  labels: Record<string, string>,
): Fields {
  const selector: Fields | undefined = holder.labelSelector;
  const added = keysOf.flatMap(([operator, keys]) =>
    (keys ?? [])
      .filter((key) => Object.hasOwn(labels, key))
      .map((key) => ({ key, operator, values: [labels[key]] })),
  );
  if (selector === undefined || added.length === 0) return holder;
  const matchExpressions = [...(selector.matchExpressions ?? []), ...added];
  return { ...holder, labelSelector: { ...selector, matchExpressions } };
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
