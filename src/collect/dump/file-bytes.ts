import { fstatSync, readSync } from 'node:fs';

/** The bytes of an open file, at any place and in any order. */
export class FileBytes {
  readonly size: number;
  private readonly file: number;
  private readonly changed: number;

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
    let done = 0;
    while (done < wanted) {
      const more = readSync(this.file, bytes, done, wanted - done, at + done);
      if (more === 0) break;
      done += more;
    }
    return done === wanted ? bytes : bytes.subarray(0, done);
  }

  /** Whether somebody has written to the file since it was opened. */
  get hasChanged(): boolean {
    const { size, mtimeMs } = fstatSync(this.file);
    return size !== this.size || mtimeMs !== this.changed;
  }
}
