import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  failures,
  privilegedPod,
  problems as problemLines,
  project,
  run,
  scanJson,
} from './golden/program.ts';

const controls = (report: Parameters<typeof failures>[0], file?: string): string[] => [
  ...new Set(
    report.findings
      .filter(({ verdict, location }) => verdict === 'fail' && (file ?? location.file) === location.file)
      .map(({ control }) => control),
  ),
];

describe('.scantling.yaml', () => {
  test('is found upward from each path, the nearest one counts', async (t) => {
    const cwd = project(t, {
      '.scantling.yaml': 'severity: {privileged-container: low}\n',
      'deploy/web/pod.yaml': privilegedPod,
      'other/.scantling.yaml': 'severity: {privileged-container: medium}\n',
      'other/pod.yaml': privilegedPod,
    });
    const { report } = await scanJson(['deploy', 'other'], { cwd });
    const severities = report.findings
      .filter(({ control }) => control === 'privileged-container')
      .map(({ location, severity }) => `${location.file} ${severity}`);
    assert.deepEqual(severities, ['deploy/web/pod.yaml low', 'other/pod.yaml medium']);
  });

  test('profile, failOn and the flags that win over them', async (t) => {
    const cwd = project(t, {
      '.scantling.yaml': 'profile: essentials\nfailOn: critical\n',
      'pod.yaml': privilegedPod.replace('privileged: true', 'allowPrivilegeEscalation: true'),
    });
    const configured = await scanJson([], { cwd });
    assert.equal(configured.code, 0);
    assert.ok(!('host-port' in configured.report.controls));
    const flagged = await scanJson(['--profile', 'pss-baseline', '--fail-on', 'low'], { cwd });
    assert.ok('host-port' in flagged.report.controls && !('ssh-server' in flagged.report.controls));
    assert.equal((await scanJson(['--fail-on', 'medium'], { cwd })).code, 1);
  });

  test('parameters make a control applicable', async (t) => {
    const cwd = project(t, { 'pod.yaml': privilegedPod });
    const args = ['-c', 'forbidden-registries', '--show', 'all'];
    const without = await scanJson(args, { cwd });
    assert.deepEqual(
      without.report.findings.map(({ verdict }) => verdict),
      ['not-applicable'],
    );
    const { write } = await import('./golden/program.ts');
    write(cwd, {
      '.scantling.yaml': 'params: {forbidden-registries: {allowed: [registry.example.com]}}\n',
    });
    assert.deepEqual(failures((await scanJson(args, { cwd })).report), [
      'forbidden-registries web spec.containers[0].image 8:5',
    ]);
    write(cwd, { '.scantling.yaml': 'params: {forbidden-registries: {allowed: [docker.io]}}\n' });
    assert.deepEqual(
      (await scanJson(args, { cwd })).report.findings.map(({ verdict }) => verdict),
      ['pass'],
    );
  });

  test('a severity of off silences a control, another one changes what fails', async (t) => {
    const cwd = project(t, {
      '.scantling.yaml':
        'severity:\n  privileged-container: off\n  mutable-container-file-system: critical\n',
      'pod.yaml': privilegedPod,
    });
    const { report } = await scanJson([], { cwd });
    assert.ok(!controls(report).includes('privileged-container'));
    assert.ok(!('privileged-container' in report.controls));
    assert.match(report.summary.exitReason, /^1 failure at or above high$/);
  });

  test('sections count for the paths they match, later ones first', async (t) => {
    const cwd = project(t, {
      '.scantling.yaml': `profile: essentials
failOn: low
paths:
- match: legacy/**
  failOn: critical
  severity: {privileged-container: info}
- match: ["legacy/strict/*.yaml"]
  profile: pss-restricted
`,
      'a.yaml': privilegedPod,
      'legacy/b.yaml': privilegedPod,
      'legacy/strict/c.yaml': privilegedPod,
    });
    const { report } = await scanJson(['legacy'], { cwd });
    assert.equal(report.summary.exitCode, 0);
    assert.ok(!controls(report, 'legacy/b.yaml').includes('run-as-non-root'));
    assert.ok(controls(report, 'legacy/strict/c.yaml').includes('run-as-non-root'));
    const all = await scanJson([], { cwd });
    assert.equal(all.code, 1);
    assert.match(all.report.summary.exitReason, /at or above low$/);
  });

  test('exclude leaves out names, folders and globs', async (t) => {
    const cwd = project(t, {
      '.scantling.yaml': 'exclude: [vendor, "test/**/*.yaml", skip.yaml]\n',
      'a.yaml': privilegedPod,
      'deep/skip.yaml': privilegedPod,
      'deep/vendor/b.yaml': privilegedPod,
      'test/x/c.yaml': privilegedPod,
    });
    const { report } = await scanJson([], { cwd });
    assert.equal(report.coverage.objects, 1);
    assert.equal((await scanJson(['--exclude', '*.yaml'], { cwd })).report.coverage.objects, 0);
  });

  test('policies are found beside it', async (t) => {
    const cwd = project(t, {
      'repo/.scantling.yaml': 'policy: policies\n',
      'repo/policies/p.yaml': `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: no-pods}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [""], apiVersions: [v1], resources: [pods], operations: [CREATE]}]
  validations: [{expression: "false", message: no pods here}]
`,
      'repo/pod.yaml': privilegedPod,
    });
    const { report } = await scanJson(['repo/pod.yaml'], { cwd });
    assert.ok(controls(report).includes('no-pods'));
  });

  test('the version and the policies come from the configuration of the first input, whatever its name', async (t) => {
    const cwd = project(t, {
      'my.app/.scantling.yaml': 'kubernetesVersion: "1.30"\npolicy: nowhere\n',
      'my.app/pod.yaml': privilegedPod,
    });
    for (const input of ['my.app', './my.app/', 'my.app/pod.yaml', 'my.app/*.yaml', 'my.app/p*']) {
      const { report } = await scanJson([input], { cwd });
      assert.deepEqual(problemLines(report), ['error my.app/nowhere no such file or directory'], input);
    }
  });

  test('--config names one for every file', async (t) => {
    const cwd = project(t, {
      '.scantling.yaml': 'failOn: low\n',
      'other.yaml': 'failOn: critical\nprofile: pss-baseline\nseverity: {privileged-container: high}\n',
      'pods/pod.yaml': privilegedPod,
    });
    assert.equal((await scanJson(['--config', 'other.yaml', 'pods'], { cwd })).code, 0);
  });
});

describe('mistakes in a configuration: exit 2, located, with the likely name', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['profil: essentials\n', 'error  .scantling.yaml:1:1  unknown key "profil"; did you mean "profile"?'],
    [
      'profile: essential\n',
      'error  .scantling.yaml:1:10  there is no profile "essential"; did you mean "essentials"?',
    ],
    [
      'severity:\n  privileged-containr: low\n',
      'error  .scantling.yaml:2:3  there is no control "privileged-containr"; did you mean "privileged-container"?',
    ],
    [
      'severity:\n  privileged-container: hihg\n',
      'error  .scantling.yaml:2:25  must be one of critical, high, medium, low, info, off; did you mean "high"?',
    ],
    ['failOn: [high, unkown]\n', 'did you mean "unknown"?'],
    [
      'kubernetesVersion: 1.30\n',
      'error  .scantling.yaml:1:20  write the value in quotes, one of 1.30, 1.31',
    ],
    ['paths:\n- failOn: low\n', 'error  .scantling.yaml:2:3  a section needs "match"'],
    ['__proto__: 1\n', 'error  .scantling.yaml:1:1  unknown key "__proto__"'],
    ['params: {constructor: {}}\n', 'there is no control "constructor"'],
    ['- 1\n', 'a configuration is a map of settings'],
    ['profile:\n\tessentials\n', 'error  .scantling.yaml:2:1  '],
    ['failOn: low\nfailOn: high\n', 'error  .scantling.yaml:2:1  '],
  ];
  for (const [text, words] of cases) {
    test(JSON.stringify(text), async (t) => {
      const cwd = project(t, { '.scantling.yaml': text, 'a.yaml': privilegedPod });
      const { code, err, out } = await run(['scan'], { cwd });
      assert.equal(code, 2);
      assert.equal(out, '');
      assert.ok(err.includes(words), err);
      assert.match(err, /\nexit 2: the configuration has mistakes\n$/);
    });
  }

  test('one that is met only deep in the tree counts too', async (t) => {
    const cwd = project(t, { 'a/b/.scantling.yaml': 'profil: x\n', 'a/b/a.yaml': privilegedPod });
    const { code, err } = await run(['scan', '.'], { cwd });
    assert.equal(code, 2);
    assert.match(err, /^error {2}a\/b\/.scantling.yaml:1:1 /);
  });

  test('wrong parameters are told, not ignored', async (t) => {
    for (const params of ['{allowd: [a]}', '{allowed: 3}', '[1]', '{allowed: [1]}']) {
      const cwd = project(t, {
        '.scantling.yaml': `params:\n  forbidden-registries: ${params}\n`,
        'a.yaml': privilegedPod,
      });
      const { code, err } = await run(['scan', '-c', 'forbidden-registries'], { cwd });
      assert.equal(code, 2, params);
      assert.match(err, /^error {2}.scantling.yaml:2:/, params);
    }
  });
});
