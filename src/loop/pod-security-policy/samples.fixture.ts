/* oxlint-disable typescript/no-explicit-any -- pods of tests are written and changed freely */

const anyIds = { rule: 'RunAsAny' };
const ids = (rule: string, ...ranges: [number, number][]): object => ({
  rule,
  ranges: ranges.map(([min, max]) => ({ min, max })),
});

const psp = (name: string, spec: object, annotations?: Record<string, string>): any => ({
  apiVersion: 'policy/v1beta1',
  kind: 'PodSecurityPolicy',
  metadata: { name, ...(annotations !== undefined && { annotations }) },
  spec: {
    seLinux: anyIds,
    runAsUser: anyIds,
    fsGroup: anyIds,
    supplementalGroups: anyIds,
    ...spec,
  },
});

const seccomp = (allowed: string, byDefault?: string): Record<string, string> => ({
  'seccomp.security.alpha.kubernetes.io/allowedProfileNames': allowed,
  ...(byDefault !== undefined && { 'seccomp.security.alpha.kubernetes.io/defaultProfileName': byDefault }),
});

/** PodSecurityPolicies of every kind of rule. */
export const policies: readonly any[] = [
  psp(
    'open',
    {
      privileged: true,
      hostNetwork: true,
      hostPID: true,
      hostIPC: true,
      hostPorts: [{ min: 0, max: 65535 }],
      allowedCapabilities: ['*'],
      allowedProcMountTypes: ['Default', 'Unmasked'],
      allowedUnsafeSysctls: ['*'],
      volumes: ['*'],
    },
    seccomp('*'),
  ),
  psp('closed', { volumes: [] }),
  psp(
    'restricted',
    {
      allowPrivilegeEscalation: false,
      requiredDropCapabilities: ['ALL'],
      volumes: ['configMap', 'emptyDir', 'projected', 'secret', 'downwardAPI', 'persistentVolumeClaim'],
      runAsUser: { rule: 'MustRunAsNonRoot' },
      seLinux: { rule: 'MustRunAs', seLinuxOptions: { level: 's0:c1,c2', type: 'container_t' } },
      supplementalGroups: ids('MustRunAs', [1, 65535]),
      fsGroup: ids('MustRunAs', [1, 65535]),
      readOnlyRootFilesystem: true,
    },
    {
      ...seccomp('docker/default,localhost/a.json', 'runtime/default'),
      'apparmor.security.beta.kubernetes.io/allowedProfileNames': 'runtime/default,localhost/a',
      'apparmor.security.beta.kubernetes.io/defaultProfileName': 'runtime/default',
    },
  ),
  psp('users', {
    volumes: ['*'],
    runAsUser: ids('MustRunAs', [0, 0], [1000, 2000]),
    runAsGroup: ids('MustRunAs', [5, 5]),
    fsGroup: ids('MayRunAs', [7, 9], [20, 20]),
    supplementalGroups: ids('MayRunAs', [3, 4]),
  }),
  psp('may-groups', {
    volumes: ['*'],
    runAsGroup: ids('MayRunAs', [5, 10]),
    defaultAllowPrivilegeEscalation: false,
  }),
  psp(
    'capabilities',
    {
      volumes: ['*'],
      allowedCapabilities: ['NET_ADMIN'],
      defaultAddCapabilities: ['CHOWN', 'AUDIT_WRITE'],
      requiredDropCapabilities: ['KILL', 'SYS_TIME'],
      defaultAllowPrivilegeEscalation: true,
    },
    seccomp('runtime/default,,unconfined'),
  ),
  psp('paths', {
    volumes: ['hostPath', 'secret', 'csi', 'flexVolume'],
    allowedHostPaths: [
      { pathPrefix: '/var/log/' },
      { pathPrefix: '/etc', readOnly: true },
      { pathPrefix: '/etc/app' },
    ],
    allowedCSIDrivers: [{ name: 'a.csi.example.com' }],
    allowedFlexVolumes: [{ driver: 'example/lvm' }],
    hostPorts: [
      { min: 80, max: 90 },
      { min: 443, max: 443 },
    ],
    hostNetwork: true,
  }),
  psp(
    'sysctls',
    {
      volumes: ['*'],
      allowedUnsafeSysctls: ['net.core.*', 'kernel.msgmax'],
      forbiddenSysctls: ['kernel.shm_rmid_forced', 'net.ipv4.tcp*'],
      runtimeClass: { allowedRuntimeClassNames: ['gvisor'], defaultRuntimeClassName: 'gvisor' },
      hostPID: true,
    },
    { 'apparmor.security.beta.kubernetes.io/allowedProfileNames': 'localhost/b,unconfined' },
  ),
  psp(
    'classes',
    {
      volumes: ['emptyDir'],
      runtimeClass: { allowedRuntimeClassNames: ['kata'] },
      allowedProcMountTypes: ['Unmasked'],
    },
    { 'apparmor.security.beta.kubernetes.io/defaultProfileName': 'localhost/c' },
  ),
  psp(
    'contradiction',
    { volumes: ['*'] },
    { 'seccomp.security.alpha.kubernetes.io/defaultProfileName': 'runtime/default' },
  ),
];

/** One change to a pod each. */
const changes: Readonly<Record<string, (pod: any) => void>> = {
  privileged: (pod) => (own(pod).privileged = true),
  hostNetwork: (pod) => (pod.spec.hostNetwork = true),
  hostPID: (pod) => (pod.spec.hostPID = true),
  hostIPC: (pod) => (pod.spec.hostIPC = true),
  hostPort: (pod) =>
    (pod.spec.containers[0].ports = [{ containerPort: 8080, hostPort: 85, protocol: 'TCP' }]),
  'hostPort 91': (pod) =>
    (pod.spec.containers[1].ports = [{ containerPort: 8080, hostPort: 91, protocol: 'TCP' }]),
  'hostPort 443': (pod) =>
    (pod.spec.containers[0].ports = [{ containerPort: 8080, hostPort: 443, protocol: 'TCP' }]),
  emptyDir: (pod) => volume(pod, { emptyDir: {} }),
  secret: (pod) => volume(pod, { secret: { secretName: 's', defaultMode: 420 } }),
  nfs: (pod) => volume(pod, { nfs: { server: 's', path: '/' } }),
  cephfs: (pod) => volume(pod, { cephfs: { monitors: ['m'], user: 'admin' } }),
  token: (pod) =>
    volume(pod, {
      projected: {
        defaultMode: 420,
        sources: [
          { serviceAccountToken: { path: 'token', expirationSeconds: 3607 } },
          { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
          {
            downwardAPI: {
              items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
            },
          },
        ],
      },
    }),
  'token of others': (pod) =>
    volume(pod, {
      projected: {
        defaultMode: 420,
        sources: [{ serviceAccountToken: { path: 'token', audience: 'vault', expirationSeconds: 3607 } }],
      },
    }),
  'hostPath log': (pod) => volume(pod, { hostPath: { path: '/var/log/pods', type: '' } }),
  'hostPath logs': (pod) => volume(pod, { hostPath: { path: '/var/logs', type: '' } }),
  'hostPath log itself': (pod) => volume(pod, { hostPath: { path: '/var/log/', type: '' } }),
  'hostPath etc written': (pod) => {
    volume(pod, { hostPath: { path: '/etc/ssl', type: '' } });
    pod.spec.initContainers[0].volumeMounts = [{ name: 'v', mountPath: '/v' }];
  },
  'hostPath etc read': (pod) => {
    volume(pod, { hostPath: { path: '/etc/ssl', type: '' } });
    pod.spec.containers[0].volumeMounts = [{ name: 'v', mountPath: '/v', readOnly: true }];
  },
  'hostPath app written': (pod) => {
    volume(pod, { hostPath: { path: '/etc/app/x', type: '' } });
    pod.spec.containers[0].volumeMounts = [{ name: 'v', mountPath: '/v' }];
  },
  csi: (pod) => volume(pod, { csi: { driver: 'a.csi.example.com' } }),
  'csi other': (pod) => volume(pod, { csi: { driver: 'b.csi.example.com' } }),
  flex: (pod) => volume(pod, { flexVolume: { driver: 'example/lvm' } }),
  'flex other': (pod) => volume(pod, { flexVolume: { driver: 'example/other' } }),
  'pod user 0': (pod) => (above(pod).runAsUser = 0),
  'pod user 1500': (pod) => (above(pod).runAsUser = 1500),
  'container user 2001': (pod) => (own(pod).runAsUser = 2001),
  'container user 1000': (pod) => (own(pod).runAsUser = 1000),
  nonRoot: (pod) => (above(pod).runAsNonRoot = true),
  'container root': (pod) => (own(pod, 1).runAsNonRoot = false),
  'pod group 5': (pod) => (above(pod).runAsGroup = 5),
  'container group 11': (pod) => (own(pod).runAsGroup = 11),
  'fsGroup 8': (pod) => (above(pod).fsGroup = 8),
  'fsGroup 20': (pod) => (above(pod).fsGroup = 20),
  'fsGroup 70000': (pod) => (above(pod).fsGroup = 70000),
  'groups 3': (pod) => (above(pod).supplementalGroups = [3]),
  'groups 3 9': (pod) => (above(pod).supplementalGroups = [3, 9]),
  selinux: (pod) => (above(pod).seLinuxOptions = { level: 's0:c2,c1', type: 'container_t' }),
  'selinux other': (pod) => (own(pod).seLinuxOptions = { level: 's0:c2,c3', type: 'container_t' }),
  'selinux type': (pod) => (above(pod).seLinuxOptions = { level: 's0:c1,c2', type: 'spc_t' }),
  readOnly: (pod) => (own(pod).readOnlyRootFilesystem = true),
  writable: (pod) => (own(pod).readOnlyRootFilesystem = false),
  escalates: (pod) => (own(pod).allowPrivilegeEscalation = true),
  'does not escalate': (pod) => (own(pod).allowPrivilegeEscalation = false),
  'procMount Unmasked': (pod) => {
    for (let i = 0; i < 3; i++) own(pod, i).procMount = 'Unmasked';
    pod.spec.hostUsers = false;
  },
  'add NET_ADMIN': (pod) => (own(pod).capabilities = { ...own(pod).capabilities, add: ['NET_ADMIN'] }),
  'add SYS_ADMIN': (pod) => (own(pod, 2).capabilities = { add: ['SYS_ADMIN'] }),
  'drop CHOWN KILL': (pod) => (own(pod).capabilities = { ...own(pod).capabilities, drop: ['KILL', 'CHOWN'] }),
  'drop ALL': (pod) => {
    for (let i = 0; i < 3; i++) own(pod, i).capabilities = { drop: ['ALL'] };
  },
  'safe sysctl': (pod) => (above(pod).sysctls = [{ name: 'kernel.shm_rmid_forced', value: '1' }]),
  'tcp sysctl': (pod) => (above(pod).sysctls = [{ name: 'net.ipv4.tcp_syncookies', value: '1' }]),
  'core sysctl': (pod) => (above(pod).sysctls = [{ name: 'net.core.somaxconn', value: '1' }]),
  'other sysctl': (pod) => (above(pod).sysctls = [{ name: 'kernel.sem', value: '1' }]),
  gvisor: (pod) => (pod.spec.runtimeClassName = 'gvisor'),
  kata: (pod) => (pod.spec.runtimeClassName = 'kata'),
  'seccomp default': (pod) => (above(pod).seccompProfile = { type: 'RuntimeDefault' }),
  'seccomp unconfined': (pod) => (own(pod).seccompProfile = { type: 'Unconfined' }),
  'seccomp a': (pod) => (own(pod, 1).seccompProfile = { type: 'Localhost', localhostProfile: 'a.json' }),
  'seccomp b': (pod) => (above(pod).seccompProfile = { type: 'Localhost', localhostProfile: 'b.json' }),
  'apparmor default': (pod) => (above(pod).appArmorProfile = { type: 'RuntimeDefault' }),
  'apparmor unconfined': (pod) => (above(pod).appArmorProfile = { type: 'Unconfined' }),
  'apparmor a': (pod) => (own(pod).appArmorProfile = { type: 'Localhost', localhostProfile: 'a' }),
  'apparmor b': (pod) => (above(pod).appArmorProfile = { type: 'Localhost', localhostProfile: 'b' }),
};

const containers = (pod: any): any[] => [...pod.spec.containers, ...pod.spec.initContainers];
const own = (pod: any, index = 0): any => (containers(pod)[index]!.securityContext ??= {});
const above = (pod: any): any => (pod.spec.securityContext ??= {});
const volume = (pod: any, source: object): void => {
  pod.spec.volumes = [{ name: 'v', ...source }];
};

/** Pods by what is special about them: each change alone, and some of them together. */
export function pods(random: () => number, combinations: number): Map<string, any> {
  const found = new Map<string, any>();
  const names = Object.keys(changes);
  const add = (chosen: readonly string[]): void => {
    const pod: any = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web' },
      spec: {
        automountServiceAccountToken: false,
        containers: [
          { name: 'web', image: 'web' },
          { name: 'side', image: 'side' },
        ],
        initContainers: [{ name: 'first', image: 'first' }],
      },
    };
    for (const name of chosen) changes[name]!(pod);
    found.set(chosen.join(', ') || 'plain', pod);
  };
  add([]);
  for (const name of names) add([name]);
  for (let i = 0; i < combinations; i++) {
    const size = 2 + Math.floor(random() * 7);
    add(Array.from({ length: size }, () => names[Math.floor(random() * names.length)]!));
  }
  return found;
}
