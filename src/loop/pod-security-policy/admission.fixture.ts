import type { PodSecurityPolicy, Range } from './definition.ts';

/* oxlint-disable typescript/no-explicit-any -- pods of tests are written and changed freely */

/**
 * What the admission of Kubernetes 1.24 made of a pod: written down a second time, without CEL, to compare with.
 *
 * Returns the pod with its defaults, or undefined where no policy admits it. On updates (`mayMutate` false) nothing is
 * filled in.
 */
export function admitted(pod: any, policies: readonly PodSecurityPolicy[], mayMutate = true): any {
  let first: any;
  for (const policy of policies.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const copy = structuredClone(pod);
    fillIn(copy, policy);
    if (refuses(copy, policy)) continue;
    if (JSON.stringify(sorted(copy)) === JSON.stringify(sorted(pod))) return copy;
    if (mayMutate) first ??= copy;
  }
  return first;
}

const containersOf = (pod: any): any[] => [
  ...(pod.spec.containers ?? []),
  ...(pod.spec.initContainers ?? []),
  ...(pod.spec.ephemeralContainers ?? []),
];

const profileFor = (text: string): any =>
  text === 'unconfined'
    ? { type: 'Unconfined' }
    : text.startsWith('localhost/')
      ? { type: 'Localhost', localhostProfile: text.slice(10) }
      : { type: 'RuntimeDefault' };

const nameOf = (profile: any): string =>
  profile === undefined
    ? ''
    : profile.type === 'Unconfined'
      ? 'unconfined'
      : profile.type === 'Localhost'
        ? `localhost/${profile.localhostProfile}`
        : 'runtime/default';

function fillIn(pod: any, psp: PodSecurityPolicy): void {
  const security = { ...pod.spec.securityContext };
  const had = Object.keys(security).length;
  if (psp.supplementalGroups.rule === 'MustRunAs')
    security.supplementalGroups ??= [psp.supplementalGroups.ranges[0]!.min];
  if (psp.fsGroup.rule === 'MustRunAs') security.fsGroup ??= psp.fsGroup.ranges[0]!.min;
  if (psp.seLinux !== undefined) {
    security.seLinuxOptions ??= Object.fromEntries(
      Object.entries(psp.seLinux).filter(([, value]) => value !== ''),
    );
  }
  if (psp.seccomp.byDefault !== undefined) security.seccompProfile ??= profileFor(psp.seccomp.byDefault);
  if (Object.keys(security).length > had) pod.spec.securityContext = security;
  if (psp.runtimeClass?.byDefault !== undefined) pod.spec.runtimeClassName ??= psp.runtimeClass.byDefault;
  for (const container of containersOf(pod)) fillInContainer(pod, container, psp);
}

function fillInContainer(pod: any, container: any, psp: PodSecurityPolicy): void {
  const own = { ...container.securityContext };
  const before = JSON.stringify(own);
  const above = pod.spec.securityContext ?? {};
  if ((own.runAsUser ?? above.runAsUser) === undefined && psp.runAsUser.rule === 'MustRunAs')
    own.runAsUser = psp.runAsUser.ranges[0]!.min;
  if ((own.runAsGroup ?? above.runAsGroup) === undefined && psp.runAsGroup.rule === 'MustRunAs')
    own.runAsGroup = psp.runAsGroup.ranges[0]!.min;
  const annotation =
    pod.metadata.annotations?.[`container.apparmor.security.beta.kubernetes.io/${container.name}`];
  if (!annotation && (own.appArmorProfile ?? above.appArmorProfile) === undefined && psp.appArmor.byDefault)
    own.appArmorProfile = profileFor(psp.appArmor.byDefault);
  if (
    (own.runAsNonRoot ?? above.runAsNonRoot) === undefined &&
    (own.runAsUser ?? above.runAsUser) === undefined &&
    psp.runAsUser.rule === 'MustRunAsNonRoot'
  )
    own.runAsNonRoot = true;
  const add = new Set<string>(own.capabilities?.add);
  const drop = new Set<string>(own.capabilities?.drop);
  const allAdd = new Set([...add, ...psp.defaultAddCapabilities.filter((one) => !drop.has(one))]);
  const allDrop = new Set([...drop, ...psp.requiredDropCapabilities]);
  if (allAdd.size > add.size || allDrop.size > drop.size) {
    own.capabilities = {
      ...(allAdd.size > 0 && { add: [...allAdd].sort() }),
      ...(allDrop.size > 0 && { drop: [...allDrop].sort() }),
    };
  }
  if (psp.readOnlyRootFilesystem) own.readOnlyRootFilesystem ??= true;
  if (psp.defaultAllowPrivilegeEscalation !== undefined)
    own.allowPrivilegeEscalation ??= psp.defaultAllowPrivilegeEscalation;
  if (!psp.allowPrivilegeEscalation) own.allowPrivilegeEscalation ??= false;
  if (JSON.stringify(own) !== before) container.securityContext = own;
}

const inside = (id: number, ranges: readonly Range[]): boolean =>
  ranges.some(({ max, min }) => id >= min && id <= max);

function refuses(pod: any, psp: PodSecurityPolicy): boolean {
  const { spec } = pod;
  const security = spec.securityContext ?? {};
  const groups: number[] = security.supplementalGroups ?? [];
  const restricts = (rule: string): boolean => rule === 'MustRunAs' || rule === 'MayRunAs';
  const { fsGroup, seccomp, seLinux, supplementalGroups } = psp;
  if (restricts(fsGroup.rule)) {
    if (
      security.fsGroup === undefined
        ? fsGroup.rule === 'MustRunAs'
        : !inside(security.fsGroup, fsGroup.ranges)
    )
      return true;
  }
  if (supplementalGroups.rule === 'MustRunAs' && groups.length === 0) return true;
  if (restricts(supplementalGroups.rule) && !groups.every((one) => inside(one, supplementalGroups.ranges)))
    return true;
  if (!seccompAllowed(nameOf(security.seccompProfile), seccomp.allowed)) return true;
  if (seLinux !== undefined && !sameLabels(security.seLinuxOptions, seLinux)) return true;
  for (const field of ['hostNetwork', 'hostPID', 'hostIPC'] as const)
    if (spec[field] === true && !psp[field]) return true;
  if ((security.sysctls ?? []).some(({ name }: any) => !sysctlAllowed(name, psp))) return true;
  if ((spec.volumes ?? []).some((volume: any) => volumeRefused(volume, pod, psp))) return true;
  if (psp.runtimeClass !== undefined && spec.runtimeClassName !== undefined) {
    const { allowed } = psp.runtimeClass;
    if (!allowed.includes('*') && !allowed.includes(spec.runtimeClassName)) return true;
  }
  return containersOf(pod).some((container) => containerRefused(container, pod, psp));
}

function containerRefused(container: any, pod: any, psp: PodSecurityPolicy): boolean {
  const own = container.securityContext ?? {};
  const above = pod.spec.securityContext ?? {};
  const user = own.runAsUser ?? above.runAsUser;
  const nonRoot = own.runAsNonRoot ?? above.runAsNonRoot;
  const { runAsGroup, runAsUser } = psp;
  if (runAsUser.rule === 'MustRunAs' && (user === undefined || !inside(user, runAsUser.ranges))) return true;
  if (runAsUser.rule === 'MustRunAsNonRoot') {
    if ((nonRoot === undefined && user === undefined) || nonRoot === false || user === 0) return true;
  }
  const group = own.runAsGroup ?? above.runAsGroup;
  if (runAsGroup.rule === 'MustRunAs' && (group === undefined || !inside(group, runAsGroup.ranges)))
    return true;
  if (runAsGroup.rule === 'MayRunAs' && group !== undefined && !inside(group, runAsGroup.ranges)) return true;
  if (psp.seLinux !== undefined && !sameLabels(own.seLinuxOptions ?? above.seLinuxOptions, psp.seLinux))
    return true;
  if (psp.appArmor.allowed !== undefined) {
    const annotation =
      pod.metadata.annotations?.[`container.apparmor.security.beta.kubernetes.io/${container.name}`];
    const profile = annotation || nameOf(own.appArmorProfile ?? above.appArmorProfile);
    if (profile === '' || !psp.appArmor.allowed.includes(profile)) return true;
  }
  if (!seccompAllowed(nameOf(own.seccompProfile ?? above.seccompProfile), psp.seccomp.allowed)) return true;
  if (own.privileged === true && !psp.privileged) return true;
  const mounts = psp.allowedProcMountTypes.length === 0 ? ['Default'] : psp.allowedProcMountTypes;
  if (!mounts.includes(own.procMount ?? 'Default')) return true;
  if (!psp.allowedCapabilities.includes('*')) {
    const allowed = [...psp.allowedCapabilities, ...psp.defaultAddCapabilities];
    if ((own.capabilities?.add ?? []).some((one: string) => !allowed.includes(one))) return true;
    if (psp.requiredDropCapabilities.some((one) => !(own.capabilities?.drop ?? []).includes(one)))
      return true;
  }
  const ports = (container.ports ?? []).map(({ hostPort }: any) => hostPort ?? 0);
  if (ports.some((port: number) => port > 0 && !inside(port, psp.hostPorts))) return true;
  if (psp.readOnlyRootFilesystem && own.readOnlyRootFilesystem !== true) return true;
  return !psp.allowPrivilegeEscalation && own.allowPrivilegeEscalation !== false;
}

function seccompAllowed(name: string, allowed: readonly string[] | undefined): boolean {
  if (allowed === undefined) return name === '';
  if (allowed.includes('*')) return true;
  return allowed.map((one) => (one === 'docker/default' ? 'runtime/default' : one)).includes(name);
}

function sameLabels(found: any, wanted: any): boolean {
  if (found === undefined) return false;
  const level = (text: string): string => {
    const [sensitivity, categories] = text.split(':');
    return categories === undefined ? text : `${sensitivity}:${categories.split(',').sort().join(',')}`;
  };
  return (
    level(found.level ?? '') === level(wanted.level) &&
    ['user', 'role', 'type'].every((key) => (found[key] ?? '') === wanted[key])
  );
}

function sysctlAllowed(name: string, { allowedUnsafeSysctls, forbiddenSysctls }: PodSecurityPolicy): boolean {
  const safe = [
    'kernel.shm_rmid_forced',
    'net.ipv4.ip_local_port_range',
    'net.ipv4.tcp_syncookies',
    'net.ipv4.ping_group_range',
    'net.ipv4.ip_unprivileged_port_start',
  ];
  const matches = (pattern: string): boolean =>
    pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
  if (forbiddenSysctls.some(matches)) return false;
  return safe.includes(name) || allowedUnsafeSysctls.some(matches);
}

function volumeRefused(volume: any, pod: any, psp: PodSecurityPolicy): boolean {
  const kind = Object.keys(volume).find((key) => key !== 'name')!;
  const has = (one: string): boolean => psp.volumes.includes('*') || psp.volumes.includes(one);
  const isToken =
    kind === 'projected' &&
    (volume.projected.sources ?? []).every(
      (source: any) =>
        (source.serviceAccountToken?.path === 'token' && !source.serviceAccountToken.audience) ||
        source.configMap?.name === 'kube-root-ca.crt' ||
        source.downwardAPI?.items?.every(
          (item: any) =>
            item.path === 'namespace' &&
            item.fieldRef?.fieldPath === 'metadata.namespace' &&
            item.fieldRef.apiVersion === 'v1',
        ),
    );
  if (!has(kind) && !(has('secret') && isToken)) return true;
  if (kind === 'hostPath' && psp.allowedHostPaths.length > 0) {
    const path: string = volume.hostPath.path.replace(/\/$/, '');
    const under = psp.allowedHostPaths.filter(({ pathPrefix }) => {
      const prefix = pathPrefix.replace(/\/$/, '');
      return path === prefix || path.startsWith(`${prefix}/`);
    });
    if (under.length === 0) return true;
    if (under.every(({ readOnly }) => readOnly)) {
      const mounts = containersOf(pod).flatMap(({ volumeMounts }: any) => volumeMounts ?? []);
      return mounts.some((mount: any) => mount.name === volume.name && mount.readOnly !== true);
    }
  }
  if (kind === 'flexVolume' && psp.allowedFlexVolumes.length > 0)
    return !psp.allowedFlexVolumes.includes(volume.flexVolume.driver);
  if (kind === 'csi' && psp.allowedCSIDrivers.length > 0)
    return !psp.allowedCSIDrivers.includes(volume.csi.driver);
  return false;
}

/** With the keys of every map in order, so that equal objects have equal texts. */
export function sorted(value: any): any {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}
