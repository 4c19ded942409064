// Prints as JSON how much memory a scan keeps of each of many documents, findings left out: they all pass.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { openCatalogue } from '../src/catalogue/catalogue.ts';
import { latestMinorVersion } from '../src/catalogue/versions.ts';
import { Configurations } from '../src/config/discover.ts';
import { type Scan, scan } from '../src/loop/scan.ts';

const count = Number(process.argv[2] ?? 50_000);
const profiles = process.argv[3] === undefined ? undefined : [process.argv[3]];

/** A Deployment that has what the default profiles ask for. */
function deployment(i: number): string {
  const name = `web-${i}`;
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  namespace: team-${i % 100}
  labels: {app.kubernetes.io/name: ${name}}
spec:
  selector:
    matchLabels: {app.kubernetes.io/name: ${name}}
  template:
    metadata:
      labels: {app.kubernetes.io/name: ${name}}
    spec:
      automountServiceAccountToken: false
      securityContext:
        runAsNonRoot: true
        seccompProfile: {type: RuntimeDefault}
      containers:
      - name: main
        image: registry.example.com/${name}@sha256:${'0123456789abcdef'.repeat(4)}
        resources:
          limits: {cpu: 500m, memory: 256Mi}
          requests: {cpu: 100m, memory: 128Mi}
        securityContext:
          allowPrivilegeEscalation: false
          readOnlyRootFilesystem: true
          capabilities: {drop: [ALL]}
`;
}

const catalogue = await openCatalogue();
const known = { controls: new Set<string>(), profiles: new Set<string>(), kubernetesVersions: [] };
const folder = mkdtempSync(path.join(tmpdir(), 'scantling-retained-'));

function scanOf(documents: number): Scan {
  const file = path.join(folder, `${documents}.yaml`);
  writeFileSync(file, Array.from({ length: documents }, (_, i) => deployment(i)).join('---\n'));
  return scan({
    inputs: [file],
    cwd: folder,
    catalogue,
    version: latestMinorVersion,
    selection: { profiles, controls: undefined },
    configurations: new Configurations(known, (absolute) => absolute),
    exclude: [],
    policies: [],
    failOn: undefined,
    baseline: undefined,
    since: undefined,
    showAll: false,
    elements: false,
    today: '2026-01-01',
    dumpFrom: 1,
    parallelFrom: Infinity,
  });
}

async function held(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc!();
    // The memory of buffers is given back by another thread.
    await setTimeout(50);
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

try {
  // The first scan compiles everything, which stays and does not grow with the input.
  scanOf(500);
  const before = await held();
  const result = scanOf(count);
  const bytes = Math.round(((await held()) - before) / count);
  const { coverage, failures, summary } = result.report;
  console.log(
    JSON.stringify({
      objects: coverage.objects,
      bytes,
      failures: failures.length,
      verdicts: summary.verdicts,
    }),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
