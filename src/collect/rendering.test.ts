import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { mayWrap, Rendering, wrapsPlainFiles } from './rendering.ts';

let root = '';
before(() => {
  root = realpathSync(mkdtempSync(path.join(tmpdir(), 'scantling-recognised-')));
  const files: Readonly<Record<string, string>> = {
    '.git/HEAD': '',
    'web/Chart.yaml': 'name: web\n',
    'web/values.yaml': '',
    'web/templates/a.yaml': '',
    'web/crds/c.yaml': '',
    'web/charts/db/Chart.yaml': 'name: db\n',
    'web/charts/db/values.yaml': '',
    'web/charts/db/templates/b.yaml': '',
    'over/kustomization.yaml': 'namePrefix: a\nresources: [pod.yaml]\npatches: [{path: patch.yaml}]\n',
    'over/pod.yaml': '',
    'over/patch.yaml': '',
    'list/Kustomization': 'resources: [pod.yaml]\n',
    'list/pod.yaml': '',
    'plain/pod.yaml': '',
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
});
after(() => rmSync(root, { recursive: true, force: true }));

function folders(
  names: readonly string[],
  named = false,
): { charts: unknown; kustomizations: readonly string[] } {
  const files = names.map((name) => ({ absolute: path.join(root, name), named }));
  const { charts, kustomizations } = new Rendering().foldersOf(files);
  const short = (folder: string): string => path.relative(root, folder);
  return {
    charts: Object.fromEntries(
      [...charts].map(([folder, only]) => [short(folder), only === undefined ? 'all' : [...only].map(short)]),
    ),
    kustomizations: [...kustomizations].map(short),
  };
}

test('the outermost chart, by its templates or by what lies beside Chart.yaml', () => {
  for (const one of [
    'web/templates/a.yaml',
    'web/values.yaml',
    'web/charts/db/templates/b.yaml',
    'web/charts/db/values.yaml',
  ])
    assert.deepEqual(folders([one]), { charts: { web: 'all' }, kustomizations: [] }, one);
  assert.deepEqual(folders(['web/crds/c.yaml', 'plain/pod.yaml']), { charts: {}, kustomizations: [] });
});

test('of a chart of which only templates are named, only these', () => {
  const template = 'web/templates/a.yaml';
  assert.deepEqual(folders([template], true).charts, { web: [template] });
  assert.deepEqual(folders([template, 'web/values.yaml'], true).charts, { web: 'all' });
  assert.deepEqual(folders(['web/Chart.yaml'], true).charts, { web: 'all' });
});

test('kustomizations by their file, their patches, and files beside them', () => {
  for (const one of ['over/kustomization.yaml', 'over/patch.yaml', 'over/pod.yaml'])
    assert.deepEqual(folders([one]).kustomizations, ['over'], one);
  assert.deepEqual(folders(['over/pod.yaml'], true).kustomizations, []);
  assert.deepEqual(folders(['list/pod.yaml']).kustomizations, ['list']);
});

test('standard input belongs to nothing', () => {
  const { charts, kustomizations } = new Rendering().foldersOf([{ absolute: undefined, named: true }]);
  assert.equal(charts.size + kustomizations.size, 0);
});

test('objects of Argo CD and Flux that have others rendered', () => {
  assert.ok(mayWrap({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' }));
  assert.ok(mayWrap({ apiVersion: 'helm.toolkit.fluxcd.io/v2', kind: 'HelmRelease' }));
  assert.ok(!mayWrap({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' }));
  assert.ok(!mayWrap({ apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' }));
  assert.ok(!mayWrap({ apiVersion: 1, kind: null }));
});

test('a folder of plain files is applied as it is', () => {
  const file = path.join(root, 'apps/app.yaml');
  const application = (source: object) => ({ kind: 'Application', spec: { source } }) as never;
  assert.ok(wrapsPlainFiles(application({ path: 'plain' }), file, '/'));
  assert.ok(!wrapsPlainFiles(application({ path: 'web' }), file, '/'));
  assert.ok(!wrapsPlainFiles(application({ path: 'list' }), file, '/'));
  assert.ok(!wrapsPlainFiles(application({ path: 'gone' }), file, '/'));
  assert.ok(!wrapsPlainFiles(application({ chart: 'x' }), file, '/'));
  assert.ok(!wrapsPlainFiles(application({ path: 'plain', kustomize: {} }), file, '/'));
  assert.ok(wrapsPlainFiles({ kind: 'Kustomization', spec: { path: './plain' } }, file, '/'));
  assert.ok(
    !wrapsPlainFiles({ kind: 'Kustomization', spec: { path: './plain', namePrefix: 'a' } }, file, '/'),
  );
  assert.ok(!wrapsPlainFiles({ kind: 'HelmRelease', spec: {} }, file, '/'));
});
