import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { writeDump } from '../bench/dump.ts';
import { openCatalogue } from '../src/catalogue/catalogue.ts';
import type { Finding } from '../src/model/finding.ts';
import { eachFinding } from '../src/report/each-finding.ts';
import { json } from '../src/report/json.ts';
import { type Scan, scan, type ScanOptions } from '../src/loop/scan.ts';
import { scanOptions } from '../src/loop/scan-options.fixture.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'scan-dump-'));
after(() => rmSync(folder, { recursive: true, force: true }));

async function scanned(file: string, more: Partial<ScanOptions> = {}): Promise<Scan> {
  return scan(scanOptions({ catalogue: await openCatalogue(), inputs: [file], cwd: folder, ...more }));
}

const plain = (findings: Iterable<Finding>): unknown[] =>
  [...findings].map((one) => ({
    control: one.control,
    verdict: one.verdict,
    message: one.message,
    object: one.object,
    path: one.path,
    location: one.location,
    fingerprint: one.fingerprint,
    suppression: one.suppression,
  }));

test('a dump has the findings of the same objects read as a whole', async () => {
  writeDump(path.join(folder, 'large.yaml'), 1, 'documents');
  const some = readFileSync(path.join(folder, 'large.yaml'), 'utf8').split('---\n').slice(0, 100);
  writeFileSync(path.join(folder, 'small.yaml'), some.join('---\n'));
  const whole = await scanned('small.yaml');
  const dump = await scanned('small.yaml', { dumpFrom: 1 });
  assert.ok(whole.report.findings.length > 500);
  const findings = plain(eachFinding(dump.report));
  assert.deepEqual(findings, plain(whole.report.findings));
  assert.deepEqual(plain(eachFinding(dump.report)), findings, 'a second time');
  assert.deepEqual(dump.report.summary, whole.report.summary);
  assert.equal([...json(dump.report)].join(''), [...json(whole.report)].join(''));
  assert.equal(dump.source('small.yaml'), undefined);
  const [first] = dump.report.findings;
  const { text, from } = dump.excerpt(first!.location!)!;
  const line = text.split('\n')[first!.location!.line - from.line]!;
  assert.ok(whole.source('small.yaml')!.split('\n')[first!.location!.line - 1] === line, line);
});

test('suppressions and owners count in a dump as anywhere', async () => {
  const pod = (name: string, metadata: object): object => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'a', ...metadata },
    spec: { containers: [{ name: 'c', image: 'x:1', securityContext: { privileged: true } }] },
  });
  const template = { metadata: { labels: { a: 'b' } }, spec: (pod('x', {}) as { spec: object }).spec };
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'rs', uid: 'u', controller: true };
  const ignore = { 'ignore.scantling.dev/privileged-container': 'needs it' };
  const items = [
    {
      ...owner,
      metadata: { name: 'rs', namespace: 'a' },
      spec: { selector: { matchLabels: { a: 'b' } }, template },
    },
    pod('owned', { ownerReferences: [owner] }),
    pod('ignoring', { annotations: ignore }),
  ].map((one) => JSON.stringify(one));
  writeFileSync(path.join(folder, 'owned.json'), items.join('\n'));
  const [whole, dump] = [await scanned('owned.json'), await scanned('owned.json', { dumpFrom: 1 })];
  assert.deepEqual(plain(eachFinding(dump.report)), plain(whole.report.findings));
  assert.deepEqual(dump.report.summary, whole.report.summary);
  const suppressed = [...eachFinding(dump.report)].filter(({ suppression }) => suppression !== undefined);
  assert.deepEqual(
    suppressed.map(({ object }) => object.name),
    ['ignoring'],
  );
});

test('what cannot be read of a dump is exit code 3', async () => {
  const { report } = await scanned('cut.json', { dumpFrom: 1, elements: false });
  assert.equal(report.summary.exitCode, 3);
  writeDump(path.join(folder, 'whole.json'), 300_000, 'json');
  const text = readFileSync(path.join(folder, 'whole.json'), 'utf8');
  writeFileSync(path.join(folder, 'cut.json'), text.slice(0, -2000));
  const cut = await scanned('cut.json', { dumpFrom: 1, elements: false });
  assert.equal(cut.report.summary.exitCode, 3);
  assert.ok(cut.report.coverage.objects > 50);
  assert.match(cut.report.problems.at(-1)!.reason, /it is truncated/);
});

test('of many documents at most a kilobyte each is kept', () => {
  // In a process of its own: only there can the garbage be collected before it is measured.
  const script = path.join(import.meta.dirname, '../bench/retained.ts');
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--expose-gc', script, '10000'], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  const { objects, bytes } = JSON.parse(stdout) as { objects: number; bytes: number };
  assert.equal(objects, 10_000);
  assert.ok(bytes <= 1024, `${bytes} bytes for each object`);
});
