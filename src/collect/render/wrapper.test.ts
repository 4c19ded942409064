import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { readWrappers, type Wrapper } from './wrapper.ts';

let root = '';
before(() => {
  root = mkdtempSync(path.join(tmpdir(), 'scantling-wrapper-'));
  for (const folder of ['.git', 'apps', 'charts/web', 'plain'])
    mkdirSync(path.join(root, folder), { recursive: true });
});
after(() => rmSync(root, { recursive: true, force: true }));

function read(text: string): ReturnType<typeof readWrappers> {
  const file = path.join(root, 'apps', 'app.yaml');
  writeFileSync(file, text);
  return readWrappers(file, '/');
}

function wrapper(text: string): Wrapper {
  const [one] = read(text);
  assert.ok(one !== undefined && !('reason' in one), JSON.stringify(one));
  return one;
}

function reason(text: string): string {
  const [one] = read(text);
  assert.ok(one !== undefined && 'reason' in one);
  return `${one.at.join('.')}: ${one.reason}`;
}

const application = (source: string, more = ''): string =>
  `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: app}\nspec:\n  destination: {namespace: shop}\n  source: ${source}\n${more}`;

const release = (spec: string): string =>
  `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: web, namespace: flux}\nspec: ${spec}\n`;

const flux = (spec: string): string =>
  `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: all}\nspec: ${spec}\n`;

test('an Application with values, files of values and parameters', () => {
  const one = wrapper(
    application(
      '{path: charts/web, helm: {releaseName: r, valueFiles: [values-prod.yaml, $other/x.yaml], values: "a: 1", valuesObject: {b: 2}, parameters: [{name: c.d, value: "3"}, {name: e, value: "4", forceString: true}, {value: x}]}}',
    ),
  );
  assert.equal(one.folder, path.join(root, 'charts/web'));
  assert.deepEqual([one.release, one.namespace, one.valueFiles], ['r', 'shop', ['values-prod.yaml']]);
  assert.deepEqual(one.values, [
    ['spec', 'source', 'helm', 'values'],
    ['spec', 'source', 'helm', 'valuesObject'],
  ]);
  assert.deepEqual(one.set, ['--set=c.d=3', '--set-string=e=4']);
});

test('an Application with a kustomization', () => {
  const { kustomize } = wrapper(
    application(
      '{path: plain, kustomize: {namePrefix: p-, images: ["nginx=mirror/nginx:1.27", "app:2", "db@sha256:00"], commonLabels: {a: b}}}',
    ),
  );
  assert.deepEqual(kustomize, {
    namespace: 'shop',
    namePrefix: 'p-',
    commonLabels: { a: 'b' },
    images: [
      { name: 'nginx', newName: 'mirror/nginx', newTag: '1.27' },
      { name: 'app', newName: 'app', newTag: '2' },
      { name: 'db', newName: 'db', digest: 'sha256:00' },
    ],
  });
  assert.deepEqual(wrapper(application('{path: plain}')).kustomize, {});
});

test('several sources, of which some only hold values', () => {
  const text = application('').replace(
    '  source: \n',
    '  sources:\n  - {repoURL: x, ref: values}\n  - {path: charts/web}\n  - {repoURL: y, chart: nginx}\n',
  );
  const found = read(text);
  assert.equal(found.length, 2);
  assert.ok(!('reason' in found[0]!));
  assert.ok('reason' in found[1]! && found[1].at.join('.') === 'spec.sources.2.chart');
});

test('what cannot be rendered here, and where that is said', () => {
  assert.equal(
    reason(application('{chart: nginx, repoURL: "https://x"}')),
    'spec.source.chart: the chart nginx of https://x is not in the input',
  );
  assert.equal(
    reason(application('{path: nowhere}')),
    'spec.source.path: the folder nowhere is not in the input',
  );
  assert.match(reason(application('{path: ../../..}')), /is not in the input$/);
  assert.match(
    reason(application('{path: plain, plugin: {name: x}}')),
    /^spec.source.plugin: it takes a plug-in/,
  );
  assert.match(
    reason(release('{chart: {spec: {chart: nginx, sourceRef: {kind: HelmRepository}}}}')),
    /chart nginx is not/,
  );
  assert.match(
    reason(release('{chartRef: {kind: OCIRepository, name: x}}')),
    /^spec: the chart it refers to/,
  );
  assert.match(reason(flux('{path: ./nowhere}')), /^spec.path: /);
});

test('an ApplicationSet without generated parts is an Application', () => {
  const set = (folder: string): string =>
    `apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: s}\nspec: {template: {spec: {source: {path: ${folder}}}}}\n`;
  assert.equal(wrapper(set('charts/web')).folder, path.join(root, 'charts/web'));
  assert.match(reason(set('"{{path}}"')), /^spec: what its generators make is not known/);
});

test('a HelmRelease of a chart of the repository', () => {
  const one = wrapper(
    release(
      '{releaseName: r, targetNamespace: t, values: {a: 1}, chart: {spec: {chart: ./charts/web, valuesFiles: [charts/web/v.yaml], sourceRef: {kind: GitRepository}}}}',
    ),
  );
  assert.deepEqual(
    [one.folder, one.release, one.namespace, one.values, one.valueFiles],
    [path.join(root, 'charts/web'), 'r', 't', [['spec', 'values']], ['v.yaml']],
  );
});

test('a Kustomization of Flux', () => {
  const one = wrapper(
    flux(
      '{path: /plain, targetNamespace: t, nameSuffix: -x, images: [{name: a, newTag: "1"}], commonMetadata: {labels: {l: m}, annotations: {note: o}}}',
    ),
  );
  assert.equal(one.folder, path.join(root, 'plain'));
  assert.deepEqual(one.kustomize, {
    namespace: 't',
    nameSuffix: '-x',
    images: [{ name: 'a', newTag: '1' }],
    labels: [{ pairs: { l: 'm' } }],
    commonAnnotations: { note: 'o' },
  });
});

test('other objects and files are none', () => {
  assert.deepEqual(read('apiVersion: v1\nkind: Pod\nmetadata: {name: argoproj.io}\n'), []);
  assert.deepEqual(read('apiVersion: argoproj.io/v1alpha1\nkind: Rollout\n'), []);
  assert.deepEqual(read('argoproj.io: [\n'), []);
  assert.deepEqual(readWrappers(path.join(root, 'gone.yaml'), '/'), []);
  assert.equal(read(application('7')).length, 1);
});
