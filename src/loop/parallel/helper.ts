import { existsSync, readFileSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import { shippedInside } from '../../catalogue/shipped-file.ts';
import { decode, LineIndex } from '../../yaml/index.ts';
import { type Answer, type Job, slot } from './job.ts';
import { takeFile } from './second-thread.ts';

/**
 * Bytes of input from which on a second thread helps: it has to compile everything once more before it is fast, and what it finds
 * has to be copied. The engine itself uses a second core for compiling and for memory.
 */
export const worthwhile = 64_000_000;

/** Memory for new objects of the second thread; the engine's own choice is so large that two threads take twice as much as one. */
const maxYoungGenerationSizeMb = 16;

/** How long the second thread may be silent before the first does its work. */
const patience = 60_000;

/** Whether a second thread would help with these files (absolute paths). */
export function isWorthwhile(files: readonly (string | undefined)[], from: number): boolean {
  if (files.length < 2 || availableParallelism() < 2) return false;
  let bytes = 0;
  for (const file of files) {
    bytes += file === undefined ? 0 : (statSync(file, { throwIfNoEntry: false })?.size ?? 0);
    if (bytes >= from) return true;
  }
  return false;
}

/** A second thread that judges files from the end of the list. */
export class Helper {
  private readonly numbers: Int32Array;
  private readonly port: MessagePort;
  private readonly all: number;

  constructor(job: Omit<Job, 'shared' | 'port'>) {
    const { MessageChannel, Worker } = threads();
    const shared = new SharedArrayBuffer(12);
    const { port1, port2 } = new MessageChannel();
    this.numbers = new Int32Array(shared);
    this.port = port1;
    this.all = job.files.length;
    const workerData: Job = { ...job, shared, port: port2 };
    const inside = shippedInside('second-thread.cjs');
    const options = {
      workerData,
      transferList: [port2],
      eval: inside !== undefined,
      resourceLimits: { maxYoungGenerationSizeMb },
    };
    const worker = new Worker(inside ?? startFile(), options);
    worker.unref();
    // Whatever goes wrong there, its files are judged here in the end.
    worker.on('error', () => {});
  }

  /** Whether there is another file for the first thread. */
  take(): boolean {
    return takeFile(this.numbers, this.all);
  }

  /** Waits until the second thread has taken a file or two: for those who want to see it at work. */
  letStart(): void {
    const pause = new Int32Array(new SharedArrayBuffer(4));
    for (let i = 0; i < 600 && Atomics.load(this.numbers, slot.taken) < Math.min(2, this.all); i++) {
      Atomics.wait(pause, 0, 0, 100);
    }
  }

  /** Waits for what the second thread found; undefined where it has taken nothing, or has died. */
  answer(takenHere: number): Answer | undefined {
    const takenThere = this.all - takenHere;
    if (takenThere === 0) return undefined;
    let done = -1;
    while (Atomics.load(this.numbers, slot.answered) === 0) {
      const before = done;
      done = Atomics.load(this.numbers, slot.done);
      if (done === before) return undefined;
      Atomics.wait(this.numbers, slot.answered, 0, patience);
    }
    return threads().receiveMessageOnPort(this.port)?.message as Answer | undefined;
  }
}

/** Loaded when a second thread is wanted, which most scans are too small for. */
function threads(): typeof import('node:worker_threads') {
  return process.getBuiltinModule('node:worker_threads');
}

function startFile(): string {
  const bundled = path.join(import.meta.dirname, 'second-thread.cjs');
  return existsSync(bundled) ? bundled : path.join(import.meta.dirname, 'second-thread-main.ts');
}

/** The text of a file that the second thread has read; an error if it is not the same any more. */
export function readAgain(file: string, length: number): LineIndex {
  const { text } = decode(readFileSync(file));
  if (text.length !== length) throw new Error(`${file} has changed while it was scanned; scan again`);
  return new LineIndex(text);
}
