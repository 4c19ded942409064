import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type Environment, InputError } from './inputs.ts';

/**
 * The commit that the input `since` means, in the clone at `workspace`. `pull-request` is the one that the pull request starts
 * from, fetched where the clone lacks it, as it does after a checkout of depth 1; undefined on other events. Throws an
 * `InputError` where it cannot be had.
 */
export function sinceCommit(
  since: string | undefined,
  env: Environment,
  workspace: string,
): string | undefined {
  if (since !== 'pull-request') return since;
  const commit = baseCommit(env);
  if (commit === undefined) return undefined;
  const git = (...args: string[]): void => void execFileSync('git', args, { cwd: workspace, stdio: 'pipe' });
  try {
    git('cat-file', '-e', `${commit}^{commit}`);
  } catch {
    try {
      git('fetch', '--no-tags', '--depth=1', 'origin', commit);
    } catch (error) {
      const reason =
        (error as { stderr?: Buffer }).stderr?.toString().trim().split('\n').at(-1) ?? String(error);
      throw new InputError(
        `since: the commit ${commit} is not in this clone and cannot be fetched (${reason}); actions/checkout with fetch-depth: 0 brings it`,
      );
    }
  }
  return commit;
}

/** The commit of the base branch in the event that started the workflow. Source: docs.github.com, "Webhook events", pull_request. */
function baseCommit({ GITHUB_EVENT_PATH: file }: Environment): string | undefined {
  if (file === undefined || file === '') return undefined;
  let event: { pull_request?: { base?: { sha?: unknown } } };
  try {
    event = JSON.parse(readFileSync(file, 'utf8')) as typeof event;
  } catch (error) {
    throw new InputError(`since: the event of this workflow cannot be read: ${(error as Error).message}`);
  }
  const sha = event.pull_request?.base?.sha;
  return typeof sha === 'string' && /^[0-9a-f]{40,64}$/.test(sha) ? sha : undefined;
}
