import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { makeReleaseCommit } from '../../scripts/release-commit.ts';
import { root } from './calls.ts';

const person = { name: 'a', email: 'a@example.com' };
const env = {
  ...process.env,
  GIT_AUTHOR_NAME: person.name,
  GIT_AUTHOR_EMAIL: person.email,
  GIT_COMMITTER_NAME: person.name,
  GIT_COMMITTER_EMAIL: person.email,
};

describe('the commit of a release', () => {
  let folder = '';
  let clone = '';
  let released = '';
  let commit = '';

  const git = (cwd: string, ...args: string[]): string =>
    execFileSync('git', args, { cwd, env, encoding: 'utf8', stdio: 'pipe' }).trim();

  before(() => {
    assert.ok(existsSync(path.join(root, 'dist/cli.js')), 'nothing is built: run `npm run build` first');
    folder = mkdtempSync(path.join(tmpdir(), 'scantling-release-commit-'));
    clone = path.join(folder, 'clone');
    released = path.join(folder, 'released');
    git(folder, 'clone', '-q', root, clone);
    git(clone, 'config', 'user.name', person.name);
    git(clone, 'config', 'user.email', person.email);
    cpSync(path.join(root, 'dist'), path.join(clone, 'dist'), { recursive: true });
    commit = makeReleaseCommit(clone);
    git(clone, 'tag', 'v0.0.0-test', commit);
    git(folder, 'clone', '-q', '-c', 'advice.detachedHead=false', '-b', 'v0.0.0-test', clone, released);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('is a child of the commit it was built from, and touches nothing else', () => {
    assert.equal(git(clone, 'rev-parse', `${commit}^`), git(clone, 'rev-parse', 'HEAD'));
    assert.equal(git(clone, 'status', '--porcelain'), '');
    assert.equal(makeReleaseCommit(clone), commit, 'the same again is the same commit');
  });

  test('is not made of what is in no commit', () => {
    const file = path.join(clone, 'README.md');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, `${text}\n`);
    assert.throws(() => makeReleaseCommit(clone), /there are changes that are in no commit:\n ?M README\.md/);
    writeFileSync(file, text);
  });

  test('holds the package and the doors, and no source', () => {
    const files = git(clone, 'ls-tree', '-r', '--name-only', commit).split('\n');
    for (const file of [
      'action.yml',
      'action/main.ts',
      '.pre-commit-hooks.yaml',
      'dist/scan.cjs',
      'dist/catalogue.json',
      'LICENSE',
    ])
      assert.ok(files.includes(file), file);
    assert.deepEqual(
      files.filter((file) => /^(src|test|scripts|tools)\/|\.test\.ts$/.test(file)),
      [],
    );
    const manifest = JSON.parse(readFileSync(path.join(released, 'package.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    for (const field of ['devDependencies', 'scripts', 'workspaces']) assert.ok(!(field in manifest), field);
  });

  test('scans as an action, with nothing but Node', () => {
    const workspace = path.join(folder, 'workspace');
    cpSync(path.join(root, 'examples/shop'), workspace, { recursive: true });
    const output = path.join(folder, 'output');
    writeFileSync(output, '');
    const { status, stderr, stdout } = spawnSync(process.execPath, [path.join(released, 'action/main.ts')], {
      cwd: folder,
      encoding: 'utf8',
      env: {
        PATH: '',
        RUNNER_TEMP: folder,
        GITHUB_WORKSPACE: workspace,
        GITHUB_OUTPUT: output,
        INPUT_PATHS: '.',
      },
    });
    assert.equal(status, 1, stderr + stdout);
    assert.match(stdout, /^::error title=privileged-container \(critical\),file=database\.yaml,/m);
    assert.match(readFileSync(output, 'utf8'), /^exit-code<<(.*)\n1\n\1$/m);
  });

  test('installs by the commands of pre-commit, without a network, and its hooks find what is wrong', () => {
    const prefix = path.join(folder, 'prefix');
    const npm = (...args: string[]): string =>
      execFileSync(
        'npm',
        [...args, '--offline', '--no-audit', '--no-fund', '--cache', path.join(folder, 'cache')],
        {
          cwd: released,
          encoding: 'utf8',
          stdio: 'pipe',
          env: { ...env, npm_config_prefix: prefix, NPM_CONFIG_PREFIX: prefix },
        },
      ).trim();
    // As pre-commit 3 has it; newer ones leave the cloning to npm.
    npm('install', '--include=dev', '--include=prod', '--ignore-prepublish', '--no-progress', '--no-save');
    const tarball = npm('pack');
    assert.match(
      tarball,
      /^scantling-[\d.]+\.tgz$/,
      'pre-commit takes all that npm prints for the name of the package',
    );
    npm('install', '-g', path.join(released, tarball));
    const bin = path.join(prefix, 'bin');
    for (const name of ['scantling', 'kubectl-scantling', 'kubectl_complete-scantling'])
      assert.ok(existsSync(path.join(bin, name)), name);
    const { status, stdout } = spawnSync(
      path.join(bin, 'scantling'),
      ['scan', '--quiet', path.join(root, 'examples/shop/database.yaml')],
      {
        encoding: 'utf8',
        env: { PATH: `${path.dirname(process.execPath)}:/usr/bin:/bin` },
      },
    );
    assert.equal(status, 1);
    assert.match(stdout, /^privileged-container +critical/m);
  });

  test('is not made where nothing is built', () => {
    const bare = path.join(folder, 'bare');
    git(folder, 'clone', '-q', root, bare);
    symlinkSync(path.join(root, 'node_modules'), path.join(bare, 'node_modules'));
    assert.throws(() => makeReleaseCommit(bare), /nothing is built: run `npm run build` first/);
  });
});
