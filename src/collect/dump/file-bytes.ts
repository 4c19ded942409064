import { fstatSync, readSync } from 'node:fs';

const WINDOW = 1 << 20;

/** The bytes of an open file, at any place and in any order. */
export class FileBytes {
  readonly size: number;
  private readonly file: number;
  private readonly changed: number;
  private window = Buffer.alloc(0);
  private windowStart = 0;

  /** `file` is a descriptor, which stays the caller's to close. */
  constructor(file: number) {
    const { size, mtimeMs } = fstatSync(file);
    this.file = file;
    this.size = size;
    this.changed = mtimeMs;
  }

  /** The bytes from `at` on, `length` of them or as many as there are. */
  read(at: number, length: number): Buffer {
    const wanted = Math.max(0, Math.min(length, this.size - at));
    const bytes = Buffer.allocUnsafeSlow(wanted);
    return bytes.subarray(0, this.fill(bytes, at, wanted));
  }

  /**
   * The same for many short stretches that follow one another. What is returned counts until the next call only: memory
   * for each of them would pile up beside the engine's own until that is collected.
   */
  peek(at: number, length: number): Buffer {
    const from = at - this.windowStart;
    if (from >= 0 && from + length <= this.window.length) return this.window.subarray(from, from + length);
    if (length > WINDOW) return this.read(at, length);
    if (this.window.length < WINDOW) this.window = Buffer.allocUnsafeSlow(WINDOW);
    this.windowStart = at;
    const filled = this.fill(this.window, at, Math.min(WINDOW, this.size - at));
    return this.window.subarray(0, Math.min(filled, length));
  }

  /** Whether somebody has written to the file since it was opened. */
  get hasChanged(): boolean {
    const { size, mtimeMs } = fstatSync(this.file);
    return size !== this.size || mtimeMs !== this.changed;
  }

  /** Reads into `bytes`; how many there were, fewer than wanted where somebody has cut the file. */
  private fill(bytes: Buffer, at: number, wanted: number): number {
    let done = 0;
    while (done < wanted) {
      const more = readSync(this.file, bytes, done, wanted - done, at + done);
      if (more === 0) break;
      done += more;
    }
    return done;
  }
}
