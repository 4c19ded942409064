import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { writeManifests } from '../bench/manifests.ts';
import { openCatalogue } from '../src/catalogue/catalogue.ts';
import { scan } from '../src/loop/scan.ts';
import { scanOptions } from '../src/loop/scan-options.fixture.ts';

test('what is told of objects that look alike is the same where a second thread judges some of them', async (context) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'scantling-alike-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  writeManifests(folder, 600, 5);
  const catalogue = await openCatalogue();
  const selection = { profiles: ['all'], controls: undefined };
  let judgedHere = 0;
  let files = 0;
  const found = (parallelFrom: number): string[] =>
    scan(
      scanOptions({
        catalogue,
        cwd: folder,
        selection,
        elements: false,
        parallelFrom,
        onProgress: (_, done, all) => {
          judgedHere = done;
          files = all;
        },
      }),
    ).report.findings.map(
      ({ control, verdict, message, location, path: at }) =>
        `${location?.file}:${location?.line} ${control} ${verdict} ${at} ${message}`,
    );
  const one = found(Infinity);
  assert.equal(judgedHere, files);
  assert.deepEqual(found(0), one);
  assert.ok(judgedHere < files, `${judgedHere} of ${files}`);
  const failed = new Set(one.map((finding) => finding.split(' ')[1]));
  for (const control of ['root-by-default', 'floating-image-reused', 'image-pull-policy'])
    assert.ok(failed.has(control), control);
});
