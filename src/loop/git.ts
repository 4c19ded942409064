import { execFileSync } from 'node:child_process';
import path from 'node:path';

/** What changed in a repository since a commit, and how its files looked then. */
export interface Changes {
  /** Absolute paths that differ from the commit, deleted and untracked ones included. */
  readonly changed: ReadonlySet<string>;
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
  const untracked = list(git(root, ['ls-files', '--others', '--exclude-standard', '-z']));
  return {
    changed: new Set([...differing, ...untracked].map((name) => path.join(root, name))),
    *before(wanted) {
      const names = differing.filter((name) => wanted(path.join(root, name)));
      if (names.length === 0) return;
      const there = new Set(list(git(root, ['ls-tree', '-r', '-z', '--name-only', '--full-tree', commit])));
      for (const name of names) {
        if (!there.has(name)) continue;
        yield {
          absolute: path.join(root, name),
          bytes: git(root, ['cat-file', 'blob', `${commit}:${name}`]),
        };
      }
    },
  };
}

function git(cwd: string, args: readonly string[], otherwise?: string): Buffer {
  try {
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
