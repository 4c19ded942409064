import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { type Files, privilegedPod, project, run } from './golden/program.ts';

const service = `apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  type: NodePort
  ports:
  - port: 80
`;

const ownPolicy = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata:
  name: no-web
spec:
  matchConstraints:
    resourceRules:
    - apiGroups: [""]
      apiVersions: ["v1"]
      operations: [CREATE]
      resources: [pods]
  validations:
  - expression: object.metadata.name != "web"
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata:
  name: no-web
spec:
  policyName: no-web
  validationActions: [Deny]
`;

/** What is below the head of the page of a scan of these files. */
async function page(context: TestContext, files: Files, ...args: readonly string[]): Promise<string> {
  const cwd = project(context, files);
  const { code, err } = await run(['scan', '.', ...args, '-o', 'html=out/report.html'], { cwd });
  assert.equal(code, 2, 'a folder that is not there is a mistake in the call');
  assert.match(err, /cannot write out\/report\.html: no such directory/);
  await run(['scan', '.', ...args, '-o', 'html=report.html'], { cwd });
  return readFileSync(path.join(cwd, 'report.html'), 'utf8').split('</head>')[1]!;
}

/** The lines of the diffs of a page that add or remove something. */
const changes = (text: string): string[] =>
  [...text.matchAll(/<(?:ins|del) class="line">([^<]*)\n</g)].map(([, line]) => line!);

describe('scan -o html', () => {
  test('shows the diff that `scantling fix --diff --unsafe` shows', async (t) => {
    const args = ['-c', 'privileged-container'];
    const files = { 'deploy/all.yaml': `${service}---\n${privilegedPod}---\n${service}` };
    const text = await page(t, files, ...args);
    const cwd = project(t, files);
    const { out } = await run(['fix', '.', '--only', 'privileged-container', '--diff', '--unsafe'], { cwd });
    const told = out.split('\n').filter((line) => /^[-+](?![-+]{2} )/.test(line));
    assert.ok(told.length > 0);
    assert.deepEqual(changes(text), told);
    const [, from] = /@@ -\d+,\d+ \+(\d+)/.exec(out)!;
    assert.match(text, new RegExp(`<span class="hunk">from line ${from}\\n<`));
    assert.match(text, /<span class="tag unsafe">unsafe<\/span>/);
  });

  test('a safe fix is told from an unsafe one', async (t) => {
    const cluster = `apiVersion: v1
kind: Pod
metadata:
  name: kube-apiserver
  namespace: kube-system
  labels:
    component: kube-apiserver
spec:
  containers:
  - name: kube-apiserver
    image: registry.k8s.io/kube-apiserver:v1.36.0
    command:
    - kube-apiserver
    - --enable-admission-plugins=AlwaysAdmit
`;
    const text = await page(t, { 'a.yaml': cluster }, '-c', 'apiserver-always-admit,privileged-container');
    assert.match(text, /<span class="tag safe">safe<\/span>/);
    assert.match(text, /scantling fix --only apiserver-always-admit --diff</);
    assert.doesNotMatch(text, /It may change behaviour/);
    assert.match(text, /1 control with nothing to report/);
  });

  test('policies of your own are on it, without a fix', async (t) => {
    const args = ['--policy', 'policies', '-c', 'privileged-container'];
    const text = await page(t, { 'a.yaml': privilegedPod, 'policies/own.yaml': ownPolicy }, ...args);
    const [own] = /<details class="control" id="control-no-web".*?<\/details>/s.exec(text)!;
    assert.match(own, /No automatic fix: it is a policy of your own/);
    assert.doesNotMatch(own, /<dt>Command/);
  });

  test('what is in a credential is not on it, what is accepted is', async (t) => {
    const pod = privilegedPod
      .replace(
        '  name: web\nspec',
        '  name: web\n  annotations:\n    ignore.scantling.dev/privileged-container: it is needed\nspec',
      )
      .replace(
        '    image: nginx\n',
        '    image: nginx\n    env:\n    - name: DB_PASSWORD\n      value: correct-horse-9\n',
      );
    const text = await page(t, { 'a.yaml': pod }, '-p', 'all');
    assert.match(text, /id="control-credential-in-environment"/);
    assert.ok(!text.includes('correct-horse'));
    assert.match(text, /Accepted by an annotation: it is needed/);
  });

  test('goes to standard output as well, beside another format in a file', async (t) => {
    const cwd = project(t, { 'a.yaml': privilegedPod });
    const { code, err, out } = await run(['scan', '-o', 'html', '-o', 'json=a.json'], { cwd });
    assert.equal(code, 1);
    assert.match(out, /^<!doctype html>[^]*<\/html>\n$/);
    assert.match(err, /^exit 1: /);
  });
});
