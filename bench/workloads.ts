import { random } from './manifests.ts';

/** A workload as the API server shows it to a policy. */
export interface Workload {
  readonly kind: string;
  readonly [field: string]: unknown;
}

/** Pods and their controllers with randomly present fields; the same seed gives the same workloads. */
export function workloads(count: number, seed = 11): Workload[] {
  const next = random(seed);
  const maybe = <T>(chance: number, value: () => T): T | undefined => (next() < chance ? value() : undefined);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!;
  const some = <T>(from: number, to: number, make: (i: number) => T): T[] =>
    Array.from({ length: from + Math.floor(next() * (to - from + 1)) }, (_, i) => make(i));

  const securityContext = (): object => ({
    allowPrivilegeEscalation: maybe(0.7, () => next() < 0.2),
    privileged: maybe(0.3, () => next() < 0.2),
    readOnlyRootFilesystem: maybe(0.6, () => next() < 0.8),
    runAsNonRoot: maybe(0.5, () => next() < 0.9),
    runAsUser: maybe(0.3, () => pick([0, 1000, 10001])),
    capabilities: maybe(0.5, () => ({
      drop: maybe(0.8, () => pick([['ALL'], ['NET_RAW'], ['all']])),
      add: maybe(0.2, () => [pick(['NET_ADMIN', 'CHOWN', 'SYS_ADMIN'])]),
    })),
    seccompProfile: maybe(0.3, () => ({ type: pick(['RuntimeDefault', 'Unconfined', 'Localhost']) })),
  });
  const container = (i: number): object => ({
    name: `c${i}`,
    image: `${pick(['registry.example.com', 'ghcr.io/acme', 'docker.io'])}/${pick(['api', 'web', 'job'])}:1.${i}`,
    imagePullPolicy: 'IfNotPresent',
    args: maybe(0.3, () => ['--port=8080']),
    env: maybe(0.5, () => [{ name: 'LOG', value: 'info' }]),
    ports: maybe(0.6, () => [
      { containerPort: 8080 + i, protocol: 'TCP', hostPort: maybe(0.05, () => 8080) },
    ]),
    resources: maybe(0.6, () => ({ limits: { memory: '256Mi' }, requests: { cpu: '100m' } })),
    securityContext: maybe(0.7, securityContext),
    volumeMounts: maybe(0.5, () => [{ name: 'tmp', mountPath: '/tmp' }]),
    terminationMessagePath: '/dev/termination-log',
  });
  const pod = (): object => ({
    containers: some(1, 3, container),
    initContainers: maybe(0.3, () => some(1, 2, container)),
    restartPolicy: 'Always',
    dnsPolicy: 'ClusterFirst',
    serviceAccountName: maybe(0.4, () => 'app'),
    hostNetwork: maybe(0.05, () => true),
    hostPID: maybe(0.03, () => true),
    securityContext: maybe(0.6, () => ({
      runAsNonRoot: maybe(0.5, () => true),
      fsGroup: maybe(0.3, () => 2000),
      seccompProfile: maybe(0.4, () => ({ type: 'RuntimeDefault' })),
    })),
    volumes: maybe(0.5, () =>
      some(1, 3, (i) =>
        next() < 0.1
          ? { name: `v${i}`, hostPath: { path: pick(['/etc', '/var/run']) } }
          : { name: `v${i}`, emptyDir: {} },
      ),
    ),
  });
  const metadata = (i: number): object => ({
    name: `app-${i}`,
    namespace: pick(['shop', 'bank', 'mail']),
    labels: maybe(0.9, () => ({
      app: `app-${i}`,
      'app.kubernetes.io/part-of': 'shop',
      tier: pick(['web', 'db']),
    })),
    annotations: maybe(0.3, () => ({ 'prometheus.io/scrape': 'true' })),
  });
  const template = (): object => ({ metadata: { labels: { app: 'x' } }, spec: pod() });
  const make = (i: number): object => {
    const kind = pick(['Pod', 'Deployment', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob']);
    const apiVersion = kind === 'Pod' ? 'v1' : kind.endsWith('ob') ? 'batch/v1' : 'apps/v1';
    if (kind === 'Pod') return { apiVersion, kind, metadata: metadata(i), spec: pod() };
    if (kind === 'CronJob') {
      const spec = { schedule: '0 * * * *', jobTemplate: { spec: { template: template() } } };
      return { apiVersion, kind, metadata: metadata(i), spec };
    }
    const spec = {
      replicas: 1 + Math.floor(next() * 8),
      selector: { matchLabels: { app: 'x' } },
      template: template(),
    };
    return { apiVersion, kind, metadata: metadata(i), spec };
  };
  // Through JSON, so that absent fields are absent and shapes are those of parsed objects.
  return Array.from({ length: count }, (_, i) => JSON.parse(JSON.stringify(make(i))) as Workload);
}
