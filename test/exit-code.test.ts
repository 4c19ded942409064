import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { privilegedPod, project, run } from './golden/program.ts';

const clean = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n';
const broken = 'apiVersion: v1\nkind: Pod\nmetadata:\n\tname: x\n';
const onlyPrivileged = ['-c', 'privileged-container'];

describe('exit codes', () => {
  test('0: nothing fails', async (t) => {
    const cwd = project(t, { 'a.yaml': clean });
    const { code, lastLine } = await run(['scan'], { cwd });
    assert.equal(code, 0);
    assert.match(lastLine, /^exit 0: nothing that fails; \d+\.\d\d s$/);
  });

  test('0: findings below --fail-on', async (t) => {
    const cwd = project(t, { 'a.yaml': privilegedPod });
    const { code, lastLine, out } = await run(['scan', '-c', 'mutable-container-file-system'], { cwd });
    assert.equal(code, 0);
    assert.match(lastLine, /^exit 0: no failure at or above high; /);
    assert.match(out, /^1 failure in 1 of 1 object: 1 low$/m);
    const unread = await run(['scan', '.', 'nope.yaml', '-c', 'mutable-container-file-system'], { cwd });
    assert.match(unread.lastLine, /^exit 3: 1 input could not be read, no failure at or above high; /);
  });

  test('0: findings below thresholds that differ from file to file', async (t) => {
    const cwd = project(t, {
      'a.yaml': privilegedPod,
      'b.yaml': privilegedPod.replace('name: web', 'name: other'),
      '.scantling.yaml': 'failOn: high\npaths: [{match: b.yaml, failOn: critical}]\n',
    });
    const { lastLine } = await run(['scan', '-c', 'mutable-container-file-system'], { cwd });
    assert.match(lastLine, /^exit 0: no failure at or above the configured severities; /);
  });

  test('0: nothing to judge is not said to pass; a folder that needs rendering is told, and 3 where that is asked', async (t) => {
    const cwd = project(t, {
      'chart/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
      'chart/templates/pod.yaml': '{{ .Values.pod }}\n',
      'empty/README': '',
      'strict/.scantling.yaml': 'failOn: [high, unknown]\n',
      'strict/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
      'strict/templates/pod.yaml': '{{ .Values.pod }}\n',
    });
    const scan = ['scan', '--no-render'];
    assert.match((await run([...scan, 'empty'], { cwd })).lastLine, /^exit 0: there was nothing to judge; /);
    const chart = await run([...scan, 'chart'], { cwd });
    assert.match(chart.lastLine, /^exit 0: there was nothing to judge, but 1 folder needs rendering; /);
    const asked = await run([...scan, 'chart', '--fail-on', 'high,unknown'], { cwd });
    assert.deepEqual([asked.code, asked.lastLine.split(';')[0]], [3, 'exit 3: 1 folder needs rendering']);
    assert.equal((await run([...scan, 'strict'], { cwd })).code, 3);
  });

  test('1: a finding at --fail-on or above', async (t) => {
    const cwd = project(t, { 'a.yaml': privilegedPod });
    const { code, lastLine } = await run(['scan', ...onlyPrivileged], { cwd });
    assert.equal(code, 1);
    assert.match(lastLine, /^exit 1: 1 failure at or above high;/);
    const lower = await run(['scan', '-c', 'mutable-container-file-system', '--fail-on', 'low'], { cwd });
    assert.equal(lower.code, 1);
    assert.match(lower.lastLine, /^exit 1: 1 failure at or above low;/);
  });

  test('3: a document that cannot be read, the others still judged, and the last line states both', async (t) => {
    const cwd = project(t, { 'a.yaml': privilegedPod, 'b.yaml': broken });
    const { code, lastLine, out } = await run(['scan', ...onlyPrivileged], { cwd });
    assert.equal(code, 3);
    assert.match(lastLine, /^exit 3: 1 input could not be read, 1 failure at or above high;/);
    assert.match(out, /^error {2}b.yaml:4:1 {2}/m);
  });

  test('3: a file that is not there', async (t) => {
    const cwd = project(t, { 'a.yaml': privilegedPod });
    const { code, lastLine, out } = await run(['scan', 'a.yaml', 'nope.yaml', ...onlyPrivileged], { cwd });
    assert.equal(code, 3);
    assert.match(out, /^error {2}nope.yaml {2}no such file or directory$/m);
    assert.match(lastLine, /^exit 3: 1 input could not be read, 1 failure/);
  });

  test('unknown and rendering needed count only with --fail-on unknown', async (t) => {
    const cwd = project(t, {
      'chart/Chart.yaml': 'apiVersion: v2\nname: chart\nversion: 1.0.0\n',
      'chart/templates/pod.yaml': privilegedPod.replace('name: web', 'name: {{ .Release.Name }}'),
      'empty.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: empty}\nspec: {containers: []}\n',
    });
    const relaxed = await run(['scan', ...onlyPrivileged], { cwd });
    assert.equal(relaxed.code, 0);
    assert.match(relaxed.out, /1 folder needs rendering; .*1 unknown/);
    const strict = await run(['scan', ...onlyPrivileged, '--fail-on', 'unknown'], { cwd });
    assert.equal(strict.code, 3);
    assert.match(strict.lastLine, /^exit 3: 1 verdict is unknown, 1 folder needs rendering;/);
  });

  test('--fail-on unknown keeps the severity at high, and takes one beside it', async (t) => {
    const cwd = project(t, { 'a.yaml': privilegedPod });
    assert.equal((await run(['scan', '--fail-on', 'unknown', ...onlyPrivileged], { cwd })).code, 1);
    const low = ['scan', '-c', 'mutable-container-file-system', '--fail-on'];
    assert.equal((await run([...low, 'unknown'], { cwd })).code, 0);
    assert.equal((await run([...low, 'low,unknown'], { cwd })).code, 1);
  });

  test('data on standard output: standard error says why the code is not 0', async (t) => {
    const cwd = project(t, { 'a.yaml': privilegedPod });
    for (const format of ['json', 'yaml', 'sarif', 'junit', 'github']) {
      const { code, err } = await run(['scan', ...onlyPrivileged, '-o', format], { cwd });
      assert.equal(code, 1);
      assert.equal(err, 'exit 1: 1 failure at or above high\n');
    }
  });
});

describe('2: mistakes in the call', () => {
  const cases: readonly (readonly [readonly string[], string])[] = [
    [['scna'], 'unknown command "scna"; did you mean "scan"?'],
    [['constructor'], 'unknown command "constructor"'],
    [['help', 'constructor'], 'unknown command "constructor"'],
    [['help', 'contrls'], 'unknown command "contrls"; did you mean "controls"?'],
    [['scan', '--profle', 'x'], 'unknown flag --profle; did you mean "--profile"?'],
    [['scan', '--constructor'], 'unknown flag --constructor'],
    [['scan', '--profile', 'essential'], 'there is no profile "essential"; did you mean "essentials"?'],
    [
      ['scan', '-c', 'privilegd-container'],
      'there is no control "privilegd-container"; did you mean "privileged-container"?',
    ],
    [['scan', '-c', '__proto__'], 'there is no control "__proto__"'],
    [['scan', '-o', 'jsn'], 'unknown output format "jsn"; did you mean "json"?'],
    [['scan', '-o', 'json', '-o', 'text'], 'json and text cannot both go to standard output'],
    [['scan', '-o', 'json='], "-o json=: the file's name is missing"],
    [['scan', '--fail-on', 'hihg'], 'not "hihg"; did you mean "high"?'],
    [['scan', '--kubernetes-version', '1.29'], 'Kubernetes 1.29 is not known, there are 1.30 to 1.37'],
    [['scan', '--show', 'passes'], '--show takes "all", not "passes"'],
    [['scan', '--max-depth', '0'], '--max-depth takes a number from 1 to 99999'],
    [['scan', '--baseline', 'nope.json'], '--baseline nope.json: no such file; --write-baseline makes one'],
    [['scan', '--config', 'nosuch'], '--config: there is no file "nosuch"'],
    [['scan', '--policy', 'nosuch'], '--policy nosuch: no such file or directory'],
    [['scan', '--policy', '.'], '--policy .: there is no ValidatingAdmissionPolicy here'],
    [['scan', '-o', 'sarif=no/such/x'], 'cannot write no/such/x: no such directory'],
    [['scan', '-o', 'json=.'], 'cannot write .: it is a directory'],
    [['scan', '--write-baseline', '--baseline', 'no/x'], 'cannot write no/x: no such directory'],
    [['scan', '--since', 'HEAD'], '--since HEAD: not a git repository'],
    [['scan', ''], 'an argument is empty; "." is this folder'],
    [['scan', '-o'], '--output: the value is missing'],
    [['scan', '-c', ''], '--control is empty'],
    [['scan', '-p', ' '], '--profile is empty'],
    [['scan', '--fail-on', ''], '--fail-on is empty'],
    [['scan', '--all=yes'], '--all takes no value'],
    [['controls', 'x'], 'controls takes no arguments'],
    [['controls', '-p', 'essental'], 'there is no profile "essental"; did you mean "essentials"?'],
    [['explain'], 'name the control to explain'],
    [['explain', 'privilegd-container'], 'did you mean "privileged-container"?'],
  ];
  for (const [args, words] of cases) {
    test(args.join(' '), async (t) => {
      const { code, err, out } = await run(args, { cwd: project(t) });
      assert.equal(code, 2);
      assert.equal(out, '');
      const lines = err.trimEnd().split('\n');
      assert.ok(lines[0]!.startsWith('error: ') && lines[0]!.includes(words), err);
      assert.match(lines[1]!, /^scantling (?:\w+ )?--help shows how it is called$/);
      assert.equal(lines.length, 2, 'an error and where help is, nothing else');
    });
  }

  test('a configuration that leaves no control', async (t) => {
    for (const configuration of ['profile: []\n', 'severity: {privileged-container: off}\n']) {
      const cwd = project(t, { 'a.yaml': privilegedPod, '.scantling.yaml': configuration });
      const flags = configuration.startsWith('severity') ? onlyPrivileged : [];
      const { code, err, out } = await run(['scan', ...flags], { cwd });
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, /^error: no control is left to run/);
    }
  });

  test('what is echoed cannot steer the terminal', async (t) => {
    const { err } = await run(['scan', '-c', '\u001b[2J\u202e'], { cwd: project(t) });
    assert.ok(!/[\u001b\u202e]/.test(err), JSON.stringify(err));
  });
});
