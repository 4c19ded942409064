import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, test, type TestContext } from 'node:test';
import { privilegedPod, project, write } from './golden/program.ts';

const root = path.join(import.meta.dirname, '..');

interface Step {
  readonly code: number | null;
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  /** What the runner takes for commands: lines outside of what `stop-commands` holds back. */
  readonly commands: readonly string[];
}

/** Stands in for the runner of GitHub: starts the action as a step with these inputs, in a repository at `workspace`. */
function step(
  workspace: string,
  inputs: Readonly<Record<string, string>>,
  event: object = {},
  main = path.join(root, 'action/main.ts'),
): Step {
  const temporary = mkdtempSync(path.join(tmpdir(), 'scantling-runner-'));
  try {
    const file = (name: string, content = ''): string => {
      writeFileSync(path.join(temporary, name), content);
      return path.join(temporary, name);
    };
    const env = {
      PATH: process.env['PATH'],
      HOME: temporary,
      RUNNER_TEMP: temporary,
      GITHUB_ACTIONS: 'true',
      GITHUB_WORKSPACE: workspace,
      GITHUB_EVENT_PATH: file('event.json', JSON.stringify(event)),
      GITHUB_OUTPUT: file('output'),
      GITHUB_STEP_SUMMARY: file('summary'),
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_REPOSITORY: 'team/shop',
      GITHUB_SHA: 'c0ffee',
      ...Object.fromEntries(
        Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]),
      ),
    };
    // Not in the workspace: the action has to find it.
    const { status, stdout } = spawnSync(process.execPath, [main], { cwd: temporary, env, encoding: 'utf8' });
    const outputs = [...readFileSync(env.GITHUB_OUTPUT, 'utf8').matchAll(/^(.+)<<(.+)\n([^]*?)\n\2$/gm)];
    return {
      code: status,
      log: stdout,
      outputs: Object.fromEntries(outputs.map(([, name, , value]) => [name!, value!])),
      summary: readFileSync(env.GITHUB_STEP_SUMMARY, 'utf8'),
      commands: commandsIn(stdout),
    };
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** As the runner reads a log: a command stands at the start of a line, after blanks. */
function commandsIn(log: string): string[] {
  let token: string | undefined;
  return log.split('\n').filter((line) => {
    const text = line.trimStart();
    if (token !== undefined) {
      if (text === `::${token}::`) token = undefined;
      return false;
    }
    token = /^::stop-commands::(.+)$/.exec(text)?.[1];
    return token === undefined && text.startsWith('::');
  });
}

/** A repository with what is written here committed. */
function repository(
  context: TestContext,
  files: Readonly<Record<string, string>>,
): { folder: string; commit: string } {
  const folder = project(context, files);
  git(folder, 'init', '-q', '-b', 'main');
  return { folder, commit: commitAll(folder) };
}

function git(cwd: string, ...args: string[]): string {
  const person = ['-c', 'user.name=a', '-c', 'user.email=a@example.com'];
  return execFileSync('git', [...person, ...args], { cwd, encoding: 'utf8', stdio: 'pipe' }).trim();
}

function commitAll(folder: string): string {
  git(folder, 'add', '-A');
  git(folder, 'commit', '-q', '-m', 'x');
  return git(folder, 'rev-parse', 'HEAD');
}

const harmless = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}\ndata: {a: b}\n';

describe('the GitHub Action, started as the runner starts it', () => {
  test('fails the step for what it finds, on the lines of the repository', (context) => {
    const { folder } = repository(context, { 'services/web/pod.yaml': privilegedPod });
    const { code, commands, outputs, summary } = step(folder, {
      'working-directory': 'services/web',
      'sarif-file': 'out.sarif',
    });
    assert.equal(code, 1);
    assert.equal(outputs['exit-code'], '1');
    assert.equal(outputs['sarif-file'], 'services/web/out.sarif');
    assert.match(
      commands.join('\n'),
      /^::error title=privileged-container \(critical\),file=services\/web\/pod\.yaml,line=10,/m,
    );
    assert.match(summary, /^## ❌ Scantling: \d failures? at or above high$/m);
    assert.match(
      summary,
      /\[services\/web\/pod\.yaml:10\]\(https:\/\/github\.com\/team\/shop\/blob\/c0ffee\/services\/web\/pod\.yaml#L10\)/,
    );
    const sarif = readFileSync(path.join(folder, outputs['sarif-file']!), 'utf8');
    const { runs } = JSON.parse(sarif) as {
      runs: { results: { locations: { physicalLocation: { artifactLocation: { uri: string } } }[] }[] }[];
    };
    assert.equal(
      runs[0]!.results[0]!.locations[0]!.physicalLocation.artifactLocation.uri,
      'services/web/pod.yaml',
    );
    assert.equal(outputs['findings'], String(runs[0]!.results.length));
  });

  test('passes what is clean', (context) => {
    const { folder } = repository(context, { 'a.yaml': harmless });
    const { code, commands, outputs, summary } = step(folder, {});
    assert.equal(code, 0);
    assert.deepEqual(outputs, { findings: '0', 'exit-code': '0', 'sarif-file': '' });
    assert.deepEqual(commands, []);
    assert.match(summary, /^## ✅ Scantling: /);
  });

  test('writes neither annotations nor summary where nobody wants them', (context) => {
    const { folder } = repository(context, { 'pod.yaml': privilegedPod });
    const { code, commands, summary } = step(folder, { annotations: 'false', summary: 'false' });
    assert.equal(code, 1);
    assert.deepEqual(commands, []);
    assert.equal(summary, '');
  });

  test('counts only what the pull request adds, in a clone of depth 1', (context) => {
    const { commit, folder: origin } = repository(context, {
      'old.yaml': privilegedPod,
      'kept.yaml': harmless,
    });
    write(origin, { 'new.yaml': privilegedPod.replace('name: web', 'name: new') });
    commitAll(origin);
    git(origin, 'config', 'uploadpack.allowReachableSHA1InWant', 'true');
    const clone = path.join(project(context), 'clone');
    git(origin, 'clone', '-q', '--depth=1', pathToFileURL(origin).href, clone);
    assert.throws(() => git(clone, 'cat-file', '-e', commit), 'the clone is to lack the commit');
    const event = { pull_request: { base: { sha: commit } } };
    const pulled = step(clone, { since: 'pull-request', 'fail-on': 'info' }, event);
    assert.equal(pulled.code, 1, pulled.log);
    assert.ok(pulled.commands.length > 0);
    for (const command of pulled.commands) assert.match(command, /file=new\.yaml/);
    const pushed = step(clone, { since: 'pull-request' }, { ref: 'refs/heads/main' });
    assert.match(pushed.commands.join('\n'), /file=old\.yaml/, 'a push has no pull request');
  });

  test('says what is to be done where the commit of the pull request cannot be had', (context) => {
    const { folder } = repository(context, { 'pod.yaml': privilegedPod });
    const { code, commands } = step(
      folder,
      { since: 'pull-request' },
      { pull_request: { base: { sha: 'a'.repeat(40) } } },
    );
    assert.equal(code, 2);
    assert.equal(commands.length, 1);
    assert.match(
      commands[0]!,
      /^::error title=Scantling::since: .* actions\/checkout with fetch-depth: 0 brings it$/,
    );
  });

  test('takes no event for an option of git', (context) => {
    const { folder } = repository(context, { 'a.yaml': harmless });
    const { code } = step(
      folder,
      { since: 'pull-request' },
      { pull_request: { base: { sha: '--upload-pack=touch x' } } },
    );
    assert.equal(code, 0);
  });

  test('is a mistake in the workflow: exit code 2 and a sentence', (context) => {
    const { folder } = repository(context, { 'a.yaml': harmless });
    for (const [inputs, sentence] of [
      [{ 'fail-on': 'hihg' }, /without a report/],
      [{ 'working-directory': 'nowhere' }, /working-directory: there is no folder "nowhere"/],
      [{ annotations: 'maybe' }, /annotations takes true or false/],
    ] as const) {
      const { code, commands, outputs } = step(folder, inputs);
      assert.equal(code, 2);
      assert.equal(outputs['exit-code'], '2');
      assert.match(commands.join('\n'), sentence);
    }
  });

  test('never passes what it could not read', (context) => {
    const { folder } = repository(context, { 'a.yaml': harmless, 'broken.yaml': 'apiVersion: v1\nkind: [' });
    const { code, commands, summary } = step(folder, {});
    assert.equal(code, 3);
    assert.match(commands.join('\n'), /^::error file=broken\.yaml,/m);
    assert.match(summary, /### Not judged\n\n- broken\.yaml:/);
  });

  test('a manifest commands nothing and is no Markdown', (context) => {
    const name =
      '"x\\n::set-output name=findings::0\\n::add-mask::web\\n::error::owned <img src=x> @team [a](https://example.com)"';
    const hostile = privilegedPod.replaceAll('- name: web', `- name: ${name}`);
    const { folder } = repository(context, { 'pod.yaml': hostile });
    const { code, commands, outputs, summary } = step(folder, {});
    assert.equal(code, 1);
    assert.notEqual(outputs['findings'], '0');
    assert.ok(commands.length > 0);
    for (const command of commands)
      assert.match(command, /^::(error|warning|notice) title=[a-z-]+ \(\w+\),file=pod\.yaml,/);
    assert.doesNotMatch(summary, /<img|@team|\]\(https:\/\/example/);
  });

  test('of a commit that is not built says what to name instead', (context) => {
    const folder = project(context, { 'package.json': '{"type": "module"}' });
    for (const name of ['action', 'bin', 'src/bin.ts'])
      cpSync(path.join(root, name), path.join(folder, name), { recursive: true });
    const { code, commands } = step(folder, {}, {}, path.join(folder, 'action/main.ts'));
    assert.equal(code, 2);
    assert.match(commands.join('\n'), /this commit of the action is not built: name a release/);
  });
});
