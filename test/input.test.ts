import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { failures, privilegedPod, problems, project, run, scanJson } from './golden/program.ts';

const only = ['-c', 'privileged-container'];
const found = 'privileged-container web spec.containers[0].securityContext.privileged';
const podJson = JSON.stringify(
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web' },
    spec: { containers: [{ name: 'web', image: 'nginx', securityContext: { privileged: true } }] },
  },
  null,
  2,
);

describe('forms of input', () => {
  const forms: readonly (readonly [string, string, string | Uint8Array, string])[] = [
    ['YAML', 'a.yaml', privilegedPod, '10:7'],
    ['JSON', 'a.json', podJson, '13:11'],
    ['JSON in a .yaml file', 'a.yml', podJson, '13:11'],
    ['CRLF', 'a.yaml', privilegedPod.replaceAll('\n', '\r\n'), '10:7'],
    ['a byte order mark', 'a.yaml', `\ufeff${privilegedPod}`, '10:7'],
    ['UTF-16 with a byte order mark', 'a.yaml', Buffer.from(`\ufeff${privilegedPod}`, 'utf16le'), ''],
    ['a second document', 'a.yaml', `# nothing\n---\n${privilegedPod}`, '12:7'],
    [
      'a flow mapping',
      'a.yaml',
      `{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: ${podJson.slice(podJson.indexOf('"spec":') + 8)}`,
      '',
    ],
    [
      'a List',
      'a.yaml',
      `apiVersion: v1\nkind: List\nitems:\n- ${privilegedPod.trimEnd().replaceAll('\n', '\n  ')}\n`,
      '13:9',
    ],
    [
      'a PodList whose items say no kind',
      'a.json',
      `{"apiVersion":"v1","kind":"PodList","items":[\n{"metadata":{"name":"web"},"spec":{"containers":[{"name":"web","image":"x","securityContext":{"privileged":true}}]}}]}`,
      '2:95',
    ],
    [
      'wide characters before the span',
      'a.yaml',
      privilegedPod
        .replace('      privileged: true', '      {"名": 1, privileged: true}')
        .replace('\n      {"名": 1', ' {"名": 1'),
      '',
    ],
  ];
  for (const [what, file, text, place] of forms) {
    test(what, async (t) => {
      const cwd = project(t, { [file]: text });
      const { report } = await scanJson([file, ...only], { cwd });
      if (what.startsWith('UTF-16')) {
        const walked = await scanJson(only, { cwd });
        assert.deepEqual(failures(walked.report), failures(report));
      }
      const [first, ...rest] = failures(report);
      assert.deepEqual(rest, []);
      assert.ok(first?.startsWith(found), first);
      if (place !== '') assert.equal(first, `${found} ${place}`);
    });
  }

  test('standard input', async (t) => {
    const cwd = project(t);
    const { report } = await scanJson(['-', ...only], { cwd, stdin: privilegedPod });
    assert.deepEqual(failures(report), [`${found} 10:7`]);
    assert.equal(report.findings[0]!.location.file, '-');
    const broken = await run(['scan', '-', ...only], { cwd, stdin: 'a: [' });
    assert.equal(broken.code, 3);
  });

  test('standard input and files together, a configuration above the working folder', async (t) => {
    const cwd = project(t, { '.scantling.yaml': 'failOn: critical\n', 'a/b.yaml': privilegedPod });
    const { report } = await scanJson(['-', 'a', ...only], { cwd, stdin: privilegedPod });
    assert.equal(failures(report).length, 2);
  });
});

describe('which files are looked at', () => {
  test('files, folders, globs, each once', async (t) => {
    const cwd = project(t, {
      'a/one.yaml': privilegedPod,
      'a/b/two.yml': privilegedPod,
      'a/b/notes.txt': privilegedPod,
      'a/three.json': podJson,
    });
    const files = async (...args: string[]): Promise<string[]> => {
      const { report } = await scanJson([...args, ...only], { cwd });
      return report.findings.map(({ location }) => location.file);
    };
    assert.deepEqual(await files('a'), ['a/b/two.yml', 'a/one.yaml', 'a/three.json']);
    assert.deepEqual(await files('a', 'a/one.yaml', './a/one.yaml'), [
      'a/b/two.yml',
      'a/one.yaml',
      'a/three.json',
    ]);
    assert.deepEqual(await files('a/*.yaml'), ['a/one.yaml']);
    assert.deepEqual(await files('a/**/*.y*ml'), ['a/b/two.yml', 'a/one.yaml']);
    assert.deepEqual(await files('a/b/notes.txt'), ['a/b/notes.txt'], 'a named file whatever its name');
    assert.deepEqual(await files(path.join(cwd, 'a', 'b')), ['a/b/two.yml']);
  });

  test('a glob that matches nothing is an error', async (t) => {
    const { code, report } = await scanJson(['x/*.yaml'], { cwd: project(t) });
    assert.equal(code, 3);
    assert.deepEqual(problems(report), ['error x/*.yaml the pattern matches no file']);
  });

  test('.git, node_modules and what .gitignore names are skipped', async (t) => {
    const cwd = project(t, {
      '.git/HEAD': 'ref: x',
      '.git/a.yaml': privilegedPod,
      'node_modules/x/a.yaml': privilegedPod,
      '.gitignore': 'build/\n*.local.yaml\n!keep.local.yaml\n',
      'build/a.yaml': privilegedPod,
      'a.local.yaml': privilegedPod,
      'keep.local.yaml': privilegedPod,
      'sub/.gitignore': '/b.yaml\n',
      'sub/b.yaml': privilegedPod,
      'sub/deeper/b.yaml': privilegedPod,
    });
    const { report } = await scanJson(only, { cwd });
    assert.deepEqual(
      report.findings.map(({ location }) => location.file),
      ['keep.local.yaml', 'sub/deeper/b.yaml'],
    );
  });

  test('links out of the tree are not followed, and said', async (t) => {
    const outside = project(t, { 'pod.yaml': privilegedPod });
    const cwd = project(t, { 'in/pod.yaml': privilegedPod });
    symlinkSync(path.join(outside, 'pod.yaml'), path.join(cwd, 'out.yaml'));
    symlinkSync(outside, path.join(cwd, 'folder'));
    symlinkSync(path.join(cwd, 'in'), path.join(cwd, 'inside'));
    symlinkSync(cwd, path.join(cwd, 'in', 'circle'));
    symlinkSync(path.join(cwd, 'nowhere'), path.join(cwd, 'dangling.yaml'));
    const { code, report } = await scanJson(only, { cwd });
    assert.equal(code, 1);
    assert.deepEqual(
      report.findings.map(({ location }) => location.file),
      ['in/pod.yaml'],
    );
    const words = 'a symbolic link that leads out of the folder is not followed';
    assert.deepEqual(problems(report).sort(), [
      'warning dangling.yaml a symbolic link that leads nowhere',
      `warning folder ${words}`,
      `warning out.yaml ${words}`,
    ]);
    const named = await scanJson(['out.yaml', ...only], { cwd });
    assert.equal(failures(named.report).length, 1, 'a link that is named is meant');
  });

  test('a folder named like a file', async (t) => {
    const cwd = project(t, { 'ok.yaml': privilegedPod });
    mkdirSync(path.join(cwd, 'x.yaml'));
    const { report } = await scanJson(only, { cwd });
    assert.equal(failures(report).length, 1);
    assert.deepEqual(problems(report), []);
  });

  test('what is no manifest is counted, never an error', async (t) => {
    const cwd = project(t, {
      'compose.yaml': 'services:\n  web:\n    image: nginx\n    privileged: true\n',
      'values.yaml': 'image: nginx\n',
      'broken.yaml': 'a: [unclosed\n',
      'template.yaml': 'a: {{ .Values.x }}\n  b: c\n',
      'package.json': '{"name": "x", "kind": "library"}',
      'tsconfig.json': '{ // comments\n "a": 1, }',
      'workflow.yaml': 'on: push\njobs: {}\n',
      'list.yaml': '- 1\n- 2\n',
      'pod.yaml': privilegedPod,
    });
    const { code, report } = await scanJson(only, { cwd });
    assert.equal(code, 1);
    assert.deepEqual(problems(report), []);
    assert.deepEqual([report.coverage.files, report.coverage.notManifests], [1, 8]);
  });

  test('Helm charts and Kustomize patches need rendering and are not judged raw', async (t) => {
    const cwd = project(t, {
      'chart/Chart.yaml': 'apiVersion: v2\nname: chart\nversion: 1.0.0\n',
      'chart/values.yaml': 'image: nginx\n',
      'chart/templates/pod.yaml': privilegedPod,
      'chart/templates/if.yaml': '{{- if .Values.on }}\napiVersion: v1\nkind: Pod\n{{- end }}\n',
      'chart/crds/crd.yaml':
        'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: a.b.c}\nspec: {}\n',
      'kust/kustomization.yaml': 'resources: [pod.yaml]\npatches:\n- path: patch.yaml\n',
      'kust/pod.yaml': privilegedPod,
      'kust/patch.yaml': privilegedPod.replace('    image: nginx\n', ''),
      'plain/kustomization.yaml': 'resources: [pod.yaml]\n',
      'plain/pod.yaml': privilegedPod,
    });
    const { code, report } = await scanJson(only, { cwd });
    assert.equal(code, 1);
    assert.deepEqual(
      report.findings.map(({ location }) => location.file),
      ['kust/pod.yaml', 'plain/pod.yaml'],
    );
    assert.deepEqual(report.coverage.renderingNeeded, ['chart', 'kust']);
    assert.equal((await scanJson([...only, '--fail-on', 'unknown'], { cwd })).code, 3);
  });

  test('a template outside of any chart is recognised', async (t) => {
    const cwd = project(t, { 'pod.yaml': privilegedPod.replace('name: web', 'name: {{ .name }}') });
    const { code, report } = await scanJson(only, { cwd });
    assert.equal(code, 0);
    assert.deepEqual(report.coverage.renderingNeeded, ['pod.yaml']);
    assert.equal(problems(report).length, 1);
    assert.match(
      problems(report)[0]!,
      /^warning pod.yaml:4:\d+ looks like a template that has to be rendered first: /,
    );
  });
});

describe('what the API server makes of an object', () => {
  test('a wrong type is located with the words of the API server, and the others are judged', async (t) => {
    const cwd = project(t, {
      'a.yaml': `${privilegedPod.replace('privileged: true', 'privileged: "true"')}---\n${privilegedPod}`,
    });
    const { code, report } = await scanJson(only, { cwd });
    assert.equal(code, 3);
    assert.deepEqual(problems(report), [
      'error a.yaml:10:7 Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal string into Go struct field SecurityContext.spec.containers.securityContext.privileged of type bool',
    ]);
    assert.deepEqual(failures(report), [`${found} 21:7`]);
  });

  test('unknown fields are warnings at the field', async (t) => {
    const cwd = project(t, { 'a.yaml': privilegedPod.replace('privileged:', 'priviledged:') });
    const { code, report } = await scanJson(only, { cwd });
    assert.equal(code, 0);
    assert.deepEqual(problems(report), [
      'warning a.yaml:10:7 the API server knows no field "priviledged" here and drops it',
    ]);
  });

  test('duplicate keys and words that YAML 1.2 reads otherwise are warnings at their place', async (t) => {
    const cwd = project(t, {
      'a.yaml': privilegedPod.replace('privileged: true', 'privileged: false\n      privileged: yes'),
    });
    const { report } = await scanJson(only, { cwd });
    assert.deepEqual(failures(report), [`${found} 11:7`]);
    assert.deepEqual(
      problems(report).map((line) => line.slice(0, 20)),
      ['warning a.yaml:11:7 ', 'warning a.yaml:11:19'],
    );
  });

  test('a version that is not served any more is judged as its successor, and said', async (t) => {
    const cwd = project(t, {
      'a.yaml': `apiVersion: extensions/v1beta1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
      - {name: web, image: nginx, securityContext: {privileged: true}}
`,
    });
    const { report } = await scanJson(only, { cwd });
    assert.deepEqual(failures(report), [
      'privileged-container web spec.template.spec.containers[0].securityContext.privileged 8:53',
    ]);
    assert.deepEqual(problems(report), [
      'warning a.yaml:1:1 extensions/v1beta1 Deployment is not served since Kubernetes 1.16; use apps/v1',
    ]);
  });

  test('a pod template in a custom resource is found by its shape', async (t) => {
    const cwd = project(t, {
      'a.yaml': `apiVersion: example.com/v1
kind: Workload
metadata: {name: web}
spec:
  privileged: true
  workers:
  - replicas: 3
    podTemplate:
      spec:
        initContainers:
        - name: setup
          image: busybox
          securityContext: {privileged: true}
        containers:
        - {name: web, image: nginx}
`,
    });
    const { report } = await scanJson(only, { cwd });
    assert.deepEqual(failures(report), [
      'privileged-container web spec.workers[0].podTemplate.spec.initContainers[0].securityContext.privileged 13:29',
    ]);
    assert.equal(report.findings[0]!.object.kind, 'Workload');
  });

  test('zero values are dropped as the server does: hostPID: false is no finding', async (t) => {
    const cwd = project(t, { 'a.yaml': privilegedPod.replace('spec:\n', 'spec:\n  hostPID: false\n') });
    assert.equal(failures((await scanJson(['-c', 'host-namespaces'], { cwd })).report).length, 0);
  });

  test('a pod without containers is unknown, never a pass', async (t) => {
    const cwd = project(t, { 'a.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {}\n' });
    const { report } = await scanJson([...only, '--show', 'all'], { cwd });
    assert.deepEqual(
      report.findings.map(({ verdict }) => verdict),
      ['unknown'],
    );
  });
});

describe('objects that others own', () => {
  const template = (indent: string, containers: readonly string[]): string =>
    containers
      .map((name) => `${indent}- {name: ${name}, image: nginx, securityContext: {privileged: true}}\n`)
      .join('');
  const owner = (apiVersion: string, kind: string, name: string): string =>
    `  ownerReferences: [{apiVersion: ${apiVersion}, kind: ${kind}, name: ${name}, uid: u, controller: true}]\n`;
  const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
${template('      ', ['web'])}`;
  const replicaSet = deployment
    .replace('kind: Deployment', 'kind: ReplicaSet')
    .replace(
      'metadata: {name: web, namespace: shop}\n',
      `metadata:\n  name: web-1\n  namespace: shop\n${owner('apps/v1', 'Deployment', 'web')}`,
    );
  const pod = `apiVersion: v1
kind: Pod
metadata:
  name: web-1-a
  namespace: shop
${owner('apps/v1', 'ReplicaSet', 'web-1')}spec:
  containers:
${template('  ', ['sidecar', 'web'])}`;

  test('fold into the owner; what only the pod has stays', async (t) => {
    const cwd = project(t, { 'a.yaml': [pod, replicaSet, deployment].join('---\n') });
    const { report } = await scanJson(only, { cwd });
    assert.deepEqual(
      report.findings.map(({ object, path }) => `${object.kind} ${path}`),
      [
        'Pod spec.containers[0].securityContext.privileged',
        'Deployment spec.template.spec.containers[0].securityContext.privileged',
      ],
    );
    assert.match((await run(['scan', ...only], { cwd })).out, /^2 failures in 2 of 3 objects/m);
  });

  test('stand for themselves without their owner, or with one in another namespace', async (t) => {
    const cwd = project(t, {
      'a.yaml': [
        pod,
        deployment
          .replace('namespace: shop', 'namespace: other')
          .replace('name: web,', 'name: web-1,')
          .replace('kind: Deployment', 'kind: ReplicaSet'),
      ].join('---\n'),
    });
    assert.equal(failures((await scanJson(only, { cwd })).report).length, 3);
  });

  test('references in a circle hide nothing', async (t) => {
    const one = (name: string, other: string): string =>
      privilegedPod.replace('  name: web\n', `  name: ${name}\n${owner('v1', 'Pod', other)}`);
    const cwd = project(t, { 'a.yaml': [one('a', 'b'), one('b', 'a'), one('c', 'c')].join('---\n') });
    assert.equal(failures((await scanJson(only, { cwd })).report).length, 3);
  });
});
