/** An expression as policies have it, and what it comes to written by hand. */
export interface Sample {
  readonly name: string;
  readonly text: string;
  readonly byHand: (object: Deployment, params: Parameters) => boolean;
  /** Whether engines without optional syntax, or without Kubernetes' libraries, can run it. */
  readonly plain: boolean;
}

export interface Parameters {
  readonly allowedRegistries: readonly string[];
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly ports?: readonly { readonly containerPort: number; readonly hostPort?: number }[];
  readonly resources?: { readonly limits?: Readonly<Record<string, string>> };
  readonly securityContext?: {
    readonly allowPrivilegeEscalation?: boolean;
    readonly privileged?: boolean;
    readonly runAsUser?: number;
    readonly seLinuxOptions?: { readonly type?: string };
    readonly capabilities?: { readonly drop?: readonly string[] };
  };
}

export interface Deployment {
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly replicas: number;
    readonly template: {
      readonly spec: {
        readonly containers: readonly Container[];
        readonly initContainers?: readonly Container[];
        readonly volumes?: readonly { readonly hostPath?: object }[];
      };
    };
  };
}

const pod = 'object.spec.template.spec';
const image = /^registry\.example\.com\/[a-z0-9-]+(\/[a-z0-9-]+)*(:[a-zA-Z0-9_.-]+)?(@sha256:[a-f0-9]+)?$/;
const units: Readonly<Record<string, number>> = { Ki: 1024, Mi: 1024 ** 2, Gi: 1024 ** 3, m: 0.001, '': 1 };

function bytes(quantity: string): number {
  const parts = /^([0-9.]+)([A-Za-z]*)$/.exec(quantity);
  return parts === null ? NaN : Number(parts[1]) * units[parts[2]!]!;
}

/** Ten expressions in the way of real policies. */
export const samples: readonly Sample[] = [
  {
    name: 'escalation: all over containers',
    text: `${pod}.containers.all(c, has(c.securityContext) && has(c.securityContext.allowPrivilegeEscalation) && c.securityContext.allowPrivilegeEscalation == false)`,
    byHand: (o) =>
      o.spec.template.spec.containers.every((c) => c.securityContext?.allowPrivilegeEscalation === false),
    plain: true,
  },
  {
    name: 'registries: exists in parameters',
    text: `${pod}.containers.all(c, params.allowedRegistries.exists(r, c.image.startsWith(r)))`,
    byHand: (o, p) =>
      o.spec.template.spec.containers.every((c) => p.allowedRegistries.some((r) => c.image.startsWith(r))),
    plain: true,
  },
  {
    name: 'two container lists joined',
    text: `(${pod}.?initContainers.orValue([]) + ${pod}.containers).all(c, !has(c.securityContext) || !has(c.securityContext.privileged) || c.securityContext.privileged == false)`,
    byHand: (o) => {
      const { initContainers, containers } = o.spec.template.spec;
      const unprivileged = (c: Container): boolean =>
        c.securityContext?.privileged === undefined || c.securityContext.privileged === false;
      return (
        (initContainers === undefined || initContainers.every(unprivileged)) && containers.every(unprivileged)
      );
    },
    plain: false,
  },
  {
    name: 'image pattern',
    text: `${pod}.containers.all(c, c.image.matches('${image.source.replaceAll('\\/', '/').replaceAll('\\', '\\\\')}'))`,
    byHand: (o) => o.spec.template.spec.containers.every((c) => image.test(c.image)),
    plain: true,
  },
  {
    name: 'labels by key',
    text: `object.metadata.labels.all(k, !k.startsWith('internal.') && object.metadata.labels[k].size() <= 63)`,
    byHand: (o) => {
      const labels = o.metadata.labels!;
      for (const key in labels) if (key.startsWith('internal.') || labels[key]!.length > 63) return false;
      return true;
    },
    plain: true,
  },
  {
    name: 'memory limit as a quantity',
    text: `${pod}.containers.all(c, has(c.resources) && has(c.resources.limits) && 'memory' in c.resources.limits && quantity(c.resources.limits['memory']).isLessThan(quantity('2Gi')))`,
    byHand: (o) =>
      o.spec.template.spec.containers.every((c) => {
        const memory = c.resources?.limits?.['memory'];
        return memory !== undefined && bytes(memory) < 2 * 1024 ** 3;
      }),
    plain: false,
  },
  {
    name: 'host paths',
    text: `!has(${pod}.volumes) || ${pod}.volumes.all(v, !has(v.hostPath))`,
    byHand: (o) => {
      const { volumes } = o.spec.template.spec;
      return volumes === undefined || volumes.every((v) => v.hostPath === undefined);
    },
    plain: true,
  },
  {
    name: 'replicas, and ports nested',
    text: `object.spec.replicas <= 5 && ${pod}.containers.all(c, !has(c.ports) || c.ports.all(p, (!has(p.hostPort) || p.hostPort == 0) && p.containerPort > 1024))`,
    byHand: (o) =>
      o.spec.replicas <= 5 &&
      o.spec.template.spec.containers.every(
        (c) =>
          c.ports === undefined ||
          c.ports.every((p) => (p.hostPort === undefined || p.hostPort === 0) && p.containerPort > 1024),
      ),
    plain: true,
  },
  {
    name: 'capabilities: exists in a list',
    text: `${pod}.containers.all(c, has(c.securityContext) && has(c.securityContext.capabilities) && has(c.securityContext.capabilities.drop) && c.securityContext.capabilities.drop.exists(d, d in ['ALL', 'NET_RAW']))`,
    byHand: (o) =>
      o.spec.template.spec.containers.every(
        (c) => c.securityContext?.capabilities?.drop?.some((d) => d === 'ALL' || d === 'NET_RAW') === true,
      ),
    plain: true,
  },
  {
    name: 'an error absorbed',
    text: `${pod}.containers.exists(c, c.securityContext.seLinuxOptions.type == 'x') || ${pod}.containers.all(c, c.securityContext.runAsUser > 10000)`,
    byHand: (o) => {
      const { containers } = o.spec.template.spec;
      return (
        containers.some((c) => c.securityContext?.seLinuxOptions?.type === 'x') ||
        containers.every((c) => (c.securityContext?.runAsUser ?? 0) > 10000)
      );
    },
    plain: true,
  },
];

/** What the expressions' `params` is. */
export const parameters: Parameters = {
  allowedRegistries: ['gcr.io/acme-production/', 'quay.io/acme/', 'registry.example.com/'],
};

/** Sixteen Deployments of three containers that differ a little, decoded from JSON as a server would. */
export function deployments(): Deployment[] {
  return Array.from({ length: 16 }, (_, i) => JSON.parse(JSON.stringify(deployment(i))) as Deployment);
}

function deployment(i: number): object {
  const hardened = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
  const container = (name: string, n: number): object => ({
    name,
    image: `registry.example.com/store/${name}:2.${i}.${n}`,
    imagePullPolicy: 'Always',
    ports: [{ name: 'web', containerPort: 9000 + n, protocol: 'TCP' }],
    env: [
      { name: 'LEVEL', value: 'info' },
      { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    ],
    resources: { limits: { cpu: '1', memory: n === 2 ? '1Gi' : '256Mi' }, requests: { memory: '64Mi' } },
    securityContext: { ...hardened, privileged: false, readOnlyRootFilesystem: true, runAsUser: 20000 + n },
    volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }],
    readinessProbe: { httpGet: { path: '/ready', port: 9000 + n } },
  });
  const setup = {
    name: 'setup',
    image: 'registry.example.com/store/setup:1',
    resources: { limits: { memory: '32Mi' } },
    securityContext: hardened,
  };
  const labels = {
    app: 'store',
    'app.kubernetes.io/name': 'store',
    'app.kubernetes.io/part-of': 'shop',
    stage: 'live',
    team: `blue-${i % 3}`,
  };
  const spec = {
    serviceAccountName: 'store',
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    volumes: [
      { name: 'scratch', emptyDir: {} },
      { name: 'settings', configMap: { name: 'store' } },
      { name: 'keys', secret: { secretName: 'store' } },
    ],
    containers: ['server', 'proxy', 'export'].map(container),
    ...(i % 2 === 1 ? { initContainers: [setup] } : {}),
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: `store-${i}`, namespace: 'live', labels, annotations: { revision: String(i) } },
    spec: {
      replicas: 1 + (i % 4),
      selector: { matchLabels: { app: 'store' } },
      template: { metadata: { labels: { app: 'store' } }, spec },
    },
  };
}
