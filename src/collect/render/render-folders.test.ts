import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type Manifest, ManifestReader } from '../manifests.ts';
import { tar } from './packed-chart.fixture.ts';
import { renderFolders, type RenderOptions } from './render-folders.ts';

/** A folder with files, gone after the test; scripts are those that start with `#!`. */
function project(context: TestContext, files: Readonly<Record<string, string>>): string {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'scantling-folders-')));
  context.after(() => rmSync(root, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    if (text.startsWith('#!')) chmodSync(file, 0o755);
  }
  return root;
}

interface Seen {
  readonly manifests: readonly Manifest[];
  readonly problems: readonly string[];
  readonly needed: readonly string[];
}

async function collect(root: string, inputs = ['.'], more: Partial<RenderOptions> = {}): Promise<Seen> {
  const options = { cwd: root, exclude: ['bin'] };
  const reader = new ManifestReader(inputs, options);
  const outcome = await renderFolders(reader.found, reader.renderedFolders, {
    cwd: root,
    env: { PATH: `${path.join(root, 'bin')}${path.delimiter}${process.env['PATH']}`, HELM_DEBUG: '1' },
    kubernetesVersion: '1.36',
    timeoutSeconds: 20,
    values: [],
    ...more,
  });
  const again = new ManifestReader(outcome.found, { ...options, unwrapped: outcome.unwrapped });
  again.add({ problems: [], files: 0, notManifests: 0, renderingNeeded: outcome.unrendered });
  const manifests = [...again.files.keys()].flatMap((i) => again.read(i));
  const { problems, renderingNeeded } = again.result();
  return {
    manifests,
    problems: [...outcome.problems, ...problems].map(
      ({ file, line, reason, severity }) => `${severity} ${file}:${line} ${reason}`,
    ),
    needed: renderingNeeded,
  };
}

const names = ({ manifests }: Seen): string[] =>
  manifests.map(({ origin, reference }) => `${origin.file} ${reference.kind}/${reference.name}`);

const chart = {
  'web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
  'web/values.yaml': 'name: x\nsecurity:\n  privileged: true\n',
  'web/templates/pod.yaml':
    'apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Values.name }}\nspec:\n  containers:\n  - name: c\n    securityContext:\n      {{- toYaml .Values.security | nindent 6 }}\n',
  'web/crds/crd.yaml':
    'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: a.b}\n',
};

const output =
  '---\n# Source: web/templates/pod.yaml\napiVersion: v1\nkind: Pod\nmetadata:\n  name: x\nspec:\n  containers:\n  - name: c\n    securityContext:\n      privileged: true\n';

const helm = (script: string) => ({ 'bin/helm': `#!/bin/sh\n${script}\n` });
const printing = helm(`cat <<'END'\n${output}END`);

test('a chart is rendered, and what is in it is placed in its templates and values', async (t) => {
  const seen = await collect(project(t, { ...chart, ...printing }));
  assert.deepEqual(seen.problems, []);
  assert.deepEqual(seen.needed, []);
  assert.deepEqual(names(seen), [
    'web/templates/pod.yaml Pod/x',
    'web/crds/crd.yaml CustomResourceDefinition/a.b',
  ]);
  const [pod] = seen.manifests;
  const at = ['spec', 'containers', 0, 'securityContext', 'privileged'];
  const { location, rendered } = pod!.rendered!.locate(pod!.source, at);
  assert.equal(`${location.file}:${location.line}:${location.column}`, 'web/templates/pod.yaml:9:7');
  assert.equal(rendered?.text, 'privileged: true');
  assert.equal(rendered?.by, '.Values.security.privileged');
  assert.equal(`${rendered?.place?.file}:${rendered?.place?.line}`, 'web/values.yaml:3');
  const name = pod!.rendered!.locate(pod!.source, ['metadata', 'name']);
  assert.deepEqual([name.location.line, name.rendered?.text, name.rendered?.place?.line], [4, 'name: x', 1]);
  const missing = pod!.rendered!.locate(pod!.source, ['spec', 'hostPID']);
  assert.deepEqual([missing.location.line, missing.rendered], [5, undefined]);
  assert.match(pod!.rendered!.instead, /^rendered from web\/templates\/pod.yaml; change the template/);
  assert.ok(pod!.rendered!.inputs().some((file) => file.endsWith(path.join('web', 'values.yaml'))));
});

test('what Helm is called with: no cluster, no plug-ins, no variables of its own', async (t) => {
  const dump = helm('echo "$@" > "$(dirname "$0")/../called"; env > "$(dirname "$0")/../env"');
  const root = project(t, { ...chart, ...dump, 'more.yaml': 'name: y\n' });
  await collect(root, ['.'], { values: [path.join(root, 'more.yaml')] });
  const { readFileSync } = await import('node:fs');
  const called = readFileSync(path.join(root, 'called'), 'utf8').trim().split(' ');
  assert.deepEqual(called, [
    'template',
    'web',
    path.join(root, 'web'),
    '--namespace=web',
    '--kube-version=v1.36.0',
    `--values=${path.join(root, 'more.yaml')}`,
  ]);
  const env = readFileSync(path.join(root, 'env'), 'utf8');
  for (const one of ['KUBECONFIG', 'HELM_PLUGINS', 'HELM_REPOSITORY_CACHE', 'HELM_CONFIG_HOME'])
    assert.match(env, new RegExp(`^${one}=.*scantling-render-`, 'm'));
  assert.doesNotMatch(env, /^HELM_DEBUG/m);
  assert.match(env, /^HTTPS_PROXY=http:\/\/127\.0\.0\.1:9$/m);
});

test('without Helm one sentence, and the chart needs rendering', async (t) => {
  const root = project(t, { ...chart, 'b/Chart.yaml': 'name: b\n', 'b/values.yaml': 'a: 1\n' });
  const seen = await collect(root, ['.'], { env: {} });
  assert.deepEqual(seen.problems, [
    'warning b/Chart.yaml:0 not rendered and not judged, nor are 1 more: helm is not installed; install it, or name it in SCANTLING_HELM',
  ]);
  assert.deepEqual(seen.needed, ['web']);
  assert.deepEqual(names(seen), ['web/crds/crd.yaml CustomResourceDefinition/a.b']);
});

test('a chart that fails, hangs or never stops costs only itself', async (t) => {
  const cases: readonly (readonly [string, RegExp])[] = [
    [
      'echo "Error: template: web/templates/pod.yaml:4:11: executing x: nil pointer" >&2; exit 1',
      /^warning web\/templates\/pod.yaml:4 helm template: template: .* nil pointer$/,
    ],
    [
      'echo "Error: found in Chart.yaml, but missing in charts/ directory: db, cache" >&2; exit 1',
      /^warning web\/Chart.yaml:1 the chart is not rendered: .*\(db, cache\)/,
    ],
    ['exit 7', /^warning web\/Chart.yaml:1 helm template: it ended with exit code 7/],
    ['sleep 100', /^warning web\/Chart.yaml:1 helm template: it took longer than 1 s/],
    ['yes "a: b"', /^warning web\/Chart.yaml:1 helm template: it (?:took longer|wrote more)/],
  ];
  for (const [script, expected] of cases) {
    const root = project(t, {
      ...chart,
      ...helm(script),
      'other.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: o}\n',
    });
    const seen = await collect(root, ['.'], { timeoutSeconds: script === 'sleep 100' ? 1 : 3 });
    assert.equal(seen.problems.length, 1);
    assert.match(seen.problems[0]!, expected);
    assert.deepEqual(seen.needed, ['web'], script);
    assert.ok(names(seen).includes('other.yaml Pod/o'));
  }
});

test('garbage is said to be garbage, at the template it came from', async (t) => {
  const garbage = helm(
    "printf -- '---\\n# Source: web/templates/pod.yaml\\na: [1\\n---\\n# Source: web/templates/pod.yaml\\nkind: Pod\\nspec: {}\\n---\\n\\001\\002\\n'",
  );
  const seen = await collect(project(t, { ...chart, ...garbage }));
  assert.match(seen.problems[0]!, /^error web\/templates\/pod.yaml:1 in what it renders to: /);
  assert.match(seen.problems[1]!, /^warning web\/templates\/pod.yaml:\d+ this is no object: its apiVersion/);
  assert.deepEqual(names(seen), ['web/crds/crd.yaml CustomResourceDefinition/a.b']);
});

test('a library chart is told, not rendered', async (t) => {
  const library = { ...chart, 'web/Chart.yaml': 'apiVersion: v2\nname: web\ntype: library\n' };
  const seen = await collect(project(t, { ...library, ...helm('exit 1') }));
  assert.match(
    seen.problems.join(),
    /^warning web\/Chart.yaml:3 a library chart makes no objects of its own/,
  );
  assert.deepEqual(seen.needed, []);
});

test('a chart that cannot be read is told', async (t) => {
  for (const text of ['name: [', 'version: 1\n', '- a\n']) {
    const seen = await collect(project(t, { ...chart, ...printing, 'web/Chart.yaml': text }));
    assert.match(seen.problems[0]!, /^warning web\/Chart.yaml:1 the chart is not rendered: Chart.yaml /);
    assert.deepEqual(seen.needed, ['web']);
  }
});

test('of a chart of which only a template is named, only that counts', async (t) => {
  const two = `${output}---\n# Source: web/templates/other.yaml\napiVersion: v1\nkind: Pod\nmetadata: {name: other}\n`;
  const root = project(t, {
    ...chart,
    'web/templates/other.yaml': 'kind: Pod\n',
    ...helm(`cat <<'END'\n${two}END`),
  });
  assert.deepEqual(names(await collect(root, ['web/templates/pod.yaml'])), ['web/templates/pod.yaml Pod/x']);
  assert.equal(names(await collect(root, ['web/values.yaml'])).length, 2);
  assert.equal(names(await collect(root, ['web/templates'])).length, 2);
  assert.equal(names(await collect(root, ['web/crds'])).length, 1);
});

test('templates of subcharts by alias, and of packed ones', async (t) => {
  const root = project(t, {
    'web/Chart.yaml':
      'apiVersion: v2\nname: web\ndependencies:\n- name: db\n  alias: store\n- name: cache\n  version: 1\n',
    'web/values.yaml': 'store:\n  image: mine\nglobal:\n  tag: t\n',
    'web/charts/db/Chart.yaml': 'apiVersion: v2\nname: db\n',
    'web/charts/db/values.yaml': 'image: theirs\nport: 5\n',
    'web/charts/db/templates/a.yaml':
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Values.image }}\n  labels:\n    port: {{ .Values.port }}\n    tag: {{ .Values.global.tag }}\n',
    ...helm(
      "cat <<'END'\n---\n# Source: web/charts/store/templates/a.yaml\napiVersion: v1\nkind: Pod\nmetadata:\n  name: mine\n  labels:\n    port: 5\n    tag: t\n---\n# Source: web/charts/cache/templates/b.yaml\napiVersion: v1\nkind: Pod\nmetadata:\n  name: packed\nEND",
    ),
  });
  const { manifests } = await collect(root);
  const [pod, packed] = manifests;
  const place = (at: readonly string[]): string => {
    const found = pod!.rendered!.locate(pod!.source, at);
    return `${found.location.file}:${found.location.line} ${found.rendered?.place?.file}:${found.rendered?.place?.line}`;
  };
  assert.equal(place(['metadata', 'name']), 'web/charts/db/templates/a.yaml:4 web/values.yaml:2');
  assert.equal(
    place(['metadata', 'labels', 'port']),
    'web/charts/db/templates/a.yaml:6 web/charts/db/values.yaml:2',
  );
  assert.equal(place(['metadata', 'labels', 'tag']), 'web/charts/db/templates/a.yaml:7 web/values.yaml:4');
  const found = packed!.rendered!.locate(packed!.source, ['metadata', 'name']);
  assert.deepEqual([found.location.file, found.location.line], ['web/Chart.yaml', 6]);
  assert.match(found.rendered!.by, /templates\/b.yaml of a packed chart/);
});

test('what is in an archive is placed at the value that decides it, else at the dependency', async (t) => {
  const root = project(t, {
    'web/Chart.yaml': 'apiVersion: v2\nname: web\ndependencies:\n- name: db\n  alias: store\n',
    'web/values.yaml': 'store:\n  image: mine\n  inner:\n    port: 7\n',
    'web/charts/README': '',
    ...helm(
      "cat <<'END'\n---\n# Source: web/charts/store/templates/a.yaml\napiVersion: v1\nkind: Pod\nmetadata:\n  name: mine\n  labels:\n    fixed: x\n    tier: low\n---\n# Source: web/charts/store/charts/inner/templates/b.yaml\napiVersion: v1\nkind: Service\nport: 7\nEND",
    ),
  });
  const archive = tar([
    { name: 'db/Chart.yaml', text: 'apiVersion: v2\nname: db\n' },
    { name: 'db/values.yaml', text: 'image: theirs\ntier: low\n' },
    {
      name: 'db/templates/a.yaml',
      text: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Values.image }}\n  labels:\n    fixed: x\n    tier: {{ .Values.tier }}\n',
    },
    { name: 'db/charts/inner/Chart.yaml', text: 'name: inner\n' },
    {
      name: 'db/charts/inner/templates/b.yaml',
      text: 'apiVersion: v1\nkind: Service\nport: {{ .Values.port }}\n',
    },
  ]);
  writeFileSync(path.join(root, 'web/charts/db-1.0.0.tgz'), gzipSync(archive));
  const [pod, service] = (await collect(root)).manifests;
  const place = (one: Manifest, at: readonly string[]): string => {
    const { location, rendered } = one.rendered!.locate(one.source, at);
    return `${location.file}:${location.line} ${rendered?.text} (${rendered?.by})`;
  };
  const template = 'web/charts/db-1.0.0.tgz/templates/a.yaml';
  assert.equal(
    place(pod!, ['metadata', 'name']),
    `web/values.yaml:2 name: mine (.Values.image, ${template}:4)`,
  );
  assert.equal(place(pod!, ['metadata', 'labels', 'fixed']), `web/Chart.yaml:4  (${template}:6)`);
  assert.equal(
    place(pod!, ['metadata', 'labels', 'tier']),
    `web/Chart.yaml:4 tier: low (.Values.tier, ${template}:7)`,
  );
  assert.equal(
    place(service!, ['port']),
    'web/values.yaml:4 port: 7 (.Values.port, web/charts/db-1.0.0.tgz/charts/inner/templates/b.yaml:3)',
  );
  assert.match(pod!.rendered!.instead, /which is packed; change the values of web$/);
});

test('an Application has the chart rendered its way, once', async (t) => {
  const root = project(t, {
    ...chart,
    '.git/HEAD': '',
    'apps/app.yaml':
      'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: shop}\nspec:\n  destination: {namespace: shop}\n  source:\n    path: web\n    helm:\n      valuesObject:\n        security: {privileged: true}\n      parameters:\n      - {name: a, value: "1,2"}\n',
    ...helm(
      `echo "$@" >> "$(dirname "$0")/../called"; cat "\${6#--values=}" >> "$(dirname "$0")/../given"; cat <<'END'\n${output}END`,
    ),
  });
  const seen = await collect(root);
  assert.deepEqual([seen.problems, seen.needed], [[], []]);
  assert.equal(names(seen).filter((one) => one.endsWith('Pod/x')).length, 1);
  const { readFileSync } = await import('node:fs');
  const called = readFileSync(path.join(root, 'called'), 'utf8').trim();
  assert.match(
    called,
    /^template shop \S+ --namespace=shop --kube-version=v1.36.0 --values=\S+ --set=a=1\\,2$/,
  );
  assert.match(readFileSync(path.join(root, 'given'), 'utf8'), /privileged: true/);
  const pod = seen.manifests.find(({ reference }) => reference.kind === 'Pod')!;
  const at = ['spec', 'containers', 0, 'securityContext', 'privileged'];
  const { rendered } = pod.rendered!.locate(pod.source, at);
  assert.deepEqual([rendered?.place?.file, rendered?.place?.line], ['apps/app.yaml', 10]);
});

test('what is not in the input is said of an Application, and it needs rendering', async (t) => {
  const root = project(t, {
    ...chart,
    ...printing,
    'app.yaml':
      'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: proxy}\nspec:\n  source: {repoURL: "https://x", chart: nginx}\n',
  });
  const seen = await collect(root);
  assert.match(
    seen.problems.join(),
    /^warning app.yaml:5 what Application proxy applies is not judged: the chart nginx of https:\/\/x is not in the input$/,
  );
  assert.deepEqual(seen.needed, ['app.yaml']);
});

const overlay = {
  'base/kustomization.yaml': 'resources: [pod.yaml]\n',
  'base/pod.yaml':
    'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - name: c\n    image: x\n',
  'prod/kustomization.yaml':
    'resources: [../base]\nnamePrefix: p-\npatches:\n- path: patch.yaml\n- target: {kind: Pod}\n  patch: |-\n    - op: add\n      path: /spec/hostIPC\n      value: true\n',
  'prod/patch.yaml':
    'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - name: c\n    tty: true\n',
};

const built = `apiVersion: v1
kind: Pod
metadata:
  annotations:
    config.kubernetes.io/origin: |
      path: BASE/pod.yaml
  name: p-web
spec:
  containers:
  - image: x
    name: c
    tty: true
  hostIPC: true
`;

/** Prints what Kustomize would, with the way to the base as it would say it. */
const kubectl = {
  'bin/kubectl': `#!/bin/sh\nsed "s|BASE|$(dirname "$0")/../base|" <<'END'\n${built}END\n`,
};

test('an overlay is rendered in the place of what it is made of', async (t) => {
  const root = project(t, { ...overlay, ...kubectl });
  const seen = await collect(root);
  assert.deepEqual([seen.problems, seen.needed], [[], []]);
  assert.deepEqual(names(seen), ['base/pod.yaml Pod/p-web']);
  const [pod] = seen.manifests;
  assert.equal(JSON.stringify(pod!.value).includes('origin'), false);
  const place = (...at: (string | number)[]): string => {
    const { location, rendered } = pod!.rendered!.locate(pod!.source, at);
    return `${location.file}:${location.line} ${rendered?.by ?? ''}`.trim();
  };
  assert.equal(place('spec', 'containers', 0, 'image'), 'base/pod.yaml:7');
  assert.equal(place('spec', 'containers', 0, 'tty'), 'prod/patch.yaml:7');
  assert.equal(place('spec', 'hostIPC'), 'prod/kustomization.yaml:8');
  assert.equal(place('metadata', 'name'), 'prod/kustomization.yaml:2 namePrefix');
  assert.equal(place('spec', 'containers', 0, 'securityContext', 'privileged'), 'base/pod.yaml:6');
  assert.match(
    pod!.rendered!.instead,
    /^rendered by prod\/kustomization.yaml; change base\/pod.yaml or a patch$/,
  );
});

test('a kustomization that changes nothing is judged file by file, without any program', async (t) => {
  const { 'base/kustomization.yaml': list, 'base/pod.yaml': pod } = overlay;
  const root = project(t, { 'base/kustomization.yaml': list, 'base/pod.yaml': pod });
  const seen = await collect(root, ['.'], { env: {} });
  assert.deepEqual([seen.problems, names(seen)], [[], ['base/pod.yaml Pod/web']]);
});

test('what would need the network, or is not there, is not even tried', async (t) => {
  const cases: readonly (readonly [string, RegExp])[] = [
    [
      'resources: ["https://example.com/x.yaml"]',
      /:1 the kustomization is not rendered: https:.* is not in the input$/,
    ],
    [
      'namePrefix: a\nresources:\n- github.com/a/b?ref=v1',
      /:3 .*github.com\/a\/b\?ref=v1 is not in the input$/,
    ],
    ['resources: [gone.yaml]\nnamePrefix: a', /:1 .*there is no file or folder gone.yaml$/],
    ['helmCharts: [{name: x}]', /:1 .*helmCharts is not followed/],
  ];
  for (const [text, expected] of cases) {
    const root = project(t, {
      'k/kustomization.yaml': `${text}\n`,
      'bin/kubectl': '#!/bin/sh\ntouch called\n',
    });
    const seen = await collect(root);
    assert.match(seen.problems[0]!, expected);
  }
});

test('an overlay that fails leaves its files as they are', async (t) => {
  const failing = { 'bin/kubectl': '#!/bin/sh\necho "error: no matches for Id in patch.yaml" >&2\nexit 1\n' };
  const seen = await collect(project(t, { ...overlay, ...failing }));
  assert.match(
    seen.problems[0]!,
    /^warning prod\/kustomization.yaml:4 kustomize: no matches for Id in patch.yaml$/,
  );
  assert.deepEqual(seen.needed, ['prod']);
  assert.deepEqual(names(seen), ['base/pod.yaml Pod/web']);
});

test('a kustomization that cannot be read or has something missing is told, and counts as to be rendered', async (t) => {
  const of = (text: string) => collect(project(t, { 'over/kustomization.yaml': text }));
  const broken = await of('resources: [\n');
  assert.deepEqual(broken.needed, ['over']);
  assert.equal(broken.problems.length, 1);
  assert.match(
    broken.problems[0]!,
    /^warning over\/kustomization.yaml:2 the kustomization is not rendered: un/,
  );
  const empty = await of('');
  assert.deepEqual(empty.problems, [
    'warning over/kustomization.yaml:1 the kustomization is not rendered: it holds no fields',
  ]);
  const missing = await of('resources: [../base.yaml]\n');
  assert.deepEqual(missing.needed, ['over']);
  assert.deepEqual(missing.problems, [
    'warning over/kustomization.yaml:1 the kustomization is not rendered: there is no file or folder ../base.yaml',
  ]);
});
