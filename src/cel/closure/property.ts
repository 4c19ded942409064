/** Anything, as far as property loads go. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Loose = any;

/** Loads one property; undefined where there is none, or of null. */
export type Load = (value: Loose) => Loose;

/**
 * Loads of the names that admission policies ask for most, each written out: the JavaScript engine caches the place of a
 * property by the code that loads it, and one piece of code for all names defeats that cache. Any other name works the
 * same, just slower.
 */
const loads: Readonly<Record<string, Load>> = {
  add: (value) => value?.add,
  allowPrivilegeEscalation: (value) => value?.allowPrivilegeEscalation,
  annotations: (value) => value?.annotations,
  apiVersion: (value) => value?.apiVersion,
  appArmorProfile: (value) => value?.appArmorProfile,
  args: (value) => value?.args,
  automountServiceAccountToken: (value) => value?.automountServiceAccountToken,
  capabilities: (value) => value?.capabilities,
  command: (value) => value?.command,
  containerPort: (value) => value?.containerPort,
  containers: (value) => value?.containers,
  data: (value) => value?.data,
  drop: (value) => value?.drop,
  env: (value) => value?.env,
  ephemeralContainers: (value) => value?.ephemeralContainers,
  fsGroup: (value) => value?.fsGroup,
  host: (value) => value?.host,
  hostIPC: (value) => value?.hostIPC,
  hostNetwork: (value) => value?.hostNetwork,
  hostPID: (value) => value?.hostPID,
  hostPath: (value) => value?.hostPath,
  hostPort: (value) => value?.hostPort,
  hostUsers: (value) => value?.hostUsers,
  httpGet: (value) => value?.httpGet,
  image: (value) => value?.image,
  initContainers: (value) => value?.initContainers,
  kind: (value) => value?.kind,
  labels: (value) => value?.labels,
  lifecycle: (value) => value?.lifecycle,
  livenessProbe: (value) => value?.livenessProbe,
  metadata: (value) => value?.metadata,
  namespace: (value) => value?.namespace,
  operation: (value) => value?.operation,
  path: (value) => value?.path,
  ports: (value) => value?.ports,
  privileged: (value) => value?.privileged,
  procMount: (value) => value?.procMount,
  readOnlyRootFilesystem: (value) => value?.readOnlyRootFilesystem,
  readinessProbe: (value) => value?.readinessProbe,
  replicas: (value) => value?.replicas,
  resources: (value) => value?.resources,
  runAsGroup: (value) => value?.runAsGroup,
  runAsNonRoot: (value) => value?.runAsNonRoot,
  runAsUser: (value) => value?.runAsUser,
  seLinuxOptions: (value) => value?.seLinuxOptions,
  seccompProfile: (value) => value?.seccompProfile,
  secret: (value) => value?.secret,
  securityContext: (value) => value?.securityContext,
  serviceAccountName: (value) => value?.serviceAccountName,
  spec: (value) => value?.spec,
  sysctls: (value) => value?.sysctls,
  tcpSocket: (value) => value?.tcpSocket,
  template: (value) => value?.template,
  tolerations: (value) => value?.tolerations,
  type: (value) => value?.type,
  user: (value) => value?.user,
  userInfo: (value) => value?.userInfo,
  username: (value) => value?.username,
  volumeMounts: (value) => value?.volumeMounts,
  volumes: (value) => value?.volumes,
};

/** The load of a property by name. */
export function loadOf(name: string): Load {
  return Object.hasOwn(loads, name) ? loads[name]! : (value) => value?.[name];
}
