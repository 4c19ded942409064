import assert from 'node:assert/strict';
import { chmodSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { failures, privilegedPod, problems, project, run, scanJson } from './golden/program.ts';

const today = new Date().toISOString().slice(0, 10);

/** What `import` prints for one file, and what it says beside. */
async function imported(t: TestContext, name: string, content: string, args: readonly string[] = []) {
  const cwd = project(t, { [name]: content });
  return { cwd, ...(await run(['import', name, ...args], { cwd })) };
}

/** The controls and scopes that are printed, one line each. */
const lines = (out: string): string => out.replaceAll(/\n +/g, ' ').replace('exceptions:\n', '');

describe('files of other tools', () => {
  test('kubescape: names are regular expressions for the whole, resources and policies are combined', async (t) => {
    const file = [
      {
        name: 'drivers',
        policyType: 'postureExceptionPolicy',
        expirationDate: '2999-03-01T00:00:00Z',
        resources: [
          { attributes: { kind: 'pod', name: 'a.b' } },
          { attributes: { namespace: 'x|y', app: 'web' } },
        ],
        posturePolicies: [{ controlID: 'C-0044' }, { frameworkName: 'NSA' }],
      },
      { policyType: 'other' },
    ];
    const { code, err, out } = await imported(t, 'exceptions.json', JSON.stringify(file));
    assert.equal(code, 1);
    assert.equal(
      lines(out),
      `- controls: - host-port reason: drivers until: "2999-02-28" match: kinds: - "/(?i)^pod$/" names: - /^a.b$/
- controls: - host-port reason: drivers until: "2999-02-28" match: namespaces: - "/^x|y$/" labels: app: web
`,
    );
    assert.match(err, /it is about everything in the framework NSA/);
    assert.match(err, /this is no posture exception/);
  });

  test('trivy: what expires today is over already', async (t) => {
    const { err, out } = await imported(
      t,
      '.trivyignore',
      `KSV024 exp:${today}\nKSV-0017 # inline\nKSV-0017 x\nKSV024 exp:soon\n`,
    );
    assert.equal(
      lines(out),
      '- controls: - privileged-container reason: imported from trivy, which gives no reason\n',
    );
    assert.match(err, /^left out {2}\.trivyignore:1:1 {2}it expired after/m);
    assert.match(err, /:3:1 {2}"x" is not understood/);
    assert.match(err, /:4:1 {2}"soon" is no date/);
  });

  test('polaris: names are what they begin with; all rules of it are those that we have', async (t) => {
    const { code, out } = await imported(
      t,
      'config.yaml',
      'exemptions:\n- {namespace: a, controllerNames: [b], rules: [hostPortSet]}\n',
    );
    assert.equal(code, 0);
    assert.equal(
      lines(out),
      '- controls: - host-port reason: imported from polaris, which gives no reason match: namespaces: - a names: - "b*"\n',
    );
  });

  test('kube-linter: paths from elsewhere are not ours', async (t) => {
    const { err, out } = await imported(
      t,
      'config.yaml',
      'checks: {exclude: [privileged-container], ignorePaths: [~/x]}\n',
    );
    assert.match(lines(out), /^- controls: - privileged-container reason: imported from kube-linter/);
    assert.match(err, /does not start at the folder/);
  });

  test('of one tool only', async (t) => {
    const pod = privilegedPod.replace(
      'name: web\n',
      'name: web\n  annotations: {ignore-check.kube-linter.io/privileged-container: driver, polaris.fairwinds.com/exempt: "true"}\n',
    );
    const { code, out } = await imported(t, 'pod.yaml', pod, ['--from', 'kube-linter']);
    assert.equal(code, 0);
    assert.match(
      lines(out),
      /^- controls: - privileged-container reason: driver match: kinds: - Pod namespaces: - "" names: - web\n$/,
    );
  });

  test('what cannot be limited as it was is left out, or told with --widen', async (t) => {
    const exception = `apiVersion: kyverno.io/v2
kind: PolicyException
metadata: {name: delta}
spec:
  exceptions: [{policyName: restrict-secret-role-verbs, ruleNames: [a]}]
  match: {any: [{resources: {kinds: [Role]}}]}
`;
    const strict = await imported(t, 'e.yaml', exception);
    assert.equal(strict.out, '');
    assert.match(strict.err, /e\.yaml:5:16 {2}it holds only for the rules a of the policy.*--widen/);
    const wide = await imported(t, 'e.yaml', exception, ['--widen']);
    assert.match(lines(wide.out), /rbac-read-secrets reason: delta match: kinds: - Role/);
    assert.match(wide.err, /^widened {2}e\.yaml:5:16 {2}it held only for the rules a of the policy$/m);
    assert.equal(wide.code, 1);
  });

  test('what is limited by more than an exception can say is left out', async (t) => {
    const kyverno = (spec: string): string =>
      `apiVersion: kyverno.io/v2\nkind: PolicyException\nmetadata: {name: a}\nspec:\n  exceptions: [{policyName: restrict-secret-role-verbs, ruleNames: ["*"]}]\n${spec}`;
    const cases: [string, string, RegExp][] = [
      [
        'e.yaml',
        kyverno('  match: {any: [{resources: {kinds: [Role], selector: {matchExpressions: []}}}]}\n'),
        /matchExpressions/,
      ],
      ['e.yaml', kyverno('  match: {all: [{resources: {}}, {resources: {}}]}\n'), /several blocks/],
      ['e.yaml', kyverno('  conditions: {}\n'), /limited by conditions/],
      ['e.yaml', kyverno('  match: {any: [{resources: {operations: [DELETE]}}]}\n'), /as if it were created/],
      ['e.yaml', kyverno('').replace('kyverno.io/v2', 'policies.kyverno.io/v1'), /written in CEL/],
      ['t.yaml', 'misconfigurations:\n- {id: KSV-0017, purls: [a]}\n', /limited by purls/],
      ['p.yaml', 'exemptions:\n- {rules: [hostPortSet]}\n', /neither a namespace/],
      [
        'k.json',
        '[{"policyType": "postureExceptionPolicy", "resources": [{"attributes": {"name": "("}}], "posturePolicies": [{"controlID": "C-0044"}]}]',
        /cannot be compiled/,
      ],
    ];
    for (const [name, text, words] of cases) {
      const { code, err, out } = await imported(t, name, text);
      assert.deepEqual([code, out], [1, ''], text);
      assert.match(err, words);
    }
  });

  test('what cannot be read is an error with its place', async (t) => {
    const cases: [string, string, RegExp][] = [
      ['a.yaml', 'a: [\n', /^error {2}a\.yaml:\d+:\d+ /],
      [
        'a.yaml',
        'hello: world\n',
        /^error {2}a\.yaml {2}this is neither a file of exceptions nor a manifest/,
      ],
      ['a.yaml', '', /neither/],
    ];
    for (const [name, text, words] of cases) {
      const { code, err } = await imported(t, name, text);
      assert.equal(code, 3);
      assert.match(err, words);
    }
    const { code, err } = await run(['import', 'none.yaml'], { cwd: project(t) });
    assert.equal(code, 3);
    assert.match(err, /^error {2}none\.yaml {2}there is no such file/);
    assert.equal((await run(['import'], { cwd: project(t) })).code, 2);
    assert.equal((await run(['import', '.', '--from', 'kubescap'], { cwd: project(t) })).code, 2);
  });
});

describe('import --write', () => {
  const pod = privilegedPod.replace(
    'name: web\n',
    'name: web\n  annotations: {ignore-check.kube-linter.io/privileged-container: driver}\n',
  );

  test('what another tool accepted, a scan accepts, and a second import changes nothing', async (t) => {
    const cwd = project(t, { 'pod.yaml': pod, '.scantling.yaml': '# ours\nfailOn: low\n' });
    const only = ['-c', 'privileged-container'];
    assert.equal((await scanJson(only, { cwd })).code, 1);
    const { code, err, out } = await run(['import', '.', '--write'], { cwd });
    assert.deepEqual([code, out], [0, '']);
    assert.match(err, /^\.scantling\.yaml: 1 exception added$/m);
    const text = readFileSync(path.join(cwd, '.scantling.yaml'), 'utf8');
    assert.ok(text.startsWith('# ours\nfailOn: low\nexceptions:\n'), text);
    const after = await scanJson(only, { cwd });
    assert.deepEqual([after.code, failures(after.report), problems(after.report)], [0, [], []]);
    assert.match((await run(['import', '.', '--write'], { cwd })).err, /0 exceptions added/);
    assert.equal(readFileSync(path.join(cwd, '.scantling.yaml'), 'utf8'), text);
  });

  test('a file that is not there is made', async (t) => {
    const cwd = project(t, { 'pod.yaml': pod });
    assert.equal((await run(['import', 'pod.yaml', '--write', '--config', 'own.yaml'], { cwd })).code, 0);
    assert.match(readFileSync(path.join(cwd, 'own.yaml'), 'utf8'), /^exceptions:\n- controls:\n/);
  });

  test('what cannot be written is left as it is', async (t) => {
    const cwd = project(t, { 'pod.yaml': pod, 'real.yaml': 'a: b\n', '.scantling.yaml': 'a: [\n' });
    const broken = await run(['import', 'pod.yaml', '--write'], { cwd });
    assert.equal(broken.code, 3);
    assert.match(broken.err, /^error {2}\.scantling\.yaml {2}not changed: /m);
    symlinkSync('real.yaml', path.join(cwd, 'link.yaml'));
    const link = await run(['import', 'pod.yaml', '--write', '--config', 'link.yaml'], { cwd });
    assert.equal(link.code, 3);
    assert.match(link.err, /symbolic link/);
    chmodSync(path.join(cwd, 'real.yaml'), 0o444);
    if (process.getuid?.() === 0) return;
    const readOnly = await run(['import', 'pod.yaml', '--write', '--config', 'real.yaml'], { cwd });
    assert.equal(readOnly.code, 2);
  });
});

test('exceptions of kyverno name its policies for the Pod Security Standards', async (t) => {
  const policies = [
    'disallow-privileged-containers',
    'disallow-host-path',
    'disallow-capabilities-strict',
    'require-run-as-nonroot',
    'restrict-volume-types',
  ];
  const listed = policies.map((name) => `{policyName: ${name}, ruleNames: ["*"]}`).join(', ');
  const cwd = project(t, {
    'exception.yaml': `apiVersion: kyverno.io/v2\nkind: PolicyException\nmetadata: {name: x}\nspec:\n  exceptions: [${listed}]\n  match: {any: [{resources: {kinds: [Pod]}}]}\n`,
  });
  const { err, out } = await run(['import', '.'], { cwd });
  assert.doesNotMatch(err, /^left out/m);
  for (const control of [
    'privileged-container',
    'host-path-volume',
    'run-as-non-root',
    'volume-types',
    'capabilities-restricted',
  ])
    assert.match(out, new RegExp(`^  - ${control}$`, 'm'));
});

describe('import where something is in the way', () => {
  const good = { '.kube-linter.yaml': 'checks:\n  exclude: [privileged-container]\n' };

  test('what of a folder cannot be read costs only itself', async (t) => {
    const cwd = project(t, { ...good, '.checkov.yaml/in/a/folder': '', '.trivyignore.yaml': '[' });
    const { code, err, out } = await run(['import', '.'], { cwd });
    assert.equal(code, 3);
    assert.match(out, /- privileged-container\n/);
    assert.match(err, /^error {2}\.trivyignore\.yaml:1:2 /m);
    assert.doesNotMatch(err, /checkov/);
  });

  test('a list of ids on standard input, with the name of its tool', async (t) => {
    const ids = '# why\nAVD-KSV-0017\nKSV001 exp:2999-01-01\n';
    for (const stdin of [ids, 'KSV017\n', ids.replaceAll('\n', '\r\n')]) {
      const { code, err, out } = await run(['import', '-', '--from', 'trivy'], { cwd: project(t), stdin });
      assert.equal(code, 0, err);
      assert.match(out, /- privileged-container\n/);
    }
    const broken = 'misconfigurations: [\n';
    for (const from of ['checkov', 'trivy']) {
      const { code, err } = await run(['import', '-', '--from', from], { cwd: project(t), stdin: broken });
      assert.equal(code, 3);
      assert.match(err, /^error {2}-:\d+:\d+ /m);
    }
  });

  test('a configuration that is no file, or a link that leads nowhere', async (t) => {
    const cwd = project(t, { ...good, '.scantling.yaml/in/a/folder': '' });
    symlinkSync('nowhere', path.join(cwd, 'link.yaml'));
    const folder = await run(['import', '.kube-linter.yaml', '--write'], { cwd });
    assert.match(folder.err, /^error {2}\.scantling\.yaml {2}not changed: it is no ordinary file$/m);
    const link = await run(['import', '.kube-linter.yaml', '--write', '--config', 'link.yaml'], { cwd });
    assert.match(link.err, /^error {2}link\.yaml {2}not changed: it is a symbolic link$/m);
    assert.deepEqual([folder.code, link.code], [3, 3]);
  });
});
