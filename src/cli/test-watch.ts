import { type FSWatcher, readdirSync, statSync, watch } from 'node:fs';
import path from 'node:path';
import { Rerun } from '../loop/testing/rerun.ts';
import type { PolicyTestReport } from '../model/policy-test.ts';
import { painter } from '../report/paint.ts';
import { UsageError } from './command.ts';
import { type Streams, wantsColor } from './stream.ts';
import { nothingToTest, showTests, type TestCall } from './test.ts';

/** An editor writes a file in several steps: a change is looked at once none has come for so long, in milliseconds. */
const quietTime = 60;
/** Where folders cannot be watched, files are looked at so often. */
const pollEvery = 500;
/** Watching more folders than this costs more than looking. */
const mostFolders = 2000;

/** Keys and signals that reach a watching run. */
export interface Keyboard {
  /** Calls `listener` with each key, `\u0003` for Ctrl-C, until the returned function is called. */
  readonly listen: (listener: (key: string) => void) => () => void;
}

/** The keyboard of this process; without a terminal only signals end the watch. */
export function processKeyboard(): Keyboard {
  return {
    listen: (listener) => {
      const { stdin } = process;
      const onSignal = (): void => listener('\u0003');
      const onData = (data: Buffer): void => {
        for (const key of data.toString()) listener(key);
      };
      process.once('SIGINT', onSignal);
      process.once('SIGTERM', onSignal);
      if (stdin.isTTY) {
        stdin.setRawMode(true);
        stdin.on('data', onData);
        stdin.resume();
      }
      return () => {
        process.off('SIGINT', onSignal);
        process.off('SIGTERM', onSignal);
        if (!stdin.isTTY) return;
        stdin.setRawMode(false);
        stdin.off('data', onData);
        stdin.pause();
      };
    },
  };
}

/**
 * Runs the tests, and those that a changed file concerns again, until `q` or Ctrl-C. Returns the exit code of the last
 * run.
 */
export async function watchTests(
  call: TestCall,
  streams: Streams,
  keyboard: Keyboard = processKeyboard(),
): Promise<number> {
  const rerun = new Rerun(call.inputs, call.makeTester, call.coverage);
  const paint = painter(wantsColor(streams));
  let code = 0;
  const show = async (
    report: PolicyTestReport,
    started: number,
    ran: readonly string[] | undefined,
  ): Promise<void> => {
    if (streams.outIsTerminal) await streams.out('\u001b[2J\u001b[3J\u001b[H');
    if (report.suites.length === 0) await streams.out(`${nothingToTest}\n`);
    code = await showTests({ ...call, tester: rerun.tester }, report, started, streams);
    const what = ran === undefined ? '' : `ran ${ran.length === 0 ? 'nothing' : ran.join(', ')}; `;
    await streams.out(paint('gray', `${what}watching: a runs all again, q ends\n`));
  };
  let started = performance.now();
  const first = rerun.all();
  const [lost] = rerun.tester.find(call.inputs).missing;
  if (lost !== undefined) throw new UsageError(`${lost.input}: ${lost.reason}`);
  await show(first, started, undefined);

  return new Promise((resolve, reject) => {
    let watching = new Folders(rerun, call, streams.cwd, soon);
    let timer: NodeJS.Timeout | undefined;
    let busy = Promise.resolve();
    const stop = keyboard.listen((key) => {
      if (key === 'q' || key === '\u0003' || key === '\u0004') end();
      if (key === 'a' || key === '\r') next(true);
    });
    function soon(): void {
      clearTimeout(timer);
      timer = setTimeout(() => next(false), quietTime);
    }
    function next(all: boolean): void {
      busy = busy.then(() => again(all)).catch(fail);
    }
    async function again(all: boolean): Promise<void> {
      started = performance.now();
      if (all) await show(rerun.all(), started, undefined);
      else {
        const { report, ran, changed } = rerun.refresh();
        if (!changed) return;
        await show(report, started, ran);
      }
      watching.close();
      watching = new Folders(rerun, call, streams.cwd, soon);
    }
    function end(): void {
      clearTimeout(timer);
      watching.close();
      stop();
      void busy.then(() => resolve(code));
    }
    function fail(error: unknown): void {
      clearTimeout(timer);
      watching.close();
      stop();
      reject(error);
    }
  });
}

/** Watches the folders of the tests; looks at the files now and then where the system cannot. */
class Folders {
  private readonly watchers: FSWatcher[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(rerun: Rerun, { inputs }: TestCall, cwd: string, onChange: () => void) {
    const below = inputs.flatMap((input) => [...foldersBelow(path.resolve(cwd, input))]);
    const folders = new Set([...rerun.folders, ...below]);
    const poll = (): void => {
      this.timer ??= setInterval(onChange, pollEvery);
    };
    if (folders.size > mostFolders) poll();
    for (const folder of folders.size > mostFolders ? [] : folders) {
      try {
        const watcher = watch(folder, { persistent: true }, onChange);
        watcher.on('error', poll);
        this.watchers.push(watcher);
      } catch {
        // No such folder (a missing file of a suite), or the system watches no more of them.
        poll();
      }
    }
  }

  close(): void {
    clearInterval(this.timer);
    for (const watcher of this.watchers) watcher.close();
  }
}

/** A folder and those inside of it, as far as tests are looked for there. */
function* foldersBelow(folder: string): Generator<string> {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return;
  const waiting = [folder];
  for (let count = 0; count <= mostFolders && waiting.length > 0; count++) {
    const next = waiting.pop()!;
    yield next;
    try {
      for (const entry of readdirSync(next, { withFileTypes: true })) {
        if (entry.isDirectory() && entry.name !== '.git' && entry.name !== 'node_modules') {
          waiting.push(path.join(next, entry.name));
        }
      }
    } catch {
      // A folder that went away meanwhile is of no interest.
    }
  }
}
