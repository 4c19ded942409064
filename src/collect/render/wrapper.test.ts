import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { readWrappers, type Wrapper } from './wrapper.ts';

let root = '';
before(() => {
  root = mkdtempSync(path.join(tmpdir(), 'scantling-wrapper-'));
  for (const folder of ['.git', 'apps', 'charts/web', 'plain', 'envs'])
    mkdirSync(path.join(root, folder), { recursive: true });
  for (const file of ['charts/web/values-prod.yaml', 'charts/web/v.yaml', 'envs/prod.yaml'])
    writeFileSync(path.join(root, file), 'a: 1\n');
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

const valuesOf = ({ values }: Wrapper): unknown[] => values.map(({ at, value }) => [at.join('.'), value]);

const lacksOf = ({ lacks }: Wrapper): string[] =>
  lacks.map(({ at, reason: why }) => `${at.join('.')}: ${why}`);

test('an Application with values, files of values and parameters', () => {
  const one = wrapper(
    application(
      '{path: charts/web, helm: {releaseName: r, valueFiles: [values-prod.yaml], values: "a: 1", valuesObject: {b: 2}, parameters: [{name: c.d, value: "3"}, {name: e, value: "4", forceString: true}, {value: x}]}}',
    ),
  );
  assert.equal(one.folder, path.join(root, 'charts/web'));
  assert.deepEqual([one.release, one.namespace, one.valueFiles], ['r', 'shop', ['values-prod.yaml']]);
  assert.deepEqual(valuesOf(one), [
    ['spec.source.helm.values', 'a: 1'],
    ['spec.source.helm.valuesObject', { b: 2 }],
  ]);
  assert.deepEqual([one.lacks, one.variant], [[], '']);
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

test('files of values of another source stand in the repository; what is not there is said', () => {
  const helm = (files: string, more = ''): Wrapper =>
    wrapper(application(`{path: charts/web, helm: {valueFiles: ${files}${more}}}`));
  const one = helm('[$values/envs/prod.yaml, values-prod.yaml, $values/gone.yaml, "https://x/y.yaml"]');
  assert.deepEqual(one.valueFiles, [path.join(root, 'envs/prod.yaml'), 'values-prod.yaml']);
  assert.deepEqual(lacksOf(one), [
    'spec.source.helm.valueFiles.2: the values file $values/gone.yaml is not in the input',
    'spec.source.helm.valueFiles.3: the values file https://x/y.yaml is not in the input',
  ]);
  assert.deepEqual(helm('[gone.yaml]', ', ignoreMissingValueFiles: true').lacks, []);
});

test('a HelmRelease takes values from ConfigMaps and Secrets of the input', () => {
  const spec =
    '{values: {z: 1}, valuesFrom: [{kind: ConfigMap, name: c}, {kind: Secret, name: s, valuesKey: k, targetPath: image.tag}, {kind: ConfigMap, name: gone}, {kind: ConfigMap, name: gone, optional: true}, {kind: ConfigMap, name: c, valuesKey: other}, {kind: ConfigMap, name: c, targetPath: "a[0]"}], chart: {spec: {chart: ./charts/web, sourceRef: {kind: GitRepository}}}}';
  const objects = `---
apiVersion: v1
kind: ConfigMap
metadata: {name: c, namespace: flux}
data: {values.yaml: "a: 1"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: gone, namespace: elsewhere}
data: {values.yaml: "b: 1"}
---
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Secret, metadata: {name: s}, data: {k: NDI=}}
`;
  const one = wrapper(release(spec) + objects);
  assert.deepEqual(valuesOf(one), [
    ['data.values.yaml', 'a: 1'],
    ['items.0.data.k', { image: { tag: 42 } }],
    ['data.values.yaml', { a: ['a: 1'] }],
    ['spec.values', { z: 1 }],
  ]);
  assert.deepEqual(lacksOf(one), [
    'spec.valuesFrom.2: the ConfigMap gone is not in the input',
    'spec.valuesFrom.4: the ConfigMap c has no key "other", or is not in the input',
  ]);
});

const helmChart = 'chart: {spec: {chart: ./charts/web, sourceRef: {kind: GitRepository}}}';

/** The values of a HelmRelease that sets `targetPath` after other values, both from one ConfigMap. */
function target(targetPath: string, text: string, before = '{}'): unknown {
  const one = wrapper(
    `${release(`{valuesFrom: [{kind: ConfigMap, name: c}, {kind: ConfigMap, name: c, valuesKey: k, targetPath: '${targetPath}'}], ${helmChart}}`)}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  values.yaml: ${JSON.stringify(before)}\n  k: ${JSON.stringify(text)}\n`,
  );
  return one.lacks[0]?.reason ?? one.values[1]!.value;
}

test('a targetPath is read as helm --set reads it', () => {
  assert.deepEqual(target('a.b', 'true'), { a: { b: true } });
  assert.deepEqual(target('a\\.b/c.d', '7'), { 'a.b/c': { d: 7 } });
  assert.deepEqual(target('a', "'true'"), { a: 'true' });
  assert.deepEqual(target('a', '"7"'), { a: '7' });
  assert.deepEqual(target('a[1].b', 'x'), { a: [null, { b: 'x' }] });
  assert.deepEqual(target('a[0][1]', 'x'), { a: [[null, 'x']] });
  for (const wrong of [
    '[0]',
    'a..b',
    'a.',
    '.a',
    'a[x]',
    'a[0',
    'a.[0]',
    'a[0]b',
    'a={b}',
    'a,b',
    'a[999999]',
    '',
  ])
    assert.equal(target(wrong, 'x'), `the targetPath ${wrong} is not understood`);
});

test('an element of a list is set in the list that other values made', () => {
  const list = '{a: [{b: 1, c: {d: 2}}, {e: 3}], f: 4}';
  assert.deepEqual(target('a[0].c.x', 'y', list), { a: [{ b: 1, c: { d: 2, x: 'y' } }, { e: 3 }] });
  assert.deepEqual(target('a[2]', 'y', list), { a: [{ b: 1, c: { d: 2 } }, { e: 3 }, 'y'] });
  assert.deepEqual(target('a[1]', 'y', list), { a: [{ b: 1, c: { d: 2 } }, 'y'] });
  assert.deepEqual(target('f[0]', 'y', list), { f: ['y'] });
});

test('an ApplicationSet with a list makes an Application of each element', () => {
  const set = (fields: string, template: string): string =>
    `apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: s}\nspec:\n  ${fields}\n  template: ${template}\n`;
  const template = (env: string, tag: string): string =>
    `{metadata: {name: 'web-${env}'}, spec: {destination: {namespace: '${env}'}, source: {path: charts/web, helm: {values: 'tag: ${tag}'}}}}`;
  const list = 'generators: [{list: {elements: [{env: a, image: {tag: 1}}, {env: b, image: {tag: x}}]}}]';
  for (const text of [
    set(list, template('{{env}}', '{{ image.tag }}')),
    set(`goTemplate: true\n  ${list}`, template('{{.env}}', '{{- .image.tag -}}')),
  ]) {
    const made = read(text) as Wrapper[];
    assert.deepEqual(
      made.map((one) => [one.release, one.namespace, one.variant, valuesOf(one)]),
      [
        ['web-a', 'a', 'web-a', [['spec.template.spec.source.helm.values', 'tag: 1']]],
        ['web-b', 'b', 'web-b', [['spec.template.spec.source.helm.values', 'tag: x']]],
      ],
    );
  }
  assert.match(
    reason(set(list, template('{{nope}}', '1'))),
    /^spec: its generators have nothing for \{\{nope\}\}$/,
  );
  assert.match(
    reason(set(`goTemplate: true\n  ${list}`, template('{{ .env | upper }}', '1'))),
    /nothing for/,
  );
  assert.match(
    reason(set('generators: [{clusters: {}}]', template('{{name}}', '1'))),
    /^spec: what its generators make is not known here: of clusters, which Argo CD alone can ask$/,
  );
  assert.match(
    reason(set(`templatePatch: x\n  ${list}`, template('{{env}}', '1'))),
    /^spec: its templatePatch is made by Argo CD alone$/,
  );
  assert.match(
    reason(set('generators: [{list: {elementsYaml: "x: ["}}]', template('{{env}}', '1'))),
    /the elementsYaml of its list cannot be read/,
  );
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
  assert.deepEqual(read(set('"{{path}}"')), []);
});

test('a HelmRelease of a chart of the repository', () => {
  const one = wrapper(
    release(
      '{releaseName: r, targetNamespace: t, values: {a: 1}, chart: {spec: {chart: ./charts/web, valuesFiles: [charts/web/v.yaml], sourceRef: {kind: GitRepository}}}}',
    ),
  );
  assert.deepEqual(
    [one.folder, one.release, one.namespace, valuesOf(one), one.valueFiles],
    [path.join(root, 'charts/web'), 'r', 't', [['spec.values', { a: 1 }]], ['v.yaml']],
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
