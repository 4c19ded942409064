import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { type Catalogue, openCatalogue } from '../../catalogue/catalogue.ts';
import { scan } from '../scan.ts';
import { scanOptions } from '../scan-options.fixture.ts';
import { mendFiles, type MendedText } from './mend-files.ts';

let catalogue: Catalogue;
const folder = mkdtempSync(path.join(tmpdir(), 'scantling-mend-'));
const file = path.join(folder, 'pod.yaml');

before(async () => {
  catalogue = await openCatalogue();
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** What mending makes of a pod in a file; nothing is written. */
function mended(text: string, controls: readonly string[], unsafe = true): MendedText {
  writeFileSync(file, text);
  const selection = { profiles: ['all'], controls };
  const options = scanOptions({ catalogue, inputs: ['pod.yaml'], cwd: folder, selection });
  const [only] = mendFiles(scan(options).failures, options, { catalogue, unsafe });
  assert.equal(readFileSync(file, 'utf8'), text, 'writing is for others');
  return only!;
}

const outcome = ({ mendings }: MendedText): string[] =>
  mendings.map(({ control, refused }) => `${refused === undefined ? 'fixed' : 'left'} ${control}`);

const pod = (spec: string): string => `apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n${spec}`;
const containers = '  containers:\n  - {name: web, image: "nginx:1"}\n';

test('what a fix made another control about is mended, too', () => {
  const text = pod(`  hostNetwork: true\n${containers}`);
  const result = mended(text, ['host-namespaces', 'users-of-the-node']);
  assert.deepEqual(outcome(result), ['fixed host-namespaces', 'fixed users-of-the-node']);
  assert.equal(result.after, pod(`${containers}  hostUsers: false\n`));
  assert.equal(result.before, text);
});

test('what was left and passes by another fix is not left', () => {
  const controls = ['unnamed-service-account', 'service-account-token'];
  const result = mended(pod(containers), controls);
  assert.deepEqual(outcome(result), ['fixed service-account-token']);
  assert.deepEqual(outcome(mended(pod(containers), controls, false)).toSorted(), [
    'left service-account-token',
    'left unnamed-service-account',
  ]);
});

test('what is mended already stays as it is', () => {
  const [first] = [
    mended(pod(`  hostNetwork: true\n${containers}`), ['host-namespaces', 'users-of-the-node']),
  ];
  writeFileSync(file, first.after);
  assert.equal(mended(first.after, ['privileged-container', 'memory-limit-missing']).after, first.after);
});
