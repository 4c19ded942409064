import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { loadAll } from 'js-yaml';
import { parseAllDocuments } from 'yaml';
import { locate, readDocuments } from '../src/yaml/index.ts';

/**
 * Reads a generated file of many manifests with our reader, js-yaml and yaml, in one process, and prints medians of five
 * and ratios. `node bench/yaml.ts [megabytes]`; the first pass of each reader is measured too, since a scan reads once.
 */
const MEGABYTES = Number(process.argv[2] ?? 5);
const ROUNDS = 5;

function* numbers(seed: number): Generator<number> {
  let state = seed;
  for (;;) {
    state = (state * 48271) % 2147483647;
    yield state;
  }
}

/** Deployments, Services, ConfigMaps, Roles and NetworkPolicies, as a rendered chart repository would hold them. */
export function generate(bytes: number): string {
  const random = numbers(20260101);
  const below = (limit: number): number => random.next().value! % limit;
  const parts: string[] = [];
  for (let size = 0, index = 0; size < bytes; index++) {
    const name = `${['ledger', 'checkout', 'search', 'mailer', 'gateway'][below(5)]}-${index}`;
    const team = `team-${below(30)}`;
    const makers = [deployment, service, configMap, role, networkPolicy];
    const text = makers[index % makers.length]!(name, team, below);
    parts.push(text);
    size += text.length + 4;
  }
  return parts.join('---\n');
}

type Below = (limit: number) => number;

function head(apiVersion: string, kind: string, name: string, team: string): string {
  return `# rendered for ${team}
apiVersion: ${apiVersion}
kind: ${kind}
metadata:
  name: ${name}
  namespace: ${team}
  labels:
    app.kubernetes.io/name: ${name}
    app.kubernetes.io/part-of: "shop"
`;
}

function deployment(name: string, team: string, below: Below): string {
  const containers = Array.from(
    { length: 1 + below(3) },
    (_, i) => `        - name: c${i}
          image: "registry.example.com/${team}/${name}:1.${below(40)}.${below(9)}"
          command: ["/bin/app", "--port=${8000 + below(99)}", '--verbose']
          env:
            - name: LOG_LEVEL
              value: "${below(2) === 0 ? 'info' : 'debug'}"
            - name: POD_IP
              valueFrom: { fieldRef: { fieldPath: status.podIP } }
          resources:
            requests: { cpu: ${below(900) + 100}m, memory: ${below(900) + 100}Mi }
            limits:
              memory: ${below(4) + 1}Gi
          securityContext:
            privileged: ${below(9) === 0}
            allowPrivilegeEscalation: false
            runAsUser: ${1000 + below(5000)}
            capabilities:
              drop: [ALL]
          livenessProbe:
            httpGet:
              path: /healthz
              port: 8080
            periodSeconds: ${below(20) + 5}
`,
  ).join('');
  return `${head('apps/v1', 'Deployment', name, team)}spec:
  replicas: ${below(5)}
  selector:
    matchLabels:
      app.kubernetes.io/name: ${name}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: ${name}
    spec:
      serviceAccountName: ${name}
      automountServiceAccountToken: false # no API access needed
      containers:
${containers}      volumes:
        - name: tmp
          emptyDir: {}
`;
}

function service(name: string, team: string, below: Below): string {
  return `${head('v1', 'Service', name, team)}spec:
  type: ClusterIP
  selector:
    app.kubernetes.io/name: ${name}
  ports:
    - name: http
      port: ${80 + below(20)}
      targetPort: 8080
      protocol: TCP
`;
}

function configMap(name: string, team: string, below: Below): string {
  return `${head('v1', 'ConfigMap', name, team)}data:
  retries: "${below(9)}"
  motd: 'it''s a ${name}'
  app.conf: |
    # settings
    listen 0.0.0.0:${8000 + below(99)}
    workers ${below(16)}

    include /etc/${name}/*.conf
`;
}

function role(name: string, team: string, below: Below): string {
  return `${head('rbac.authorization.k8s.io/v1', 'Role', name, team)}rules:
  - apiGroups: [""]
    resources: ["configmaps", "${below(3) === 0 ? 'secrets' : 'pods'}"]
    verbs: ["get", "list", "watch"]
`;
}

function networkPolicy(name: string, team: string, below: Below): string {
  return `${head('networking.k8s.io/v1', 'NetworkPolicy', name, team)}spec:
  podSelector:
    matchLabels:
      app.kubernetes.io/name: ${name}
  policyTypes:
    - Ingress
  ingress:
    - from:
        - namespaceSelector: {}
      ports:
        - port: ${8000 + below(99)}
`;
}

const PATHS = [
  ['metadata', 'name'],
  ['spec', 'template', 'spec', 'containers', 0, 'securityContext', 'privileged'],
  ['spec', 'nothing', 'here'],
];

function readers(text: string): Record<string, () => number> {
  const bytes = new TextEncoder().encode(text);
  return {
    'scantling readDocuments(text)': () => count(readDocuments(text)),
    'scantling readDocuments(bytes)': () => count(readDocuments(bytes)),
    'scantling + locate 3 paths in each': () => {
      let found = 0;
      for (const document of readDocuments(text)) found += Math.min(locate(document, PATHS).length, 1);
      return found;
    },
    'js-yaml 5 loadAll': () => count(loadAll(text)),
    'yaml parseAllDocuments + toJS': () => count(parseAllDocuments(text).map((document) => document.toJS())),
  };
}

function count(documents: Iterable<unknown>): number {
  let total = 0;
  const kept: unknown[] = [];
  for (const document of documents) {
    total++;
    kept.push(document);
  }
  return total === kept.length ? total : -1;
}

/** Time of the first pass in a process of its own, measured inside it. */
function cold(name: string): number {
  const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), String(MEGABYTES), name], {
    encoding: 'utf8',
  });
  return Number(child.stdout);
}

function time(read: () => number): number {
  const start = performance.now();
  read();
  return performance.now() - start;
}

function run(only: string | undefined): void {
  const text = generate(MEGABYTES * 1e6);
  const all = Object.entries(readers(text));
  if (only !== undefined) {
    process.stdout.write(String(time(readers(text)[only]!)));
    return;
  }
  const times = all.map((): number[] => []);
  // In turns, so that a busy machine slows all of them alike; the first round only warms up.
  for (let round = 0; round <= ROUNDS; round++)
    for (const [i, [, read]] of all.entries()) {
      const taken = time(read);
      if (round > 0) times[i]!.push(taken);
    }
  const medians = times.map((taken) => taken.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)]!);
  process.stdout.write(
    `${(text.length / 1e6).toFixed(1)} MB, ${all[0]![1]()} documents, Node ${process.versions.node}\n`,
  );
  for (const [i, [name]] of all.entries()) {
    const median = medians[i]!;
    process.stdout.write(
      `${name.padEnd(36)} cold ${cold(name).toFixed(0).padStart(5)} ms  median ${median.toFixed(0).padStart(5)} ms  ` +
        `${(text.length / median / 1000).toFixed(1).padStart(5)} MB/s  ${(median / medians[0]!).toFixed(2).padStart(5)}x\n`,
    );
  }
}

if (import.meta.main) run(process.argv[3]);
