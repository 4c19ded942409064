import { fstatSync, readSync, type Stats, writeSync } from 'node:fs';

/** What a verb needs of the world outside, so that tests can give it another. */
export interface Streams {
  /** Writes to standard output; the promise waits for a slow reader. */
  readonly out: (text: string) => void | Promise<void>;
  /** The same for what may be no text; absent where that does not matter. */
  readonly outBytes?: (bytes: Uint8Array) => void;
  /** False once whoever read standard output has gone; absent where nobody goes. */
  readonly hasReader?: () => boolean;
  readonly err: (text: string) => void;
  /** Whether standard output and standard error go to a terminal. */
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  readonly columns: number;
  /** Everything on standard input. Throws an Error where there is no end of it, or it cannot be read. */
  readonly stdin: () => Uint8Array;
  /** The same in blocks, for a verb that need not hold all of it. */
  readonly stdinBlocks?: () => Iterable<Uint8Array>;
  /** Standard input as it arrives; absent where it is all there at once. */
  readonly stdinChunks?: () => AsyncIterable<Uint8Array>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** What a person types to start this program, where that is not `scantling`. */
  readonly program?: string;
}

/** The streams of this process. */
export function processStreams(): Streams {
  let hasReader = true;
  // A reader that has seen enough (`| head`) is not an error, and changes nothing about the exit code.
  const onError = (error: NodeJS.ErrnoException): void => {
    if (error.code !== 'EPIPE') {
      process.stderr.write(`error: standard output cannot be written: ${error.message}\n`);
      process.exit(3);
    }
    hasReader = false;
  };
  process.stdout.on('error', onError);
  process.stderr.on('error', () => {});
  // Node's stream for a file does not see that a full disk took only a part.
  const isFile = kindOf(1)?.isFile() === true;
  const write = (data: string | Uint8Array): boolean => {
    if (!isFile) return process.stdout.write(data);
    try {
      writeWhole(1, data);
    } catch (error) {
      onError(error as NodeJS.ErrnoException);
    }
    return true;
  };
  return {
    out: (text) => {
      if (!hasReader || write(text)) return;
      return new Promise((resolve) => {
        for (const event of ['drain', 'close']) process.stdout.once(event, () => resolve());
      });
    },
    outBytes: (bytes) => void (hasReader && write(bytes)),
    hasReader: () => hasReader,
    err: (text) => void process.stderr.write(text),
    outIsTerminal: process.stdout.isTTY === true,
    errIsTerminal: process.stderr.isTTY === true,
    columns: process.stdout.columns ?? 120,
    stdin: () => gathered(stdinBlocks()),
    stdinBlocks,
    // Of a folder Node makes a stream that ends at once.
    stdinChunks: () => (kindOf(0)?.isDirectory() === true ? laterBlocks() : process.stdin),
    env: process.env,
    cwd: process.cwd(),
    program: calledAs([process.argv[1], process.argv0]),
  };
}

function kindOf(descriptor: number): Stats | undefined {
  try {
    return fstatSync(descriptor);
  } catch {
    return undefined;
  }
}

/** Writes all of it: one system call may take a part, as on a disk that gets full. Throws as `writeSync` does. */
export function writeWhole(descriptor: number, data: string | Uint8Array): void {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done);
}

/** Writes bytes as they are to standard output. */
export function putBytes({ out, outBytes }: Streams, bytes: Uint8Array): void {
  if (outBytes === undefined) void out(Buffer.from(bytes).toString());
  else outBytes(bytes);
}

/**
 * kubectl starts the plug-in `kubectl-scantling` as `kubectl scantling`: then help and advice speak of it so.
 * Source: kubernetes.io, "Extend kubectl with plugins".
 */
export function calledAs(files: readonly (string | undefined)[]): string | undefined {
  const isPlugin = files.some((file) => /(?:^|[/\\])kubectl-scantling(?:\.[a-z]+)?$/.test(file ?? ''));
  return isPlugin ? 'kubectl scantling' : undefined;
}

/** Standard input for a call that names it in several places: it can be read once, and each of them sees all of it. */
export function sharedInput({ stdin }: Streams): () => Uint8Array {
  let given: Uint8Array | undefined;
  return () => (given ??= stdin());
}

/** Bytes of standard input that are held at most; larger inputs are read by parts, by those who can. */
const mostHeld = 512_000_000;

/** All blocks as one. Throws an Error where there are more than `most` bytes. */
export function gathered(blocks: Iterable<Uint8Array>, most = mostHeld): Uint8Array {
  const held: Uint8Array[] = [];
  let size = 0;
  for (const block of blocks) {
    size += block.length;
    if (size > most) throw new Error(`there is no end of it after ${most / 1e6} MB`);
    held.push(block);
  }
  return Buffer.concat(held);
}

function* stdinBlocks(): Generator<Uint8Array> {
  const block = Buffer.allocUnsafeSlow(1 << 20);
  for (;;) {
    const length = readInput(block);
    if (length === 0) return;
    // A copy of what has come: whoever gathers blocks must not hold a megabyte for each few bytes of a slow writer.
    yield Buffer.from(block.subarray(0, length));
  }
}

async function* laterBlocks(): AsyncGenerator<Uint8Array> {
  yield* stdinBlocks();
}

/** How many bytes were read; 0 at the end, which Windows tells by an error. Waits where nothing is there yet. */
function readInput(block: Uint8Array): number {
  for (;;) {
    try {
      return readSync(0, block);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}

/**
 * Whether to colour: on a terminal, unless `NO_COLOR` is set to anything; `FORCE_COLOR` colours a pipe too.
 * Source: no-color.org, force-color.org.
 */
export function wantsColor({ env, outIsTerminal }: Streams): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  const forced = env['FORCE_COLOR'] ?? '';
  if (forced !== '' && forced !== '0') return true;
  return outIsTerminal && env['TERM'] !== 'dumb';
}
