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
  process.exitCode = await main(process.argv.slice(2), processStreams());
}
