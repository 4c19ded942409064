import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { openCatalogue } from '../../catalogue/catalogue.ts';
import type { Report } from '../../model/finding.ts';
import { scan, type ScanOptions } from '../scan.ts';
import { scanOptions } from '../scan-options.fixture.ts';

const root = path.join(import.meta.dirname, '../../..');
let folder = '';

before(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'scantling-parallel-'));
  for (const copy of ['a', 'b', 'c'])
    cpSync(path.join(root, 'examples/shop'), path.join(folder, copy), { recursive: true });
  writeFileSync(path.join(folder, 'a', 'broken.yaml'), 'apiVersion: v1\nkind: [Pod\n');
  writeFileSync(path.join(folder, 'z-notes.yaml'), 'just: notes\n');
  writeFileSync(
    path.join(folder, 'z-unknown.yaml'),
    'apiVersion: v1\nkind: Pod\nmetadata: {name: empty}\nspec: {containers: []}\n',
  );
  // The definition stands in the last file, what it defines in the first.
  writeFileSync(
    path.join(folder, 'a', '0.yaml'),
    'apiVersion: example.com/v1\nkind: Runner\nmetadata: {name: r}\nspec: {podTemplate: {spec: {containers: [{name: c, image: x, securityContext: {privileged: true}}]}}}\n',
  );
  writeFileSync(
    path.join(folder, 'z.yaml'),
    'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: runners.example.com}\nspec: {group: example.com, scope: Namespaced, names: {kind: Runner, plural: runners}, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]}\n',
  );
  writeFileSync(
    path.join(folder, 'z-owned.yaml'),
    [
      '{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: rs, uid: u}, spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: x}]}}}}',
      '{apiVersion: v1, kind: Pod, metadata: {name: rs-1, annotations: {ignore.scantling.dev/host-path: "not used here"}, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: rs, uid: u, controller: true}]}, spec: {containers: [{name: c, image: x}]}}',
    ].join('\n---\n'),
  );
});

after(() => rmSync(folder, { recursive: true, force: true }));

async function report(parallelFrom: number, onProgress?: ScanOptions['onProgress']): Promise<Report> {
  const catalogue = await openCatalogue();
  const progress = onProgress === undefined ? {} : { onProgress };
  return scan(scanOptions({ catalogue, cwd: folder, elements: false, parallelFrom, ...progress })).report;
}

const plain = ({ findings, failures, ...rest }: Report): unknown => ({
  ...rest,
  eachFinding: undefined,
  eachFailure: undefined,
  eachError: undefined,
  findings: findings.map((finding) => ({
    control: finding.control,
    verdict: finding.verdict,
    message: finding.message,
    reason: finding.reason,
    object: finding.object,
    path: finding.path,
    location: finding.location,
    fingerprint: finding.fingerprint,
    suppression: finding.suppression,
  })),
  failures: failures.map(({ control, severity, object }) => ({ control, severity, object })),
});

test('two threads report what one does', async () => {
  const one = plain(await report(Infinity));
  let files = 0;
  let judgedHere = 0;
  const two = plain(
    await report(0, (_, done, all) => {
      files = all;
      judgedHere = done;
    }),
  );
  assert.ok(judgedHere < files, `${judgedHere} of ${files}`);
  assert.deepEqual(two, one);
  const { summary, coverage, findings } = one as Report;
  assert.ok(findings.length > 50 && summary.verdicts.unknown > 0 && coverage.notManifests > 0);
});
