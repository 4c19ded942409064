import type { PodSecurityPolicy } from './definition.ts';
import { safeSysctls } from './pod-clauses.ts';

/** A level of the Pod Security Standards, as the label of a namespace says it. */
export type Level = 'privileged' | 'baseline' | 'restricted';
/** All of them, the loosest first. */
export const levels: readonly Level[] = ['privileged', 'baseline', 'restricted'];

/** Why a namespace cannot enforce a level without refusing pods that a policy admits. */
export interface Obstacle {
  /** The lowest level in the way. */
  readonly level: 'baseline' | 'restricted';
  readonly policy: string;
  /** The field of the PodSecurityPolicy. */
  readonly field: string;
  readonly reason: string;
}

/**
 * The last version of the levels in which `baseline` looks at nothing but what a PodSecurityPolicy can forbid: 1.34 also
 * refuses a `host` in probes and lifecycle hooks.
 */
export const lastLikePolicies = 33;

/** The capabilities that `baseline` lets containers add. */
const baselineCapabilities = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
];

const baselineSeLinuxTypes = ['', 'container_t', 'container_init_t', 'container_kvm_t'];

const restrictedVolumes = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

/** The strictest level at which no pod is refused that the policy admits. */
export function impliedLevel(obstacles: readonly Obstacle[]): Level {
  if (obstacles.some(({ level }) => level === 'baseline')) return 'privileged';
  return obstacles.length > 0 ? 'baseline' : 'restricted';
}

/**
 * What a policy admits that a level refuses, by the rules of the levels in {@link lastLikePolicies}.
 *
 * Source: Kubernetes documentation, "Mapping PodSecurityPolicies to Pod Security Standards", and
 * `k8s.io/pod-security-admission` `policy`, which is stricter in one thing: only `runAsNonRoot` itself counts.
 */
export function obstaclesOf(policy: PodSecurityPolicy): Obstacle[] {
  const found: Obstacle[] = [];
  const add = (level: Obstacle['level'], field: string, reason: string): void => {
    found.push({ level, policy: policy.name, field, reason });
  };
  for (const field of ['privileged', 'hostNetwork', 'hostPID', 'hostIPC'] as const) {
    if (policy[field]) add('baseline', field, 'is allowed');
  }
  if (policy.hostPorts.length > 0) add('baseline', 'hostPorts', 'some are allowed');
  const kinds = policy.volumes;
  if (kinds.includes('*')) add('baseline', 'volumes', 'all kinds are allowed, hostPath too');
  else if (kinds.includes('hostPath')) add('baseline', 'volumes', 'hostPath is allowed');
  else {
    const more = kinds.filter((kind) => !restrictedVolumes.includes(kind));
    if (more.length > 0)
      add('restricted', 'volumes', `${more.join(', ')} ${more.length === 1 ? 'is' : 'are'} allowed`);
  }
  capabilities(policy, add);
  const mounts = policy.allowedProcMountTypes.filter((type) => type !== 'Default');
  if (mounts.length > 0) add('baseline', 'allowedProcMountTypes', `${mounts.join(', ')} is allowed`);
  const sysctls = policy.allowedUnsafeSysctls.filter((one) => !safeSysctls.includes(one));
  if (sysctls.length > 0) add('baseline', 'allowedUnsafeSysctls', `${sysctls.join(', ')} may be set`);
  seLinux(policy, add);
  profiles(policy, add);
  if (policy.allowPrivilegeEscalation) add('restricted', 'allowPrivilegeEscalation', 'is allowed');
  add('restricted', 'runAsUser', nonRootReason(policy));
  return found;
}

type Add = (level: Obstacle['level'], field: string, reason: string) => void;

function capabilities(
  { allowedCapabilities, defaultAddCapabilities, requiredDropCapabilities }: PodSecurityPolicy,
  add: Add,
): void {
  for (const [field, names] of [
    ['allowedCapabilities', allowedCapabilities],
    ['defaultAddCapabilities', defaultAddCapabilities],
  ] as const) {
    const more = names.filter((one) => !baselineCapabilities.includes(one));
    if (more.length > 0) add('baseline', field, `${more.join(', ')} may be added`);
    else if (names.some((one) => one !== 'NET_BIND_SERVICE')) {
      add(
        'restricted',
        field,
        `${names.filter((one) => one !== 'NET_BIND_SERVICE').join(', ')} may be added`,
      );
    }
  }
  if (!requiredDropCapabilities.includes('ALL')) {
    add('restricted', 'requiredDropCapabilities', 'ALL need not be dropped');
  }
}

function seLinux({ seLinux: options }: PodSecurityPolicy, add: Add): void {
  if (options === undefined) return add('baseline', 'seLinux', 'any user, role and type may be set');
  if (options.user !== '' || options.role !== '') add('baseline', 'seLinux', 'sets a user or role');
  if (!baselineSeLinuxTypes.includes(options.type))
    add('baseline', 'seLinux', `sets the type ${options.type}`);
}

function profiles({ appArmor, seccomp }: PodSecurityPolicy, add: Add): void {
  const isOpen = (allowed: readonly string[]): boolean =>
    allowed.includes('*') || allowed.includes('unconfined');
  if (isOpen(seccomp.allowed ?? [])) add('baseline', 'seccomp annotations', 'unconfined is allowed');
  else if ((seccomp.allowed ?? []).every((one) => one === '') || seccomp.allowed!.includes('')) {
    add('restricted', 'seccomp annotations', 'no profile is asked for');
  }
  if (appArmor.allowed === undefined || isOpen(appArmor.allowed)) {
    add('baseline', 'AppArmor annotations', 'unconfined is allowed');
  }
}

function nonRootReason({ runAsUser: { ranges, rule } }: PodSecurityPolicy): string {
  const isRoot = rule === 'RunAsAny' || (rule === 'MustRunAs' && ranges.some(({ min }) => min === 0));
  return isRoot
    ? 'root is allowed'
    : 'a user other than 0 is enough, while the level asks for runAsNonRoot: true and no 0 anywhere';
}
