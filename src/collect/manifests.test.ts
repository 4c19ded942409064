import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { formatPath } from '../model/path.ts';
import { collectManifests, type Collection } from './manifests.ts';

let root: string;
beforeEach(() => (root = mkdtempSync(path.join(tmpdir(), 'manifests-'))));
afterEach(() => rmSync(root, { recursive: true }));

function write(files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [file, text] of Object.entries(files)) {
    const absolute = path.join(root, file);
    mkdirSync(path.dirname(absolute), { recursive: true });
    writeFileSync(absolute, text);
  }
}
const collect = (inputs = ['.'], stdin = ''): Collection =>
  collectManifests(inputs, { cwd: root, exclude: [], stdin: () => new TextEncoder().encode(stdin) });
const objects = (collection: Collection): string[] =>
  collection.manifests.map(
    ({ reference, origin }) =>
      `${origin.file}#${origin.document} ${formatPath(origin.path)} ${reference.kind}/${reference.name}`,
  );
const pod = (name: string): string => `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\n`;

test('documents, JSON and items of lists are objects', () => {
  write({
    'a.yaml': `# only a comment\n---\n${pod('one')}---\n${pod('two')}`,
    'b.json':
      '{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Pod","metadata":{"name":"three"}},7]}',
    'c.yaml': 'apiVersion: v1\nkind: PodList\nitems:\n- metadata: {name: four}\n',
  });
  assert.deepEqual(objects(collect()), [
    'a.yaml#1  Pod/one',
    'a.yaml#2  Pod/two',
    'b.json#0 items[0] Pod/three',
    'c.yaml#0 items[0] Pod/four',
  ]);
});

const said = ({ problems }: Collection): string[] =>
  problems.map(
    ({ severity, file, line, column, reason }) => `${severity} ${file}:${line}:${column} ${reason}`,
  );

test('items of a List that are no objects are errors at their place, and the others are read', () => {
  write({
    'a.yaml': `apiVersion: v1
kind: List
items:
- just a string
- kind: Pod
  metadata: {name: unversioned}
- apiVersion: v1
- {a: b}
- [x]
- ~
- apiVersion: v1
  kind: Pod
  metadata: {name: good}
- apiVersion: v1
  kind: PodList
  items: [5]
`,
    'b.yaml': 'apiVersion: v1\nkind: List\nitems: {a: b}\n',
    'c.yaml': 'apiVersion: v1\nkind: List\nitems: null\n',
  });
  const found = collect();
  assert.deepEqual(
    objects(found).filter((one) => one.startsWith('a')),
    ['a.yaml#0 items[6] Pod/good'],
  );
  assert.deepEqual(said(found), [
    'error a.yaml:4:3 an item of a List must be an object',
    'error a.yaml:5:3 this is no object: its apiVersion is not set',
    'error a.yaml:7:3 this is no object: its kind is not set',
    'error a.yaml:8:3 this is no object: its apiVersion and kind are not set',
    'error a.yaml:9:3 an item of a List must be an object',
    'error a.yaml:10:3 an item of a List must be an object',
    'error a.yaml:16:11 an item of a List must be an object',
    'error b.yaml:3:1 the items of a List must be a list',
  ]);
});

test('half an object is an error where it is named and a warning where it is found', () => {
  write({
    'a.yaml': 'kind: Pod\nmetadata: {name: x}\n',
    'b.yaml': '# v1\napiVersion: v1\nspec: {}\n',
    'c.json': '{"apiVersion": "v1", "kind": "", "metadata": {}}',
    'd.yaml': 'kind: Pod\nmetadata: x\n',
    'e.yaml': 'apiVersion: v2\nname: chart\n',
    'f.yaml': 'metadata: {}\nspec: {}\n# kind, apiVersion\n',
  });
  const lines = [
    'a.yaml:1:1 this is no object: its apiVersion is not set',
    'b.yaml:2:1 this is no object: its kind is not set',
    'c.json:1:1 this is no object: its kind is not set',
  ];
  const found = collect();
  assert.deepEqual(
    said(found),
    lines.map((line) => `warning ${line}`),
  );
  assert.equal(found.notManifests, 3);
  const named = collect(['a.yaml', 'b.yaml', 'c.json', 'd.yaml', 'e.yaml', 'f.yaml']);
  assert.deepEqual(
    said(named),
    lines.map((line) => `error ${line}`),
  );
  assert.deepEqual(said(collect(['-'], 'kind: Pod\nspec: {}\n')), [
    'error -:1:1 this is no object: its apiVersion is not set',
  ]);
});

test('what is no manifest is counted and never an error', () => {
  write({
    'compose.yaml': 'services:\n  web:\n    image: nginx\n',
    'values.yaml': 'replicas: 3\n# mentions apiVersion\n',
    'broken.yaml': '{{ not a manifest\n# apiVersion\n',
    'tsconfig.json': '{ // a comment\n "a": 1, }',
    'mkdocs.yml': 'x: !!python/name:foo\n',
    'pod.yaml': pod('x'),
  });
  const found = collect();
  assert.deepEqual(found.problems, []);
  assert.equal(found.notManifests, 5);
  assert.equal(found.files, 1);
});

test('reports and baselines of earlier scans are no objects', () => {
  write({
    'report.json': '{"apiVersion": "scantling.dev/v1", "kind": "Report", "findings": []}',
    'baseline.yaml': 'apiVersion: scantling.dev/v1\nkind: Baseline\n',
    'derived.yaml': 'apiVersion: scantling.dev/v1\nkind: Flow\n',
  });
  const { manifests, notManifests } = collect(['report.json', 'baseline.yaml', 'derived.yaml']);
  assert.deepEqual(
    manifests.map(({ reference }) => reference.kind),
    ['Flow'],
  );
  assert.equal(notManifests, 2);
});

test('a broken document is a located problem and costs no other', () => {
  write({ 'a.yaml': `${pod('one')}---\napiVersion: v1\nkind: Pod\n\tbad: tab\n---\n${pod('two')}` });
  const found = collect();
  assert.deepEqual(objects(found).length, 2);
  assert.equal(found.problems.length, 1);
  assert.equal(found.problems[0]!.severity, 'error');
  assert.equal(found.problems[0]!.file, 'a.yaml');
  assert.ok(found.problems[0]!.line >= 7 && found.problems[0]!.line <= 8, String(found.problems[0]!.line));
});

test('warnings of manifests are passed on, those of other files are not', () => {
  write({
    'pod.yaml': `${pod('x')}spec:\n  hostPID: yes\n  hostPID: no\n`,
    'other.yaml': 'a: yes # apiVersion\n',
  });
  const { problems } = collect();
  assert.ok(problems.length >= 1);
  assert.ok(problems.every(({ file, severity }) => file === 'pod.yaml' && severity === 'warning'));
});

test('templates of a chart need rendering, its crds do not', () => {
  write({
    'chart/Chart.yaml': 'apiVersion: v2\nname: x\n',
    'chart/values.yaml': 'a: 1\n',
    'chart/templates/web.yaml': `${pod('{{ .Release.Name }}')}`,
    'chart/charts/sub/Chart.yaml': 'apiVersion: v2\nname: sub\n',
    'chart/charts/sub/templates/x.yaml': pod('y'),
    'chart/crds/crd.yaml':
      'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: a.b}\n',
  });
  const found = collect();
  assert.deepEqual(found.renderingNeeded, ['chart']);
  assert.deepEqual(objects(found), ['chart/crds/crd.yaml#0  CustomResourceDefinition/a.b']);
  assert.deepEqual(collect(['chart/templates/web.yaml']).renderingNeeded, ['chart']);
});

test('patches of a kustomization are not judged raw, its resources are', () => {
  write({
    'base/kustomization.yaml': 'resources: [pod.yaml]\n',
    'base/pod.yaml': pod('x'),
    'over/kustomization.yaml': 'resources: [../base]\npatches:\n- path: patch.yaml\n- path: sub/p2.yaml\n',
    'over/patch.yaml': `${pod('x')}spec: {hostPID: true}\n`,
    'over/sub/p2.yaml': pod('x'),
  });
  const found = collect();
  assert.deepEqual(found.renderingNeeded, ['over']);
  assert.deepEqual(objects(found), ['base/pod.yaml#0  Pod/x']);
  assert.deepEqual(objects(collect(['over/sub/p2.yaml'])), []);
});

test('a template outside of a chart is said to be one', () => {
  write({ 'a.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .name }}\n  labels: {{ x }}: y\n' });
  const found = collect();
  assert.deepEqual(found.renderingNeeded, ['a.yaml']);
  assert.match(found.problems[0]!.reason, /has to be rendered first/);
  assert.equal(found.problems[0]!.severity, 'warning');
});

test('what stands between braces on several lines is no template, and looking for one takes no time', () => {
  const needed = (text: string): readonly string[] => {
    write({ 'a.yaml': `apiVersion: v1\nkind: Pod\nmetadata: [\n${text}\n` });
    return collect().renderingNeeded;
  };
  assert.deepEqual(needed('{{\n}}'), []);
  assert.deepEqual(needed('}} {{ x'), []);
  assert.deepEqual(needed('{{ a\nb }} c\n{{ d }}'), ['a.yaml']);
  assert.deepEqual(needed('{{ a\n{{ b }} c'), ['a.yaml']);
  assert.deepEqual(needed('{'.repeat(200_000)), []);
  assert.deepEqual(needed(`${'# {{\n'.repeat(200_000)}# }}`), []);
  assert.deepEqual(needed('\n'.repeat(200_000)), []);
});

test('standard input is a file called -', () => {
  const found = collect(['-'], pod('in'));
  assert.deepEqual(objects(found), ['-#0  Pod/in']);
});

test('a named file that is broken is an error whatever it holds', () => {
  write({ 'x.txt': 'a: [1\n', 'bad.yaml': Uint8Array.of(0x61, 0x3a, 0x20, 0xff, 0x0a) });
  const { problems } = collect(['x.txt', 'bad.yaml', 'missing.yaml']);
  assert.deepEqual(problems.map(({ file, severity }) => `${file} ${severity}`).sort(), [
    'bad.yaml error',
    'missing.yaml error',
    'x.txt error',
  ]);
});

test('a name that is not a string does no harm', () => {
  write({
    'a.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: 7\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: 5}\n',
  });
  assert.deepEqual(objects(collect()), ['a.yaml#0  Pod/', 'a.yaml#1  Pod/']);
});

test('a bare list of objects and a separator that is not alone are told, not passed over', () => {
  write({
    'list.json': '[{"apiVersion": "v1", "kind": "Pod"}]',
    'other.json': '[{"apiVersion": 1, "kind": "Pod"}, {"kind": "x"}, 3]',
    'glued.yaml': '---apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n',
  });
  const lines = [
    'glued.yaml:1:1 the separator --- must stand alone on its line',
    'list.json:1:1 a list of objects is no object: they belong under the items of a List',
  ];
  assert.deepEqual(
    said(collect()),
    lines.map((line) => `warning ${line}`),
  );
  assert.deepEqual(
    said(collect(['glued.yaml', 'list.json', 'other.json'])),
    lines.map((line) => `error ${line}`),
  );
});
