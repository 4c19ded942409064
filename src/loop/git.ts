import { realpathSync } from 'node:fs';
import path from 'node:path';

/** What changed in a repository since a commit, and how its files looked then. */
export interface Changes {
  /**
   * Whether the file (absolute) is in the commit as it is now. Files that git does not follow, ignored ones and ones
   * outside of the repository included, are not.
   */
  readonly isUnchanged: (absolute: string) => boolean;
  /** The files of the commit among the changed ones that `wanted` accepts, with their text at the time. */
  readonly before: (
    wanted: (absolute: string) => boolean,
  ) => Iterable<{ absolute: string; bytes: Uint8Array }>;
}

/** git could not answer: no repository, no such commit, no git. */
export class GitError extends Error {}

/** Asks git what changed between `ref` and the working tree around `cwd`. */
export function changesSince(ref: string, cwd: string): Changes {
  const root = git(cwd, ['rev-parse', '--show-toplevel']).toString().trimEnd();
  // Resolved first and behind --end-of-options, so that a ref can never be taken for an option.
  const commit = git(
    cwd,
    ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`],
    `there is no commit "${ref}"`,
  )
    .toString()
    .trim();
  const list = (bytes: Buffer): string[] =>
    bytes
      .toString()
      .split('\0')
      .filter((name) => name !== '');
  const differing = list(git(root, ['diff', '--name-only', '--no-renames', '-z', commit, '--']));
  const there = new Set(list(git(root, ['ls-tree', '-r', '-z', '--name-only', '--full-tree', commit])));
  const unchanged = new Set(there);
  for (const name of differing) unchanged.delete(name);
  return {
    isUnchanged: (absolute) => unchanged.has(posix(path.relative(root, real(absolute)))),
    *before(wanted) {
      for (const name of differing) {
        if (!there.has(name) || !wanted(path.join(root, name))) continue;
        yield {
          absolute: path.join(root, name),
          bytes: git(root, ['cat-file', 'blob', `${commit}:${name}`]),
        };
      }
    },
  };
}

/** git speaks of real paths; a path through a symbolic link means the same file. */
function real(absolute: string): string {
  try {
    return realpathSync(absolute);
  } catch {
    return absolute; // standard input, or gone since it was read
  }
}

const posix = (name: string): string => name.split(path.sep).join('/');

function git(cwd: string, args: readonly string[], otherwise?: string): Buffer {
  try {
    const { execFileSync } = process.getBuiltinModule('node:child_process');
    return execFileSync('git', [...args], { cwd, maxBuffer: 2 ** 30, stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const { code, stderr } = error as NodeJS.ErrnoException & { stderr?: Buffer };
    if (code === 'ENOENT') throw new GitError('git is not installed');
    throw new GitError(
      otherwise ??
        stderr
          ?.toString()
          .trim()
          .split('\n')[0]!
          .replace(/^fatal: /, '') ??
        String(error),
    );
  }
}
