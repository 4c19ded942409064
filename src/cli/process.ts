import { main } from './main.ts';
import { processStreams } from './stream.ts';

/** Runs the command line of this process and leaves its exit code to Node, which ends when everything is written. */
export async function runProcess(): Promise<void> {
  process.exitCode = await main(process.argv.slice(2), processStreams());
}
