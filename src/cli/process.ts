import { main } from './main.ts';
import { processStreams } from './stream.ts';

/** Runs the second thread of a scan that has much to do, of which Node tells this one what. */
export async function runThread(): Promise<void> {
  const { workerData } = process.getBuiltinModule('node:worker_threads');
  const { runSecondThread } = await import('../loop/parallel/second-thread.ts');
  await runSecondThread(workerData as Parameters<typeof runSecondThread>[0]);
}

/** Runs the command line of this process and leaves its exit code to Node, which ends when everything is written. */
export async function runProcess(): Promise<void> {
  if (isFolderGone()) {
    process.stderr.write('error: the folder this was called in does not exist any more\n');
    process.exitCode = 2;
    return;
  }
  process.exitCode = await main(process.argv.slice(2), processStreams());
}

function isFolderGone(): boolean {
  try {
    process.cwd();
    return false;
  } catch {
    return true;
  }
}
