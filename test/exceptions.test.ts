import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { failures, privilegedPod, problems, project, run, scanJson, write } from './golden/program.ts';

const only = ['-c', 'privileged-container'];

const deployment = (containers: readonly string[], annotations = '', templateAnnotations = ''): string =>
  `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  annotations: {${annotations}}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata:
      labels: {app: web}
      annotations: {${templateAnnotations}}
    spec:
      containers:
${containers.map((name) => `      - {name: ${name}, image: nginx, securityContext: {privileged: true}}\n`).join('')}`;

describe('baselines', () => {
  test('a round trip: old findings do not fail, moving and reordering makes none new, a container does', async (t) => {
    const cwd = project(t, { 'a.yaml': deployment(['one', 'two']) });
    const wrote = await run(['scan', '--write-baseline', '--baseline', 'known.json'], { cwd });
    assert.equal(wrote.code, 0);
    const known = JSON.parse(readFileSync(path.join(cwd, 'known.json'), 'utf8'));
    assert.equal(
      wrote.err,
      `wrote ${known.findings.length} findings to known.json; from now on: --baseline known.json\n`,
    );
    assert.equal(known.kind, 'Baseline');
    const again = await scanJson(['--baseline', 'known.json'], { cwd });
    assert.deepEqual([again.code, failures(again.report)], [0, []]);
    assert.equal(again.report.findings.length, known.findings.length, 'they are still in the report');
    assert.ok(again.report.findings.every(({ suppression }) => suppression?.by === 'baseline'));

    const told = await run(['scan', '--baseline', 'known.json', ...only], { cwd });
    assert.match(told.out, /0 of 1 object fail, 1 accepted$/m);

    write(cwd, { 'b/moved.yaml': `# moved\n\n${deployment(['two', 'one'])}` });
    rmSync(path.join(cwd, 'a.yaml'));
    assert.equal((await scanJson(['--baseline', 'known.json'], { cwd })).code, 0);

    write(cwd, { 'b/moved.yaml': deployment(['three', 'two', 'one']) });
    const more = await scanJson(['--baseline', 'known.json', ...only], { cwd });
    assert.equal(more.code, 1);
    assert.deepEqual(
      failures(more.report).map((line) => line.split(' ')[2]),
      ['spec.template.spec.containers[0].securityContext.privileged'],
    );
  });

  test('writing again is the same file, and takes what annotations suppress for granted', async (t) => {
    const cwd = project(t, {
      'a.yaml': deployment(['one'], 'ignore.scantling.dev/privileged-container: "known"'),
    });
    await run(['scan', '--write-baseline'], { cwd });
    const file = path.join(cwd, 'scantling-baseline.json');
    const text = readFileSync(file, 'utf8');
    assert.ok(!text.includes('privileged-container'));
    await run(['scan', '--write-baseline'], { cwd });
    assert.equal(readFileSync(file, 'utf8'), text);
  });

  test('a file that is none is a usage error', async (t) => {
    const cwd = project(t, { 'a.json': '{"kind": "List"}', 'b.json': '{', 'c.json': 'null' });
    for (const file of ['a.json', 'b.json', 'c.json']) {
      const { code, err } = await run(['scan', '--baseline', file], { cwd });
      assert.equal(code, 2);
      assert.match(err, new RegExp(`^error: --baseline ${file}: it is no`));
    }
  });

  test('what could not be read still fails while a baseline is written', async (t) => {
    const cwd = project(t, { 'a.yaml': 'apiVersion: v1\nkind: [\n' });
    assert.equal((await run(['scan', '--write-baseline'], { cwd })).code, 3);
  });
});

describe('--since', () => {
  const repository = (t: Parameters<typeof project>[0], files: Readonly<Record<string, string>>): string => {
    const cwd = project(t, files);
    git(cwd, 'init', '-q', '-b', 'main');
    commit(cwd);
    return cwd;
  };
  const git = (cwd: string, ...args: string[]): void => {
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { cwd });
  };
  const commit = (cwd: string): void => {
    git(cwd, 'add', '-A');
    git(cwd, 'commit', '-q', '-m', 'x', '--no-gpg-sign');
  };

  test('new, changed, renamed, untracked and deleted files', async (t) => {
    const cwd = repository(t, {
      'old.yaml': deployment(['old']).replaceAll('name: web', 'name: old'),
      'changed.yaml': deployment(['one']),
      'renamed.yaml': deployment(['x']).replaceAll('name: web', 'name: renamed'),
      'deleted.yaml': deployment(['x']).replaceAll('name: web', 'name: deleted'),
    });
    assert.equal((await scanJson(['--since', 'HEAD', ...only], { cwd })).code, 0);

    write(cwd, { 'changed.yaml': `# a comment\n${deployment(['two', 'one'])}` });
    renameSync(path.join(cwd, 'renamed.yaml'), path.join(cwd, 'named.yaml'));
    rmSync(path.join(cwd, 'deleted.yaml'));
    write(cwd, { 'new.yaml': privilegedPod });
    const { code, report } = await scanJson(['--since', 'HEAD', ...only], { cwd });
    assert.equal(code, 1);
    const expected = [
      'privileged-container web spec.template.spec.containers[0].securityContext.privileged 15:53',
      'privileged-container web spec.containers[0].securityContext.privileged 10:7',
    ];
    assert.deepEqual(failures(report), expected);
    assert.equal(report.summary.suppressed, 2);
    assert.ok(report.findings.some(({ suppression }) => suppression?.reason === 'was there at HEAD already'));
    commit(cwd);
    assert.deepEqual(failures((await scanJson(['--since', 'HEAD~1', ...only], { cwd })).report), expected);
    assert.equal((await scanJson(['--since', 'HEAD', ...only], { cwd })).code, 0);
  });

  test('what git does not follow is new: ignored, outside of the repository, standard input', async (t) => {
    const outside = project(t, { 'pod.yaml': privilegedPod });
    const cwd = repository(t, { '.gitignore': 'generated.yaml\n', 'old.yaml': privilegedPod });
    write(cwd, { 'generated.yaml': privilegedPod });
    const args = [
      'generated.yaml',
      path.join(outside, 'pod.yaml'),
      '-',
      'old.yaml',
      '--since',
      'HEAD',
      ...only,
    ];
    const { report } = await scanJson(args, { cwd, stdin: privilegedPod });
    const counting = report.findings.filter(({ suppression }) => suppression === null);
    assert.deepEqual(counting.map(({ location }) => path.basename(location.file)).sort(), [
      '-',
      'generated.yaml',
      'pod.yaml',
    ]);
  });

  test('through a symbolic link', async (t) => {
    const cwd = repository(t, { 'old.yaml': privilegedPod });
    const elsewhere = project(t);
    symlinkSync(cwd, path.join(elsewhere, 'link'));
    write(cwd, { 'new.yaml': privilegedPod.replace('name: web\nspec', 'name: new\nspec') });
    const { report } = await scanJson(['.', '--since', 'HEAD', ...only], {
      cwd: path.join(elsewhere, 'link'),
    });
    assert.deepEqual(
      failures(report).map((line) => line.split(' ')[1]),
      ['new'],
    );
  });

  test('from a folder of the repository, with a reference that names nothing or looks like a flag', async (t) => {
    const cwd = repository(t, { 'a/b.yaml': privilegedPod });
    write(cwd, { 'a/c.yaml': privilegedPod.replace('name: web\nspec', 'name: other\nspec') });
    const { report } = await scanJson(['.', '--since', 'main', ...only], { cwd: path.join(cwd, 'a') });
    assert.deepEqual(
      failures(report).map((line) => line.split(' ')[1]),
      ['other'],
    );
    for (const ref of ['nope', '--output=x', '']) {
      const { code, err } = await run(['scan', `--since=${ref}`], { cwd });
      assert.equal(code, 2, ref);
      assert.match(err, /^error: --since /);
    }
  });
});

describe('suppressions on the object and its pod template', () => {
  const scanOf = async (t: Parameters<typeof project>[0], text: string) => {
    const cwd = project(t, { 'a.yaml': text });
    return (await scanJson(only, { cwd })).report;
  };
  const key = 'ignore.scantling.dev/privileged-container';

  test('cover all containers, or the one they name', async (t) => {
    const all = await scanOf(t, deployment(['one', 'two'], `${key}: "driver"`));
    assert.deepEqual([failures(all), problems(all)], [[], []]);
    assert.deepEqual(all.findings[0]!.suppression, { by: 'annotation', reason: 'driver' });
    const template = await scanOf(t, deployment(['one', 'two'], '', `${key}: "driver; container=two"`));
    assert.deepEqual(
      failures(template).map((line) => line.split(' ')[2]),
      ['spec.template.spec.containers[0].securityContext.privileged'],
    );
    assert.deepEqual(problems(template), []);
  });

  test('until counts to its day', async (t) => {
    const kept = await scanOf(t, deployment(['one'], `${key}: "a; until=2999-12-31"`));
    assert.deepEqual(failures(kept), []);
    const today = new Date().toISOString().slice(0, 10);
    assert.deepEqual(failures(await scanOf(t, deployment(['one'], `${key}: "a; until=${today}"`))), []);
  });

  const bad: readonly (readonly [string, string, number])[] = [
    [
      'until=2020-01-31; old',
      'this suppression of privileged-container does not count: it expired on 2020-01-31',
      1,
    ],
    ['', 'this suppression of privileged-container does not count: it gives no reason', 1],
    ['container=one', 'this suppression of privileged-container does not count: it gives no reason', 1],
    [
      'why; until=soon',
      'this suppression of privileged-container does not count: "soon" is no date, write until=YYYY-MM-DD',
      1,
    ],
    ['why; until=2027-02-30', 'is no date', 1],
    [
      'why; untl=2027-01-01',
      'this suppression of privileged-container does not count: unknown option "untl"',
      1,
    ],
    ['why; container=three', 'is not used: nothing in container "three" fails privileged-container', 1],
  ];
  for (const [text, words, count] of bad) {
    test(`"${text}" is reported and suppresses nothing`, async (t) => {
      const report = await scanOf(t, deployment(['one'], `${key}: "${text}"`));
      assert.equal(failures(report).length, count);
      assert.equal(problems(report).length, 1);
      assert.match(problems(report)[0]!, /^warning a.yaml:5:17 /);
      assert.ok(problems(report)[0]!.includes(words), problems(report)[0]);
    });
  }

  test('unused, for an unknown control, and for one that was not run', async (t) => {
    const clean = deployment([], `${key}: "was needed"`).replace(
      'containers:\n',
      'containers: [{name: a, image: b}]\n',
    );
    assert.match(
      problems(await scanOf(t, clean))[0]!,
      /is not used: nothing here fails privileged-container$/,
    );
    const unknown = await scanOf(t, deployment(['one'], 'ignore.scantling.dev/privileged-containr: "x"'));
    assert.match(
      problems(unknown)[0]!,
      /there is no control "privileged-containr"; did you mean "privileged-container"\?$/,
    );
    const other = await scanOf(t, deployment(['one'], 'ignore.scantling.dev/host-port: "x"'));
    assert.deepEqual(problems(other), []);
  });

  test('are said in the count, and in SARIF as suppressions', async (t) => {
    const cwd = project(t, { 'a.yaml': deployment(['one'], `${key}: "driver"`) });
    const { code, out } = await run(['scan', ...only], { cwd });
    assert.equal(code, 0);
    assert.match(out, /^no failures in 1 object; 1 suppressed$/m);
    const sarif = JSON.parse((await run(['scan', ...only, '-o', 'sarif'], { cwd })).out);
    assert.deepEqual(sarif.runs[0].results[0].suppressions, [{ kind: 'inSource', justification: 'driver' }]);
  });
});
