import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { project, run, type Run, write } from './golden/program.ts';

const template = `apiVersion: v1
kind: Pod
metadata:
  name: web
  annotations: {{ toYaml .Values.annotations | nindent 4 }}
spec:
  containers:
  - name: c
    image: x
    securityContext:
      privileged: {{ .Values.privileged }}
`;

/** Stands for Helm: puts the two values of the chart into its template. */
const helm = `#!/bin/sh
privileged=$(sed -n 's/^privileged: //p' "$3/values.yaml")
note=$(sed -n 's/^  note: //p' "$3/values.yaml")
echo "---"
echo "# Source: web/templates/pod.yaml"
sed -e "s/{{ .Values.privileged }}/$privileged/" -e "s|{{ toYaml .Values.annotations . nindent 4 }}|{$note}|" "$3/templates/pod.yaml"
`;

function chart(context: TestContext, privileged: boolean, note = '') {
  const values = `privileged: ${privileged}\nannotations:\n  note: ${note}\n`;
  const root = project(context, {
    'web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
    'web/values.yaml': values,
    'web/templates/pod.yaml': template,
    'bin/helm': helm,
  });
  chmodSync(path.join(root, 'bin/helm'), 0o755);
  const around = { cwd: root, env: { PATH: process.env['PATH']!, SCANTLING_HELM: 'bin/helm' } };
  const call = (...args: string[]): Promise<Run> => run([...args, '-c', 'privileged-container'], around);
  return { root, call, git: (...args: string[]) => execFileSync('git', args, { cwd: root, stdio: 'pipe' }) };
}

describe('a chart is like any other input', () => {
  test('its findings count, wherever they come from', async (t) => {
    const { call } = chart(t, true);
    const { code, out } = await call('scan', 'web');
    assert.equal(code, 1);
    assert.match(out, /web\/templates\/pod.yaml:11:7\n/);
    assert.match(out, /renders as {2}privileged: true {2}\(\.Values\.privileged, web\/values\.yaml:1\)/);
    assert.equal((await chart(t, false).call('scan', 'web')).code, 0);
  });

  test('annotations in it suppress, a baseline knows its findings again', async (t) => {
    const suppressed = chart(t, true, 'ignore.scantling.dev/privileged-container: it has to');
    assert.match((await suppressed.call('scan', 'web')).out, /1 suppressed/);
    const { call, root } = chart(t, true);
    await call('scan', 'web', '--write-baseline', '--baseline', 'b.json');
    write(root, { 'web/templates/pod.yaml': `# moved\n\n${template}` });
    assert.equal((await call('scan', 'web', '--baseline', 'b.json')).code, 0);
  });

  test('the configuration in its folder counts for it', async (t) => {
    const { call, root } = chart(t, true);
    write(root, {
      'web/.scantling.yaml': 'failOn: unknown\nexclude: []\nseverity:\n  privileged-container: low\n',
    });
    const { code, out, err } = await call('scan', '.', '--exclude', 'bin');
    assert.notEqual(code, 2, err);
    assert.match(out, /privileged-container {2}low/);
  });

  test('since a commit: values that change make findings new', async (t) => {
    const { call, git, root } = chart(t, true);
    git('init', '-q');
    git('add', '.');
    git('-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '-q', '-m', 'all');
    assert.equal((await call('scan', 'web', '--since', 'HEAD')).code, 0);
    write(root, { 'web/values.yaml': 'privileged: true\nannotations:\n  note: a: b\n' });
    assert.equal((await call('scan', 'web', '--since', 'HEAD')).code, 1);
  });

  test('fix writes no template and says what to change', async (t) => {
    const { root } = chart(t, true);
    const around = { cwd: root, env: { PATH: process.env['PATH']!, SCANTLING_HELM: 'bin/helm' } };
    const { code, err } = await run(['fix', 'web', '--unsafe', '--only', 'privileged-container'], around);
    assert.equal(code, 0);
    assert.match(err, /left {3}web\/templates\/pod.yaml:11 .*change the template or its values/);
    assert.equal(readFileSync(path.join(root, 'web/templates/pod.yaml'), 'utf8'), template);
  });
});

test('what Argo CD and Flux apply from elsewhere is told where nothing at all is rendered', async (t) => {
  const application = (name: string): string =>
    `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: ${name}, namespace: argocd, labels: {on: yes}}\nspec:\n  source: {repoURL: 'https://example.com/x.git', path: web, helm: {}}\n`;
  const cwd = project(t, {
    'a.yaml': application('a'),
    'b.yaml': application('b'),
    'c.yaml': 'apiVersion: v1\nkind: Pod\n{{ if .x }}\n',
  });
  const { code, lastLine, out } = await run(['scan', '.', '-q'], { cwd });
  assert.equal(code, 0);
  assert.match(
    out,
    /^warning {2}a\.yaml {2}what Argo CD or Flux applies here is not judged, nor in 1 more file: the chart or folder/m,
  );
  assert.match(lastLine, /^exit 0: .*but 3 folders need rendering;/);
  const one = await run(['scan', 'a.yaml', '--fail-on', 'high,unknown'], { cwd });
  assert.equal(one.code, 3);
  assert.match(one.out, /^warning {2}a\.yaml {2}what Argo CD or Flux applies here is not judged: /m);
  assert.doesNotMatch((await run(['scan', '.', '--no-render'], { cwd })).out, /Argo/);
});
