import { type ChildProcess, spawn } from 'node:child_process';

/**
 * The shell becomes the program; what it leaves behind waits for the end of standard input, which only this process
 * holds open, and then kills the group. So the program ends even where no code of ours runs any more: SIGKILL, a crash.
 */
const script = 'exec 3<&0; (cat <&3; kill -9 0) >/dev/null 2>&1 & exec "$@" </dev/null 3<&-';

/** Starts a program in a process group of its own that cannot outlive this process. Its standard error is piped. */
export function startTethered(program: string, flags: readonly string[]): ChildProcess {
  return spawn('/bin/sh', ['-c', script, 'sh', program, ...flags], {
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
}

/** Kills the program and waits until it is gone. */
export async function stopTethered(child: ChildProcess): Promise<void> {
  const ended =
    child.exitCode !== null || child.signalCode !== null
      ? undefined
      : new Promise((resolve) => child.once('exit', resolve));
  child.stdin?.destroy();
  await ended;
}
