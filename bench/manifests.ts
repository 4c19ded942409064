import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A generator of pseudo-random numbers that gives the same run for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const teams = ['billing', 'search', 'media', 'identity', 'mail', 'ledger', 'maps', 'ads'];
const apps = ['api', 'web', 'worker', 'cache', 'gateway', 'indexer', 'scheduler', 'export'];
const registries = ['registry.example.com', 'ghcr.io/acme', 'docker.io', 'quay.io/acme'];

/** Writes `documents` mixed manifests into 75 files of `folder` and returns their size in bytes. */
export function writeManifests(folder: string, documents: number, seed = 7): number {
  rmSync(folder, { recursive: true, force: true });
  const files = 75;
  let size = 0;
  const next = random(seed);
  for (let file = 0; file < files; file++) {
    const texts: string[] = [];
    for (let i = file; i < documents; i += files) texts.push(manifest(i, next));
    const text = texts.join('---\n');
    const target = path.join(folder, teams[file % teams.length]!, `part-${file}.yaml`);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
    size += Buffer.byteLength(text);
  }
  return size;
}

/** The text of a manifest; the same numbers give the same one. */
export function manifest(i: number, next: () => number): string {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!;
  const team = pick(teams);
  const name = `${pick(apps)}-${i}`;
  const chance = next();
  const head = (apiVersion: string, kind: string): string =>
    `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: ${name}\n  namespace: ${team}\n  labels:\n    app.kubernetes.io/name: ${name}\n    app.kubernetes.io/part-of: "${team}"\n`;
  const pod = (indent: string): string => podSpec(indent, name, next, pick);
  if (chance < 0.23) {
    return `${head('apps/v1', 'Deployment')}spec:\n  replicas: ${1 + Math.floor(next() * 5)}\n  selector:\n    matchLabels: {app.kubernetes.io/name: ${name}}\n  template:\n    metadata:\n      labels:\n        app.kubernetes.io/name: ${name}\n      annotations:\n        prometheus.io/scrape: "true"\n    spec:\n${pod('      ')}`;
  }
  if (chance < 0.28) {
    return `${head('apps/v1', 'StatefulSet')}spec:\n  serviceName: ${name}\n  selector:\n    matchLabels: {app.kubernetes.io/name: ${name}}\n  template:\n    metadata:\n      labels: {app.kubernetes.io/name: ${name}}\n    spec:\n${pod('      ')}`;
  }
  if (chance < 0.32) {
    return `${head('batch/v1', 'CronJob')}spec:\n  schedule: "${Math.floor(next() * 60)} * * * *"\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          restartPolicy: OnFailure\n${pod('          ')}`;
  }
  if (chance < 0.36) return `${head('v1', 'Pod')}spec:\n${pod('  ')}`;
  if (chance < 0.6) {
    return `${head('v1', 'Service')}spec:\n  type: ${pick(['ClusterIP', 'ClusterIP', 'NodePort', 'LoadBalancer'])}\n  ports:\n  - name: http\n    port: 80\n    targetPort: 8080\n  selector:\n    app.kubernetes.io/name: ${name}\n`;
  }
  if (chance < 0.82) {
    return `${head('v1', 'ConfigMap')}data:\n  application.properties: |\n    server.port=8080\n    spring.datasource.url=jdbc:postgresql://db.${team}.svc:5432/${name}\n    logging.level.root=${pick(['INFO', 'DEBUG'])}\n  feature: "${next() < 0.5}"\n  text: >-\n    Some words about ${name}, folded\n    over two lines.\n`;
  }
  if (chance < 0.92) {
    return `${head('rbac.authorization.k8s.io/v1', 'Role')}rules:\n- apiGroups: [""]\n  resources: [configmaps, ${pick(['secrets', 'pods', 'services'])}]\n  verbs: [get, list, watch]\n- apiGroups: [apps]\n  resources: [deployments]\n  verbs: [${pick(['get', 'patch', '"*"'])}]\n`;
  }
  return `${head('networking.k8s.io/v1', 'NetworkPolicy')}spec:\n  podSelector:\n    matchLabels: {app.kubernetes.io/name: ${name}}\n  policyTypes: [Ingress, Egress]\n  ingress:\n  - from:\n    - namespaceSelector:\n        matchLabels: {kubernetes.io/metadata.name: ${team}}\n    ports:\n    - {protocol: TCP, port: 8080}\n`;
}

function podSpec(
  indent: string,
  name: string,
  next: () => number,
  pick: <T>(list: readonly T[]) => T,
): string {
  const lines: string[] = [];
  if (next() < 0.4) lines.push(`serviceAccountName: ${name}`);
  if (next() < 0.3)
    lines.push('securityContext:', '  runAsNonRoot: true', '  seccompProfile: {type: RuntimeDefault}');
  if (next() < 0.04) lines.push('hostNetwork: true');
  const containers = next() < 0.3 ? 2 : 1;
  lines.push('containers:');
  for (let c = 0; c < containers; c++)
    lines.push(...container(c === 0 ? 'main' : 'sidecar', name, next, pick));
  if (next() < 0.15) lines.push('initContainers:', ...container('prepare', name, next, pick));
  lines.push('volumes:', '- name: tmp', '  emptyDir: {}');
  if (next() < 0.06)
    lines.push(
      '- name: host',
      '  hostPath:',
      `    path: ${pick(['/var/log', '/var/run/docker.sock', '/etc', '/data'])}`,
    );
  return `${lines.map((line) => indent + line).join('\n')}\n`;
}

function container(
  containerName: string,
  name: string,
  next: () => number,
  pick: <T>(list: readonly T[]) => T,
): string[] {
  const lines = [
    `- name: ${containerName}`,
    `  image: ${pick(registries)}/${name}:${next() < 0.1 ? 'latest' : `1.${Math.floor(next() * 30)}.${Math.floor(next() * 9)}`}`,
    '  imagePullPolicy: IfNotPresent',
    `  args: ["--port=8080", "--log-level=${pick(['info', 'debug'])}"]`,
    '  env:',
    '  - name: LOG_LEVEL',
    '    value: info',
    '  - name: DB_PASSWORD',
    '    valueFrom: {secretKeyRef: {name: db, key: password}}',
    '  ports:',
    '  - containerPort: 8080',
  ];
  if (next() < 0.6)
    lines.push(
      '  resources:',
      '    limits: {cpu: 500m, memory: 256Mi}',
      '    requests:',
      '      cpu: 100m',
      '      memory: 128Mi',
    );
  if (next() < 0.6) {
    lines.push('  securityContext:', `    allowPrivilegeEscalation: ${next() < 0.15}`);
    if (next() < 0.05) lines.push('    privileged: true');
    if (next() < 0.6) lines.push('    readOnlyRootFilesystem: true');
    if (next() < 0.6) lines.push('    capabilities:', '      drop: [ALL]');
  }
  lines.push('  volumeMounts:', '  - name: tmp', '    mountPath: /tmp');
  return lines;
}
