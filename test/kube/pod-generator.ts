import type { Json, JsonObject } from '../../src/model/object.ts';
import type { Random } from './random.ts';

/** Possible values of each field. */
export type Choices = Readonly<Record<string, readonly Json[]>>;

/** An object with some of the fields, each with one of its values; a value like Go's zero is as likely as another. */
export function sparse(random: Random, choices: Choices, probability = 0.3): JsonObject {
  const fields: [string, Json][] = [];
  for (const [name, values] of Object.entries(choices)) {
    if (random.chance(probability)) fields.push([name, random.pick(values)]);
  }
  return Object.fromEntries(fields);
}

/** Quantities in every spelling. */
export const quantities: readonly Json[] = [
  '1',
  '100m',
  '0.5',
  '1500m',
  '1Gi',
  '1024Ki',
  '1e3',
  '2000000',
  '0',
  '64Mi',
  2,
  '1.5Gi',
];

const resourceList = (random: Random): JsonObject => ({
  ...sparse(random, { cpu: quantities }, 0.6),
  ...sparse(random, { memory: ['1Gi', '64Mi', '1024Ki', '2000000', 1_000_000] }, 0.6),
  ...sparse(random, { 'ephemeral-storage': ['1Gi'] }, 0.1),
});

const resources = (random: Random): JsonObject => ({
  ...(random.chance(0.7) && { limits: resourceList(random) }),
  ...(random.chance(0.4) && { requests: resourceList(random) }),
});

const probe = (random: Random): JsonObject => ({
  ...random.pick<JsonObject>([
    { httpGet: { port: 80 } },
    { httpGet: { path: 'x', port: 1, scheme: 'HTTPS', httpHeaders: [{ name: 'A', value: '' }] } },
    { tcpSocket: { port: 'http' } },
    { exec: { command: ['a'] } },
    { grpc: { port: 1 } },
    { grpc: { port: 1, service: '' } },
  ]),
  ...sparse(random, {
    timeoutSeconds: [0, 5],
    periodSeconds: [0, 7],
    initialDelaySeconds: [0, 3],
    failureThreshold: [0, 2],
  }),
});

const securityContext: Choices = {
  privileged: [true, false],
  runAsUser: [0, 1000],
  runAsNonRoot: [true, false],
  readOnlyRootFilesystem: [true, false],
  capabilities: [{}, { add: [], drop: ['ALL'] }, { add: ['NET_ADMIN'] }],
  seccompProfile: [{ type: 'RuntimeDefault' }, { type: 'Unconfined' }],
  procMount: ['Default'],
  seLinuxOptions: [{}, { type: 'a' }],
  appArmorProfile: [{ type: 'RuntimeDefault' }],
};

const containerFields: Choices = {
  ports: [[{ containerPort: 80 }], [{ containerPort: 80, protocol: 'UDP', name: 'http' }], []],
  env: [
    [{ name: 'A' }],
    [{ name: 'A', value: '' }],
    [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
    [{ name: 'B', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } }],
    [{ name: 'C', valueFrom: { secretKeyRef: { name: 's', key: 'k', optional: false } } }],
  ],
  envFrom: [[{ secretRef: { name: 's' } }], [{ prefix: '', configMapRef: { name: 's', optional: true } }]],
  command: [[], ['a']],
  args: [null, ['a', '']],
  tty: [true, false],
  stdin: [true, false],
  imagePullPolicy: ['Always', ''],
  terminationMessagePath: ['', '/x'],
  resizePolicy: [[{ resourceName: 'cpu', restartPolicy: 'NotRequired' }]],
  volumeMounts: [
    [{ name: 'v0', mountPath: '/x' }],
    [{ name: 'v0', mountPath: '/x', readOnly: true, subPath: '' }],
  ],
};

const hooks: Choices = {
  lifecycle: [
    {},
    { preStop: { sleep: { seconds: 1 } } },
    { postStart: { httpGet: { port: 1 } } },
    { preStop: { exec: { command: ['a'] } }, postStart: null },
  ],
};

const images = ['nginx', 'nginx:1', 'a/b:latest', `r.io/x@sha256:${'a'.repeat(64)}`];

function container(random: Random, name: string): JsonObject {
  return {
    name,
    image: random.pick(images),
    ...(random.chance(0.5) && { resources: resources(random) }),
    ...(random.chance(0.5) && { securityContext: sparse(random, securityContext) }),
    ...sparse(random, containerFields),
  };
}

function mainContainer(random: Random, name: string): JsonObject {
  return {
    ...container(random, name),
    ...sparse(random, hooks),
    ...(random.chance(0.3) && { livenessProbe: probe(random) }),
    ...(random.chance(0.3) && { readinessProbe: probe(random) }),
  };
}

/** What a volume named `v0` may be; none at all is an empty directory. */
const volumeSources: readonly JsonObject[] = [
  {},
  ...quantities.map((sizeLimit) => ({ emptyDir: { sizeLimit } })),
  { hostPath: { path: '/a' } },
  { secret: { secretName: 'a' } },
  { configMap: { name: 'a', items: [{ key: 'a', path: 'b', mode: 0 }] } },
  {
    projected: {
      sources: [
        { serviceAccountToken: { path: 'a' } },
        { downwardAPI: { items: [{ path: 'a', fieldRef: { fieldPath: 'metadata.labels' } }] } },
        { secret: { name: 'a' } },
      ],
    },
  },
  { nfs: { server: 'a', path: '/b', readOnly: false } },
  { csi: { driver: 'd.e' } },
  {
    ephemeral: {
      volumeClaimTemplate: {
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1024Mi' } } },
      },
    },
  },
  { image: { reference: 'a:1' } },
  { downwardAPI: {} },
  { persistentVolumeClaim: { claimName: 'a' } },
  { iscsi: { targetPortal: '1.2.3.4', iqn: 'iqn.2001-04.com.example:storage' } },
];

const affinities: readonly Json[] = [
  {},
  { nodeAffinity: {} },
  {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey: 'a', labelSelector: { matchLabels: { a: 'b' } }, matchLabelKeys: ['app'] },
      ],
    },
  },
  {
    podAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 1,
          podAffinityTerm: { topologyKey: 'a', labelSelector: {}, mismatchLabelKeys: ['app', 'zz'] },
        },
      ],
    },
  },
];

const podFields: Choices = {
  hostPID: [true, false],
  hostIPC: [true, false],
  hostNetwork: [true, false],
  hostUsers: [true, false],
  shareProcessNamespace: [false],
  automountServiceAccountToken: [true, false],
  enableServiceLinks: [true, false],
  serviceAccountName: ['x', ''],
  serviceAccount: ['y', ''],
  dnsPolicy: ['Default', ''],
  terminationGracePeriodSeconds: [0, 5],
  securityContext: [
    {},
    { runAsUser: 0 },
    { sysctls: [{ name: 'kernel.shm_rmid_forced', value: '1' }] },
    { fsGroup: 0, supplementalGroups: [1] },
    { appArmorProfile: { type: 'Unconfined' } },
  ],
  tolerations: [
    [],
    [{ operator: 'Exists' }],
    [{ key: 'a', value: '', effect: 'NoExecute', tolerationSeconds: 0 }],
  ],
  affinity: affinities,
  topologySpreadConstraints: [
    [
      {
        maxSkew: 1,
        topologyKey: 'a',
        whenUnsatisfiable: 'DoNotSchedule',
        labelSelector: { matchLabels: { b: 'c' } },
        matchLabelKeys: ['app'],
      },
    ],
  ],
  nodeSelector: [{}, { a: 'b' }],
  imagePullSecrets: [[], [{ name: 'a' }]],
  hostAliases: [[{ ip: '1.2.3.4' }]],
  dnsConfig: [{}, { options: [{ name: 'a' }] }],
  priorityClassName: [''],
  overhead: [{}],
};

/** A pod's spec that the server mostly accepts: every field may be absent, empty, zero or written in an unusual way. */
export function generatePodSpec(random: Random): JsonObject {
  const containers = [mainContainer(random, 'a')];
  if (random.chance(0.3)) containers.push(mainContainer(random, 'b'));
  const initContainer = { ...container(random, 'i'), ...sparse(random, { restartPolicy: ['Always'] }) };
  return {
    containers,
    volumes: [{ name: 'v0', ...random.pick(volumeSources) }],
    ...(random.chance(0.3) && { initContainers: [initContainer] }),
    ...sparse(random, podFields),
  };
}

/** What only a bare pod may say. */
export function generatePodExtras(random: Random): JsonObject {
  const limits = { cpu: '64', memory: '64Gi' };
  return {
    ...sparse(random, { schedulingGates: [[], [{ name: 'a/b' }]] }),
    ...(random.chance(0.3) && {
      resources: {
        ...(random.chance(0.7) && { limits }),
        ...sparse(random, { requests: [{ cpu: '8' }] }, 0.4),
      },
    }),
  };
}
