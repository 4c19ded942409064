import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';

/** The most that is read of what is no plain file: about as much as one text can hold. */
const mostBytes = 2 ** 29;

/**
 * The bytes of a file that somebody named (absolute). Unlike one that is found in a folder it may be a pipe or a device,
 * which need not have an end. Throws as `readFileSync` does, and where there is no end within `most` bytes.
 */
export function readNamed(file: string, most = mostBytes): Buffer {
  if (statSync(file).isFile()) return readFileSync(file);
  const pieces: Buffer[] = [];
  const opened = openSync(file, 'r');
  try {
    for (let size = 0; size <= most;) {
      const piece = Buffer.allocUnsafe(65_536);
      const length = readSync(opened, piece);
      if (length === 0) return Buffer.concat(pieces);
      pieces.push(piece.subarray(0, length));
      size += length;
    }
  } finally {
    closeSync(opened);
  }
  throw new Error(`it is no plain file and does not end within ${Math.ceil(most / 2 ** 20)} MiB`);
}
