// Where the second thread starts in a checkout; in the bundle a file of its own does the same.
import { workerData } from 'node:worker_threads';
import type { Job } from './job.ts';
import { runSecondThread } from './second-thread.ts';

await runSecondThread(workerData as Job);
