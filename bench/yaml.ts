import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadAll } from 'js-yaml';
import { parseAllDocuments } from 'yaml';
import { keepYoungGenerationSmall } from '../src/collect/young-generation.ts';
import { locate, readDocuments } from '../src/yaml/index.ts';
import type { Document, Path } from '../src/yaml/index.ts';

/**
 * Reads a generated file of many manifests with our reader, js-yaml and yaml and prints the processor time each takes:
 * the median of five passes in one process, and of five first passes in processes of their own, since a scan reads each
 * file once. Then the memory that large files of different shapes take, each in its own process.
 * `node bench/yaml.ts [megabytes]`.
 */
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

const PATHS: Path[] = [
  ['metadata', 'name'],
  ['spec', 'template', 'spec', 'containers', 0, 'securityContext', 'privileged'],
  ['spec', 'nothing', 'here'],
];

type Reader = (text: string) => number;

const READERS: Readonly<Record<string, Reader>> = {
  'scantling readDocuments(text)': (text) => [...readDocuments(text)].length,
  'scantling readDocuments(bytes)': (text) => [...readDocuments(bytesOf(text))].length,
  'scantling + locate 3 paths in each': (text) => {
    const documents = [...readDocuments(text)];
    for (const document of documents)
      if (locate(document, PATHS).length !== 3) throw new Error('lost a path');
    return documents.length;
  },
  'js-yaml 5 loadAll': (text) => loadAll(text).length,
  'yaml parseAllDocuments + toJS': (text) =>
    parseAllDocuments(text).map((document) => document.toJS() as unknown).length,
};

let encoded: { text: string; bytes: Uint8Array } | undefined;

function bytesOf(text: string): Uint8Array {
  if (encoded?.text !== text) encoded = { text, bytes: new TextEncoder().encode(text) };
  return encoded.bytes;
}

/** Files whose largest document is most of them; `keep` says that the caller holds on to the documents. */
const SHAPES: Readonly<Record<string, { make: () => string; keep: boolean; paths?: Path[] }>> = {
  'List of small objects, one document of 52 MB': { make: () => listOf(52e6, smallObject), keep: true },
  'the same, and locate 2 paths': {
    make: () => listOf(52e6, smallObject),
    keep: true,
    paths: [
      ['items', 400_000, 'data', 'k'],
      ['items', 5, 'metadata', 'missing'],
    ],
  },
  'List of workloads, one document of 52 MB': {
    make: () => `kind: List\napiVersion: v1\nitems:\n${generate(44e6).split('---\n').map(asItem).join('')}`,
    keep: true,
  },
  'one line of 100 MB': { make: () => `a: ${'x'.repeat(100e6)}\n`, keep: true },
  'documents of 0.7 kB, 52 MB, one by one': { make: () => generate(52e6), keep: false },
};

function listOf(bytes: number, make: (index: number) => string): string {
  const parts = ['kind: List\napiVersion: v1\nitems:\n'];
  for (let size = 0, index = 0; size < bytes; index++) size += parts[parts.push(make(index)) - 1]!.length;
  return parts.join('');
}

function smallObject(index: number): string {
  return `- kind: ConfigMap
  apiVersion: v1
  metadata:
    name: c${index}
    labels: {a: b}
  data:
    k: v${index}
`;
}

function asItem(text: string): string {
  return `- ${text.trimEnd().replaceAll('\n', '\n  ')}\n`;
}

/** Megabytes by which reading a file made the process larger at its largest. */
function growth(file: string, keep: boolean, paths: Path[] = []): number {
  const before = process.resourceUsage().maxRSS;
  const kept: Document[] = [];
  // As the scan reads a file.
  keepYoungGenerationSmall();
  for (const document of open(file)) {
    if (document.value === undefined) throw new Error(document.problems[0]?.reason);
    if (keep) kept.push(document);
    if (paths.length > 0 && locate(document, paths)[0]?.found !== true) throw new Error('lost a path');
  }
  return ((process.resourceUsage().maxRSS - before) * 1024) / 1e6;
}

/** A function of its own, since a caller that has had the bytes of the file in its hands keeps them alive. */
function open(file: string): Iterable<Document> {
  return readDocuments(readFileSync(file));
}

/** Milliseconds of processor time, without the system's. */
function time(read: () => number): number {
  const start = process.cpuUsage();
  if (read() === 0) throw new Error('read nothing');
  return process.cpuUsage(start).user / 1000;
}

/** Runs this file in a process of its own, which prints one number. */
function inChild(...args: string[]): number {
  const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), ...args], { encoding: 'utf8' });
  if (child.status !== 0) throw new Error(child.stderr);
  return Number(child.stdout);
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1]!;
}

function printTimes(megabytes: number, file: string): void {
  const text = generate(megabytes * 1e6);
  writeFileSync(file, text);
  const names = Object.keys(READERS);
  const warm = new Map(names.map((name): [string, number[]] => [name, []]));
  const cold = new Map(names.map((name): [string, number[]] => [name, []]));
  // In turns, so that a busy machine slows all of them alike; the first round only warms up.
  for (let round = 0; round <= ROUNDS; round++)
    for (const [name, read] of Object.entries(READERS)) {
      const taken = time(() => read(text));
      if (round === 0) continue;
      warm.get(name)!.push(taken);
      cold.get(name)!.push(inChild('cold', file, name));
    }
  const reference = 'js-yaml 5 loadAll';
  const documents = READERS[names[0]!]!(text);
  console.log(
    `${(text.length / 1e6).toFixed(1)} MB, ${documents} documents, Node ${process.versions.node}; milliseconds of user CPU, medians of ${ROUNDS}\n`,
  );
  console.log('| reader | first pass | of js-yaml | warm | of js-yaml | MB/s warm |');
  console.log('|---|---|---|---|---|---|');
  for (const name of names) {
    const first = median(cold.get(name)!);
    const later = median(warm.get(name)!);
    const [firstRatio, laterRatio] = [
      first / median(cold.get(reference)!),
      later / median(warm.get(reference)!),
    ];
    console.log(
      `| ${name} | ${first.toFixed(0)} | ${firstRatio.toFixed(2)} | ${later.toFixed(0)} | ${laterRatio.toFixed(2)} | ${(text.length / later / 1000).toFixed(0)} |`,
    );
  }
}

function printMemory(file: string): void {
  console.log('\n| file | MB | growth of the largest resident set, MB | times the file |');
  console.log('|---|---|---|---|');
  for (const [name, { make }] of Object.entries(SHAPES)) {
    writeFileSync(file, make());
    const size = statSync(file).size / 1e6;
    const grown = inChild('memory', file, name);
    console.log(`| ${name} | ${size.toFixed(0)} | ${grown.toFixed(0)} | ${(grown / size).toFixed(2)} |`);
  }
}

function run([command, file = '', name = '']: readonly string[]): void {
  if (command === 'cold') {
    const text = readFileSync(file, 'utf8');
    process.stdout.write(String(time(() => READERS[name]!(text))));
  } else if (command === 'memory') {
    const { keep, paths } = SHAPES[name]!;
    process.stdout.write(String(growth(file, keep, paths)));
  } else {
    const folder = mkdtempSync(path.join(tmpdir(), 'scantling-yaml-'));
    try {
      printTimes(Number(command ?? 5), path.join(folder, 'manifests.yaml'));
      printMemory(path.join(folder, 'large.yaml'));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
}

if (import.meta.main) run(process.argv.slice(2));
