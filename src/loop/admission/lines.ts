/** One line of a stream: its number from 1, and its text or why it has none. */
export type Line =
  | { readonly number: number; readonly text: string }
  | { readonly number: number; readonly problem: string };

/** A request of an API server holds 3 MiB at most, and a review holds it up to three times. */
export const longestLine = 16 * 1024 * 1024;

const newline = 0x0a;
const byteOrderMark = '\uFEFF';

/**
 * Splits a stream of bytes into lines, in batches as they arrive, so that a writer who waits for an answer gets it and no
 * more than one line is held. Blank lines count but are not yielded. A line that is too long or is not UTF-8 is a problem
 * of its own; what follows it is read on.
 */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  limit: number = longestLine,
): AsyncGenerator<Line[]> {
  const splitter = new Splitter(limit);
  for await (const chunk of chunks) {
    const lines = splitter.push(chunk);
    if (lines.length > 0) yield lines;
  }
  const last = splitter.end();
  if (last.length > 0) yield last;
}

/** Puts together the lines that lie across chunks. */
class Splitter {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  readonly #limit: number;
  #started: Uint8Array[] = [];
  #length = 0;
  #number = 1;

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(chunk: Uint8Array): Line[] {
    const lines: Line[] = [];
    let from = 0;
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
      this.#keep(chunk.subarray(from, at));
      lines.push(...this.#finish());
      from = at + 1;
    }
    this.#keep(chunk.subarray(from));
    return lines;
  }

  /** The last line, where no line break ends it. */
  end(): Line[] {
    return this.#length === 0 ? [] : this.#finish();
  }

  /** Of a line that is too long nothing is kept. */
  #keep(part: Uint8Array): void {
    this.#length += part.length;
    if (this.#length > this.#limit) this.#started = [];
    // A copy: the stream may use the chunk's memory again.
    else if (part.length > 0) this.#started.push(part.slice());
  }

  #finish(): Line[] {
    const number = this.#number++;
    const length = this.#length;
    const parts = this.#started;
    this.#started = [];
    this.#length = 0;
    if (length > this.#limit) {
      return [{ number, problem: `the line is longer than ${this.#limit / 1024 / 1024} MiB` }];
    }
    let text: string;
    try {
      text = this.#decoder.decode(parts.length === 1 ? parts[0] : joined(parts, length));
    } catch {
      return [{ number, problem: 'the line is not UTF-8' }];
    }
    if (number === 1 && text.startsWith(byteOrderMark)) text = text.slice(1);
    return text.trim() === '' ? [] : [{ number, text }];
  }
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
