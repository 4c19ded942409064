import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { readDocuments } from '../src/yaml/index.ts';
import { privilegedPod, project, run, type Run } from './golden/program.ts';

const root = path.join(import.meta.dirname, '..');

interface Hook {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly entry: string;
  readonly language: string;
  readonly types_or: readonly string[];
  readonly require_serial: boolean;
}

const [document] = [...readDocuments(readFileSync(path.join(root, '.pre-commit-hooks.yaml'), 'utf8'))];
const hooks = document!.value as unknown as readonly Hook[];

/** Runs a hook as pre-commit does: its entry, then the names of the files. */
async function runHook(id: string, cwd: string, ...files: readonly string[]): Promise<Run> {
  const { entry } = hooks.find((hook) => hook.id === id)!;
  const [program, ...args] = entry.split(' ');
  const { bin } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    bin: Record<string, string>;
  };
  assert.ok(Object.hasOwn(bin, program!), `the package installs no program ${program}`);
  return run([...args, ...files], { cwd });
}

const twoObjects = `apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  serviceAccountName: elsewhere
  containers:
  - {name: web, image: "registry.example.com/web:1", envFrom: [{configMapRef: {name: elsewhere}}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: elsewhere}, ports: [{port: 80}]}
`;
const closedRegistry = `apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: web
    image: k8s.gcr.io/pause:3.9 # the registry that is closed
`;
const policy = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: replicas}
spec:
  matchConstraints:
    resourceRules:
    - {apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments]}
  validations:
  - expression: object.spec.replicas >
`;

describe('the hooks of pre-commit', () => {
  test('are three, each one process for all files of the kinds that can hold manifests', () => {
    assert.deepEqual(
      hooks.map(({ id }) => id),
      ['scantling-scan', 'scantling-fix', 'scantling-lint'],
    );
    for (const { description, language, require_serial, types_or } of hooks) {
      assert.equal(language, 'node');
      assert.equal(require_serial, true, 'two processes would write one file, and see half of the objects');
      assert.deepEqual(types_or, ['yaml', 'json']);
      assert.match(description, /\.$/);
    }
  });

  test('pass where no file holds a manifest', async (context) => {
    const cwd = project(context, {
      'package.json': '{"name": "web"}',
      '.github/workflows/ci.yaml': 'on: push\njobs: {}\n',
      'compose.yaml': 'services:\n  web: {image: nginx}\n',
      'data.json': '[1, 2, 3]',
      'empty.yaml': '',
    });
    const files = ['package.json', '.github/workflows/ci.yaml', 'compose.yaml', 'data.json', 'empty.yaml'];
    for (const { id } of hooks) assert.equal((await runHook(id, cwd, ...files)).code, 0, id);
  });

  test('scan fails for what is wrong in a file of the commit', async (context) => {
    const cwd = project(context, { 'web.yaml': privilegedPod, 'other.yaml': privilegedPod });
    const { code, out } = await runHook('scantling-scan', cwd, 'web.yaml');
    assert.equal(code, 1);
    assert.match(out, /^privileged-container +critical +web\.yaml:/m);
    assert.doesNotMatch(out, /other\.yaml/);
  });

  test('scan takes what may be in other files for unknown, whatever the profile', async (context) => {
    const cwd = project(context, {
      'web.yaml': twoObjects,
      'namespace.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n',
      '.scantling.yaml': 'profile: [all]\nfailOn: info\n',
    });
    const { out } = await runHook('scantling-scan', cwd, 'namespace.yaml', 'web.yaml');
    const acrossObjects =
      /^(missing-|service-selects-nothing|namespace-without-|pod-open-to-|unused-service-account|binding-to-|unbound-role)/m;
    assert.doesNotMatch(out, acrossObjects);
    assert.match(out, /not judged: \d+ unknown/);
    const json = await run(
      ['scan', 'web.yaml', '-o', 'json', '-c', 'missing-config-map,service-selects-nothing'],
      { cwd },
    );
    const { findings } = JSON.parse(json.out) as { findings: { control: string; verdict: string }[] };
    assert.deepEqual(findings.map(({ control, verdict }) => `${control} ${verdict}`).sort(), [
      'missing-config-map unknown',
      'service-selects-nothing unknown',
    ]);
  });

  test('fix mends the files of the commit and no others', async (context) => {
    const cwd = project(context, {
      'web.yaml': closedRegistry,
      'other.yaml': closedRegistry,
      '.scantling.yaml': 'profile: [all]\n',
    });
    const { code, err } = await runHook('scantling-fix', cwd, 'web.yaml');
    assert.equal(code, 0, err);
    assert.notEqual(readFileSync(path.join(cwd, 'web.yaml'), 'utf8'), closedRegistry);
    assert.equal(readFileSync(path.join(cwd, 'other.yaml'), 'utf8'), closedRegistry);
    const again = readFileSync(path.join(cwd, 'web.yaml'), 'utf8');
    await runHook('scantling-fix', cwd, 'web.yaml');
    assert.equal(readFileSync(path.join(cwd, 'web.yaml'), 'utf8'), again, 'the second commit goes through');
  });

  test('lint fails for a policy that no cluster takes', async (context) => {
    const cwd = project(context, { 'policy.yaml': policy, 'web.yaml': privilegedPod });
    const { code, out } = await runHook('scantling-lint', cwd, 'web.yaml', 'policy.yaml');
    assert.equal(code, 1);
    assert.match(out, /policy\.yaml/);
    assert.doesNotMatch(out, /web\.yaml/);
  });

  test('a file that cannot be read is never a pass', async (context) => {
    const cwd = project(context, { 'web.yaml': 'apiVersion: v1\nkind: [' });
    for (const id of ['scantling-scan', 'scantling-fix', 'scantling-lint'])
      assert.equal((await runHook(id, cwd, 'web.yaml')).code, 3, id);
  });
});
