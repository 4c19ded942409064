import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { type Catalogue, openCatalogue } from '../catalogue/catalogue.ts';
import { readBaseline, writeBaseline } from '../exceptions/baseline.ts';
import type { Baseline } from '../exceptions/baseline.ts';
import type { Finding, Report } from '../model/finding.ts';
import { changesSince } from './git.ts';
import { scan, type ScanOptions } from './scan.ts';
import { scanOptions } from './scan-options.fixture.ts';

let catalogue: Catalogue;
const folders: string[] = [];

before(async () => {
  catalogue = await openCatalogue();
});
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A new folder with these files. */
function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'scantling-deriving-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

function report(
  folder: string,
  controls: readonly string[] | undefined,
  more: Partial<ScanOptions> = {},
): Report {
  const selection = { profiles: ['all'], controls };
  return scan(scanOptions({ catalogue, cwd: folder, selection, ...more })).report;
}

const said = ({ findings }: Report): string[] =>
  findings.map(
    ({ control, verdict, object, path: at, suppression }) =>
      `${verdict} ${control} ${object.kind}/${object.name} ${at}${suppression === undefined ? '' : ` (${suppression.by})`}`,
  );

const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n';
const settings =
  'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: shop}\ndata: {a: b}\n';
const pod = (annotations = ''): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop${annotations}}\nspec:\n  containers:\n  - name: web\n    image: web\n    envFrom:\n    - configMapRef: {name: settings}\n`;

const one = ['missing-config-map'];
const at = 'spec.containers[0].envFrom[0].configMapRef.name';
const fails = `fail missing-config-map Pod/web ${at}`;
const isUnknown = 'unknown missing-config-map Pod/web ';

test('what is absent fails where the input defines what it is absent from', () => {
  const folder = folderOf({ 'a.yaml': pod(), 'b.yaml': namespace });
  assert.deepEqual(said(report(folder, one)), [fails]);
  const { findings, summary } = report(folder, one);
  assert.deepEqual(
    [findings[0]?.location?.file, findings[0]?.location?.line, findings[0]?.location?.column],
    ['a.yaml', 9, 22],
  );
  assert.deepEqual(summary.verdicts, { pass: 0, fail: 1, 'not-applicable': 1, unknown: 0, error: 0 });
});

test('it is unknown where only some files are given, and the message says what it is about', () => {
  const folder = folderOf({ 'a.yaml': pod(), 'b.yaml': namespace });
  const some = report(folder, one, { inputs: ['a.yaml', 'b.yaml'] });
  assert.deepEqual(said(some), [isUnknown]);
  assert.match(some.findings[0]!.reason, /--complete/);
  assert.match(some.findings[0]!.message, /ConfigMap "settings" is not in this input/);
  assert.deepEqual(Object.values(some.coverage.unknown), [1]);
});

test('it is unknown where the namespace is not there, and fails again in a whole cluster', () => {
  const folder = folderOf({ 'a.yaml': pod() });
  assert.deepEqual(said(report(folder, one)), [isUnknown]);
  assert.deepEqual(said(report(folder, one, { complete: true })), [fails]);
});

test('it is unknown where something could not be read', () => {
  const folder = folderOf({
    'a.yaml': pod(),
    'b.yaml': namespace,
    'c.yaml': 'apiVersion: v1\nkind: [ConfigMap\n',
  });
  assert.deepEqual(said(report(folder, one)), [isUnknown]);
});

test('what stands in another file is found, before and after', () => {
  for (const files of [
    { 'a.yaml': pod(), 'b.yaml': namespace, 'c.yaml': settings },
    { 'a.yaml': settings, 'b.yaml': namespace, 'c.yaml': pod() },
  ]) {
    assert.deepEqual(said(report(folderOf(files), one)), []);
    assert.equal(report(folderOf(files), one).summary.verdicts.pass, 1);
  }
});

test('passes are shown on demand, instead of "it is about other kinds"', () => {
  const folder = folderOf({ 'a.yaml': pod(), 'b.yaml': namespace, 'c.yaml': settings });
  assert.deepEqual(said(report(folder, one, { showAll: true })).sort(), [
    'not-applicable missing-config-map ConfigMap/settings ',
    'not-applicable missing-config-map Namespace/shop ',
    'pass missing-config-map Pod/web ',
  ]);
});

test('an annotation suppresses, and a baseline knows', () => {
  const folder = folderOf({
    'a.yaml': pod(', annotations: {ignore.scantling.dev/missing-config-map: "made by hand"}'),
    'b.yaml': namespace,
  });
  assert.deepEqual(said(report(folder, one)), [`${fails} (annotation)`]);
  assert.deepEqual(report(folder, one).problems, []);
  const other = folderOf({ 'a.yaml': pod(), 'b.yaml': namespace });
  const baseline = readBaseline(writeBaseline(report(other, one).findings)) as Baseline;
  assert.deepEqual(said(report(other, one, { baseline })), [`${fails} (baseline)`]);
});

test('what the owner in the input fails is not told again of what it owns', () => {
  const owned = `${pod(', ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web, uid: u, controller: true}]')}`;
  const owner = `apiVersion: apps/v1\nkind: ReplicaSet\nmetadata: {name: web, namespace: shop, uid: u}\nspec:\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec: {containers: [{name: web, image: web, envFrom: [{configMapRef: {name: settings}}]}]}\n`;
  const folder = folderOf({ 'a.yaml': owned, 'b.yaml': namespace, 'c.yaml': owner });
  assert.deepEqual(said(report(folder, one)), [`fail missing-config-map ReplicaSet/web spec.template.${at}`]);
});

test('a scan that forgets objects says the same, long ones included', () => {
  const long = `apiVersion: v1\nkind: Pod\nmetadata: {name: long, namespace: shop}\nspec:\n  containers:\n  - name: web\n    image: web\n    env:\n${Array.from({ length: 40 }, (_, i) => `    - {name: A${i}, valueFrom: {configMapKeyRef: {name: settings, key: k${i}}}}\n`).join('')}`;
  const keys = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: shop}\ndata:\n${Array.from({ length: 39 }, (_, i) => `  k${i}: ${'v'.repeat(30)}\n`).join('')}`;
  const folder = folderOf({ 'a.yaml': long, 'b.yaml': namespace, 'c.yaml': keys, 'd.yaml': pod() });
  const whole = said(report(folder, undefined)).sort();
  const streamed = said(report(folder, undefined, { elements: false })).sort();
  assert.deepEqual(streamed, whole);
  const last = 'fail missing-config-map Pod/long spec.containers[0].env[39].valueFrom.configMapKeyRef.name';
  assert.ok(whole.includes(last), whole.join('\n'));
  assert.equal(whole.filter((text) => text.includes('missing-config-map Pod/long')).length, 1);
});

test('a file that nobody touched fails anew since what it refers to is gone', () => {
  const folder = folderOf({ 'a.yaml': pod(), 'b.yaml': namespace, 'c.yaml': settings });
  const git = (...args: string[]): void => {
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      cwd: folder,
      stdio: 'ignore',
    });
  };
  git('init', '-q');
  git('add', '.');
  git('commit', '-q', '-m', 'all there');
  unlinkSync(path.join(folder, 'c.yaml'));
  const since = (): ScanOptions['since'] => ({ ref: 'HEAD', changes: changesSince('HEAD', folder) });
  assert.deepEqual(said(report(folder, one, { since: since() })), [fails]);
  git('commit', '-q', '-a', '-m', 'gone');
  assert.deepEqual(said(report(folder, one, { since: since() })), [`${fails} (since)`]);
});

test('hostile objects cost nothing but themselves', () => {
  const folder = folderOf({
    'a.yaml':
      'apiVersion: v1\nkind: Pod\nmetadata: {name: 3, namespace: [a]}\nspec: {containers: {a: b}, volumes: 7}\n',
    'b.yaml': 'apiVersion: v1\nkind: Service\nmetadata: [1]\nspec: {selector: [a], ports: {b: c}}\n',
    'c.yaml': 'apiVersion: scantling.dev/v1alpha1\nkind: References\nmetadata: {name: x}\nreferences: 1\n',
    'd.yaml':
      'apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r}\nrules: [1, {verbs: 2}, null]\n',
    'e.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: __proto__, labels: {constructor: a}}\n',
    'f.yaml': `${namespace}---\n${pod()}`,
  });
  const findings: readonly Finding[] = report(folder, undefined).findings;
  const ours = findings.filter(({ control }) => catalogue.controls.get(control)?.derivation !== undefined);
  assert.deepEqual(
    ours.filter(({ verdict }) => verdict === 'error'),
    [],
  );
});

test('a key that an object of that name lacks is unknown where the two may be for different clusters', () => {
  const user = (space: string): string =>
    `apiVersion: v1\nkind: Pod\nmetadata: {name: p${space}}\nspec: {containers: [{name: c, image: c, env: [{name: A, valueFrom: {configMapKeyRef: {name: settings, key: a}}}]}]}\n`;
  const settings = (space: string): string =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings${space}}\ndata: {b: "1"}\n`;
  const verdict = (files: Readonly<Record<string, string>>): string | undefined =>
    report(folderOf(files), ['missing-config-map']).findings[0]?.verdict;
  assert.equal(verdict({ 'a.yaml': user(''), 'b.yaml': settings('') }), 'fail');
  assert.equal(verdict({ 'one/a.yaml': user(''), 'other/b.yaml': settings('') }), 'unknown');
  const named = ', namespace: shop';
  assert.equal(verdict({ 'one/a.yaml': user(named), 'other/b.yaml': settings(named) }), 'fail');
});

test('Services of different folders have the same selector only where they name the same namespace', () => {
  const service = (name: string): string =>
    `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\nspec: {selector: {app: db}, ports: [{port: 80}]}\n`;
  const found = (files: Readonly<Record<string, string>>): number =>
    report(folderOf(files), ['duplicate-service-selector']).findings.length;
  assert.equal(found({ 'a.yaml': service('a'), 'b.yaml': service('b') }), 1);
  assert.equal(found({ 'one/a.yaml': service('a'), 'other/b.yaml': service('b') }), 0);
  const [a, b] = [service('a, namespace: shop'), service('b, namespace: shop')];
  assert.equal(found({ 'one/a.yaml': a, 'other/b.yaml': b }), 1);
});
