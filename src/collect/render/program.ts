import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';

/** How a program is run: where, with what it may see, and how long and how much it may say. */
export interface ProgramOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  /** Bytes of standard output; a program that writes more is ended. */
  readonly maxOutput: number;
}

/** What a program wrote to standard output, or in a sentence why there is nothing that can be used. */
export type ProgramResult = { readonly output: string } | { readonly failure: string };

/** As much of standard error as anybody reads. */
const maxComplaint = 64 * 1024;

/**
 * Runs a program without standard input and waits for its end, or ends it: with everything it has started, where the
 * system knows groups of processes. Never rejects.
 */
export function runProgram(
  file: string,
  args: readonly string[],
  { cwd, env, timeoutSeconds, maxOutput }: ProgramOptions,
): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const isGrouped = process.platform !== 'win32';
    const child = spawn(file, args, {
      cwd,
      env,
      detached: isGrouped,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    const kill = (): void => {
      if (child.pid === undefined) return;
      try {
        if (isGrouped) process.kill(-child.pid, 'SIGKILL');
        else child.kill('SIGKILL');
      } catch {
        // It has ended already.
      }
    };
    const output: Buffer[] = [];
    let written = 0;
    let complaint = '';
    const finish = (result: ProgramResult): void => {
      clearTimeout(timer);
      process.removeListener('exit', kill);
      forget();
      // Whatever it has started may still hold the pipes.
      kill();
      child.stdout.destroy();
      child.stderr.destroy();
      resolve(result);
    };
    const timer = setTimeout(
      () => finish({ failure: `it took longer than ${timeoutSeconds} s and was stopped` }),
      timeoutSeconds * 1000,
    );
    process.on('exit', kill);
    const forget = whenInterrupted(kill);
    child.stdout.on('data', (chunk: Buffer) => {
      written += chunk.length;
      if (written > maxOutput) {
        finish({ failure: `it wrote more than ${Math.floor(maxOutput / 2 ** 20)} MiB and was stopped` });
      } else output.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (complaint.length < maxComplaint) complaint += chunk.toString();
    });
    child.on('error', ({ message }) => finish({ failure: `it cannot be started: ${message}` }));
    const ended = (code: number | null, signal: NodeJS.Signals | null): void => {
      if (code === 0) return finish({ output: Buffer.concat(output).toString() });
      const end = signal === null ? `exit code ${code}` : `signal ${signal}`;
      return finish({ failure: complaint.trim() || `it ended with ${end} and said nothing` });
    };
    child.on('close', ended);
    // What it has left behind may hold its output open; what it wrote itself has come by then.
    child.on('exit', (code, signal) => void setTimeout(ended, 500, code, signal).unref());
  });
}

/** What is to be done before a signal ends this process. */
const endings = new Set<() => void>();
let isListening = false;

/**
 * Does something before Ctrl-C or a plain kill ends this process: a program in a group of its own does not hear of them.
 * Returns what takes that back.
 */
export function whenInterrupted(ending: () => void): () => void {
  endings.add(ending);
  for (const signal of isListening ? [] : (['SIGINT', 'SIGTERM'] as const)) {
    process.once(signal, () => {
      for (const one of endings) one();
      process.kill(process.pid, signal);
    });
  }
  isListening = true;
  return () => void endings.delete(ending);
}

/**
 * A program by the variable that names it, else by its name on `PATH`; undefined where there is none. Relative paths of
 * the variable start from `cwd`.
 */
export function findProgram(
  name: string,
  variable: string,
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): string | undefined {
  const named = env[variable];
  if (named !== undefined && named !== '') return isFile(path.resolve(cwd, named));
  const names = process.platform === 'win32' ? [`${name}.exe`, `${name}.cmd`] : [name];
  for (const folder of (env['PATH'] ?? '').split(path.delimiter)) {
    // An empty entry means the working folder, from where nothing should be started unasked.
    if (!path.isAbsolute(folder)) continue;
    for (const one of names) {
      const found = isFile(path.join(folder, one));
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function isFile(file: string): string | undefined {
  return existsSync(file) && statSync(file).isFile() ? file : undefined;
}

/** Does `work` for each item, at most `most` at once; the results stand in the order of the items. */
export async function eachAtOnce<T, R>(
  items: readonly T[],
  most: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
  return results;
}
