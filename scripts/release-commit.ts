import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** What a release has beside the files of the npm package: what GitHub and pre-commit look for in a repository. */
const doors = ['action.yml', 'action', '.pre-commit-hooks.yaml'];

/**
 * Makes the commit that a release's tag names: the built package with the action and the hooks, as a child of the commit it was
 * built from. GitHub runs an action from the very files of a tag, and nothing built is kept on a branch. Neither the index nor
 * the working tree is touched. See docs/decisions/0012-a-release-is-a-commit.md.
 *
 * @param root a clone in which `npm run build` has run
 * @returns the name of the commit. Throws where nothing is built, or what is to be released differs from the last commit.
 */
export function makeReleaseCommit(root: string): string {
  const git = (args: readonly string[], input?: string | Buffer, env: NodeJS.ProcessEnv = {}): string =>
    execFileSync('git', args, {
      cwd: root,
      input,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      env: { ...process.env, ...env },
    }).trim();
  const changed = git(['status', '--porcelain', '--untracked-files=no']);
  if (changed !== '') throw new Error(`there are changes that are in no commit:\n${changed}`);
  const { files, manifest, version } = packed(root);
  if (!files.includes('dist/cli.js')) throw new Error('nothing is built: run `npm run build` first');
  const names = [...files.filter((file) => file !== 'package.json'), ...tracked(git)];
  const hashes = git(['hash-object', '-w', '--no-filters', '--stdin-paths'], `${names.join('\n')}\n`).split(
    '\n',
  );
  const entries = names.map((file, i) => {
    const isProgram = /^bin\/|^dist\/cli\.js$/.test(file);
    return `${isProgram ? '100755' : '100644'} ${hashes[i]}\t${file}`;
  });
  entries.push(`100644 ${git(['hash-object', '-w', '--stdin'], manifest)}\tpackage.json`);
  const folder = mkdtempSync(path.join(tmpdir(), 'scantling-index-'));
  try {
    const env = { GIT_INDEX_FILE: path.join(folder, 'index') };
    git(['update-index', '--add', '--index-info'], `${entries.join('\n')}\n`, env);
    const tree = git(['write-tree'], undefined, env);
    // Of the time of its parent, so that whoever builds the same makes the same tree at the same time.
    const date = git(['show', '--no-patch', '--format=%cI', 'HEAD']);
    const message = `Release ${version}, built from the commit before`;
    return git(['commit-tree', tree, '-p', 'HEAD', '-m', message], undefined, {
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_DATE: date,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Our own tests are no part of a release. */
function tracked(git: (args: readonly string[]) => string): readonly string[] {
  return git(['ls-files', '--', ...doors])
    .split('\n')
    .filter((file) => !file.endsWith('.test.ts'));
}

/** The files of the npm package, and its manifest without what only a clone can do. */
function packed(root: string): {
  readonly files: readonly string[];
  readonly manifest: string;
  readonly version: string;
} {
  const args = ['pack', '--dry-run', '--ignore-scripts', '--json'];
  const answer: unknown = JSON.parse(
    execFileSync('npm', args, { cwd: root, encoding: 'utf8', stdio: 'pipe' }),
  );
  const [one] = Object.values(answer as Record<string, { files: readonly { path: string }[] }>);
  const text = readFileSync(path.join(root, 'package.json'), 'utf8');
  const {
    devDependencies: _,
    scripts: __,
    workspaces: ___,
    ...manifest
  } = JSON.parse(text) as Record<string, unknown>;
  return {
    files: one!.files.map((file) => file.path),
    manifest: `${JSON.stringify(manifest, undefined, 2)}\n`,
    version: String(manifest['version']),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.stdout.write(`${makeReleaseCommit(process.cwd())}\n`);
}
