import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { type JsonReport, privilegedPod, project, run, scanJson } from './golden/program.ts';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const fixtures = path.join(root, 'test/golden/fixtures');
const only = ['-c', 'privileged-container'];

const smallPolicy = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: p}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
  validations: [{expression: "!has(object.spec.hostPID)", message: host}]
`;

const review = {
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: {
    uid: '1',
    operation: 'CREATE',
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    object: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec: { containers: [{ name: 'a' }] } },
  },
};

describe('outputs', () => {
  test('several at once: files beside what goes to standard output', async (t) => {
    const cwd = project(t, { 'a.yaml': privilegedPod });
    const args = [
      '-o',
      'sarif=out.sarif',
      '-o',
      'junit=out.xml',
      '-o',
      'json=out.json',
      '-o',
      'text=out.txt',
      '-o',
      'text',
    ];
    const { code, out, err } = await run(['scan', 'a.yaml', ...only, ...args], { cwd, terminal: true });
    const read = (name: string): string => readFileSync(path.join(cwd, name), 'utf8');
    assert.equal(code, 1);
    assert.match(out, /exit 1/);
    assert.equal(err, '', 'the text already says why');
    assert.equal(JSON.parse(read('out.sarif')).runs[0].results.length, 1);
    assert.equal(JSON.parse(read('out.json')).findings.length, 1);
    assert.match(read('out.xml'), /<testsuites name="scantling" tests="1" failures="1"/);
    assert.ok(
      !read('out.txt').includes('\u001b') && out.includes('\u001b'),
      'colour is for the terminal alone',
    );
  });

  test('only files: nothing on standard output, standard error says why', async (t) => {
    const cwd = project(t, { 'a.yaml': privilegedPod });
    const { out, err } = await run(['scan', ...only, '-o', 'json=out.json'], { cwd });
    assert.deepEqual([out, err], ['', 'exit 1: 1 failure at or above high\n']);
    const again = await run(['scan', 'a.yaml', ...only, '-o', 'json=out.json'], { cwd });
    assert.equal(again.code, 1, 'written over');
  });

  test('a report does not become the input of the next scan', async (t) => {
    const cwd = project(t, { 'a.yaml': privilegedPod });
    await run(['scan', ...only, '-o', 'json=out.json', '-o', 'sarif=out.sarif.json', '-o', 'yaml=out.yaml'], {
      cwd,
    });
    await run(['scan', ...only, '--write-baseline'], { cwd });
    const { report } = await scanJson(only, { cwd });
    assert.deepEqual([report.coverage.objects, report.problems.length], [1, 0]);
  });

  test('a file that cannot be written is an error, not a stack trace', async (t) => {
    const cwd = project(t, { 'a.yaml': privilegedPod });
    const { code, err } = await run(['scan', ...only, '-o', 'json=nowhere/out.json'], { cwd });
    assert.equal(code, 2);
    assert.match(err, /^error: .*nowhere\/out\.json/);
    assert.ok(!err.includes('    at '));
  });

  test('JSON and YAML are the same report, and it fits the published schema', async () => {
    const schema = JSON.parse(readFileSync(path.join(root, 'schemas/report.schema.json'), 'utf8'));
    const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile<unknown>(schema);
    for (const [cwd, input] of [
      [root, 'examples/shop'],
      [fixtures, 'team'],
    ] as const) {
      const args = ['scan', input, '--show', 'all', '-o'];
      const json = JSON.parse((await run([...args, 'json'], { cwd })).out);
      assert.ok(validate(json), JSON.stringify(validate.errors));
      const yaml = parse((await run([...args, 'yaml'], { cwd })).out, { maxAliasCount: -1 });
      assert.deepEqual(yaml, json);
    }
  });

  test('regions of SARIF and locations of JSON are the text they name', async () => {
    const { report } = await scanJson(['team', '--config', 'team/.scantling.yaml'], { cwd: fixtures });
    assert.ok(report.findings.length > 20);
    for (const { location, path: field, verdict } of report.findings as unknown as {
      location: { file: string; line: number; column: number; endLine: number; endColumn: number };
      path: string;
      verdict: string;
    }[]) {
      if (verdict !== 'fail') continue;
      const lines = readFileSync(path.join(fixtures, location.file), 'utf8').split('\n');
      assert.equal(location.line, location.endLine, field);
      const text = lines[location.line - 1]!.slice(location.column - 1, location.endColumn - 1);
      const key = /^[{"]*([A-Za-z]+)/.exec(text)?.[1];
      const names = [...field.matchAll(/[A-Za-z]+/g)].map(([name]) => name);
      assert.ok(/\[\d+\]$/.test(field) || key === 'name' || names.includes(key!), `${field} at ${text}`);
    }
  });

  test('every format counts the same: failures by control and object, findings by failing element', async () => {
    const around = { cwd: fixtures };
    const args = ['scan', 'team', '--all'];
    const report = JSON.parse((await run([...args, '-o', 'json'], around)).out) as JsonReport;
    const counting = report.findings.filter((one) => one.verdict === 'fail' && one.suppression === null);
    const failures = new Set(
      counting.map(({ control, location, object }) =>
        [control, location.file, object.kind, object.name].join(),
      ),
    ).size;
    const bySeverity = Object.values(report.summary.failures).reduce((sum, one) => sum + one, 0);
    assert.equal(bySeverity, failures);
    const text = (await run(args, around)).out;
    assert.match(text, new RegExp(`^${failures} failures in `, 'm'));
    assert.equal(text.match(/^ +\| +\^+ /gm)!.length, counting.length, 'a frame for each element');
    const rows = (await run(['scan', 'team', '-q'], around)).out
      .split('\n')
      .filter((line) => /^[a-z-]+ +(?:critical|high|medium|low|info) /.test(line));
    const listed = rows.reduce((sum, row) => sum + 1 + Number(/:\d+ \+(\d+)/.exec(row)?.[1] ?? 0), 0);
    assert.equal(listed, failures);
    const junit = (await run([...args, '-o', 'junit'], around)).out;
    assert.match(junit, new RegExp(`failures="${counting.length}"`));
    const github = (await run([...args, '-o', 'github'], around)).out;
    assert.equal(github.match(/^::\w+ title=/gm)!.length, counting.length);
    const sarif = JSON.parse((await run([...args, '-o', 'sarif'], around)).out);
    const results: readonly { suppressions?: unknown }[] = sarif.runs[0].results;
    assert.equal(results.filter(({ suppressions }) => suppressions === undefined).length, counting.length);
  });

  test('the summary is the same whatever is printed', async () => {
    const around = { cwd: fixtures };
    const lines = await Promise.all(
      [[], ['--all'], ['-q'], ['--show', 'all']].map(
        async (args) => (await run(['scan', 'team', ...args], around)).lastLine,
      ),
    );
    const json = await run(['scan', 'team', '-o', 'json'], around);
    const { exitReason } = (JSON.parse(json.out) as JsonReport).summary;
    for (const line of lines) assert.ok(line.startsWith(`exit 3: ${exitReason}; `), line);
  });

  test('colour: a terminal, NO_COLOR, FORCE_COLOR, TERM=dumb', async (t) => {
    const cwd = project(t, { 'a.yaml': privilegedPod });
    const colored = async (terminal: boolean, env: Readonly<Record<string, string>>): Promise<boolean> =>
      (await run(['scan', ...only], { cwd, terminal, env })).out.includes('\u001b[');
    assert.equal(await colored(true, {}), true);
    assert.equal(await colored(false, {}), false);
    assert.equal(await colored(true, { NO_COLOR: '1' }), false);
    assert.equal(await colored(true, { NO_COLOR: '' }), true);
    assert.equal(await colored(false, { FORCE_COLOR: '1' }), true);
    assert.equal(await colored(false, { FORCE_COLOR: '0' }), false);
    assert.equal(await colored(true, { NO_COLOR: '1', FORCE_COLOR: '1' }), false);
    assert.equal(await colored(true, { TERM: 'dumb' }), false);
  });

  test('the first screen fits 40 lines; only labels of frames may wrap', async () => {
    for (const columns of [80, 100, 120, 200]) {
      const { out } = await run(['scan', 'team'], { cwd: fixtures, columns });
      const rows = out
        .trimEnd()
        .split('\n')
        .reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / columns)), 0);
      assert.ok(rows <= 43, `${rows} rows at ${columns} columns`);
    }
  });
});

describe('as a process', () => {
  const bin = path.join(root, 'src/bin.ts');
  test('a reader that stops early is no error', (t) => {
    const cwd = project(t, { 'a.yaml': privilegedPod });
    const { stdout, stderr } = spawnSync(
      'sh',
      ['-c', `"${process.execPath}" "${bin}" scan --all | head -n 1`],
      { cwd, encoding: 'utf8' },
    );
    assert.match(stdout, /^container|^privileged/);
    assert.equal(stderr, '');
  });

  const shell = (cwd: string, script: string): string =>
    spawnSync('sh', ['-c', script.replace('scantling', `"${process.execPath}" "${bin}"`)], {
      cwd,
      encoding: 'utf8',
    }).stderr;

  test('a reader that stops early changes nothing about the exit code', (t) => {
    const pods = Array.from({ length: 200 }, (_, i) => privilegedPod.replace('web', `web${i}`)).join('---\n');
    const cwd = project(t, { 'a.yaml': pods });
    const said = shell(cwd, '{ scantling scan --all; echo "exit $?" >&2; } | head -c 1');
    assert.equal(said, 'exit 1\n');
  });

  test('admit ends where nobody reads its answers', (t) => {
    const cwd = project(t, { 'policy.yaml': smallPolicy });
    const said = shell(
      cwd,
      `yes '${JSON.stringify(review)}' | { scantling admit --policy policy.yaml -; echo "exit $?" >&2; } | head -n 1`,
    );
    assert.match(said, /exit 0\n$/);
  });

  test('a full disk is no finding', { skip: !existsSync('/dev/full') && 'there is no /dev/full' }, (t) => {
    const cwd = project(t, { 'a.yaml': privilegedPod });
    const said = shell(cwd, 'scantling scan > /dev/full; echo "exit $?" >&2');
    assert.match(said, /^error: standard output cannot be written: ENOSPC.*\nexit 3\n$/);
  });

  test('called in a folder that is gone', (t) => {
    const said = shell(
      project(t, {}),
      'mkdir gone; cd gone; rmdir ../gone; scantling scan .; echo "exit $?" >&2',
    );
    assert.match(said, /error: the folder this was called in does not exist any more\nexit 2\n$/);
  });

  test('standard input, the exit code', (t) => {
    const cwd = project(t);
    const { status, stdout } = spawnSync(process.execPath, [bin, 'scan', '-', ...only, '-q'], {
      cwd,
      input: privilegedPod,
      encoding: 'utf8',
    });
    assert.equal(status, 1);
    assert.match(stdout, /^privileged-container .* -:10 /);
  });
});
