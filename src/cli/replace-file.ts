import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  writeSync,
} from 'node:fs';
import path from 'node:path';

/**
 * Gives a file that is there, and holds `before`, the text `after`. Whatever goes wrong half-way (a full disk, a process that is
 * killed), the name leads to a whole text: the new one is written beside it and takes its name, with its rights and its owner.
 * Where that cannot be (other names for the same file, an owner whom this user cannot make, a folder that cannot be written), it
 * is written in place, longer before anything is overwritten. Throws the error of the system; then the file is as it was.
 */
export function replaceFile(absolute: string, before: Uint8Array, after: Uint8Array): void {
  const stat = writableStat(absolute);
  if (stat.nlink > 1 || !takesName(absolute, stat, after)) overwrite(absolute, before, after);
}

/** Throws where the file cannot be written: the right to write a folder is not the right to write the files in it. */
function writableStat(absolute: string): Stats {
  const file = openSync(absolute, 'r+');
  try {
    return fstatSync(file);
  } finally {
    closeSync(file);
  }
}

/** Writes a file beside and has it take the name; false where only what is in place can be written. */
function takesName(absolute: string, stat: Stats, text: Uint8Array): boolean {
  // Its ending is none that a scan reads; its length does not depend on the name.
  const beside = path.join(path.dirname(absolute), `.scantling-${randomUUID()}.tmp`);
  try {
    const file = openSync(beside, 'wx', 0o600);
    try {
      writeAll(file, text, 0);
      const { gid, uid } = fstatSync(file);
      if (uid !== stat.uid || gid !== stat.gid) fchownSync(file, stat.uid, stat.gid);
      // After the owner, whose change takes some rights away.
      fchmodSync(file, stat.mode & 0o7777);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(beside, absolute);
    return true;
  } catch (error) {
    rmSync(beside, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    // There is no room for both: whoever overwrites then risks the only one.
    if (code === 'ENOSPC' || code === 'EDQUOT') throw error;
    return false;
  }
}

function overwrite(absolute: string, before: Uint8Array, after: Uint8Array): void {
  const file = openSync(absolute, 'r+');
  try {
    // What needs more room comes first: where there is none, nothing is overwritten yet.
    writeAll(file, after.subarray(before.length), before.length);
    writeAll(file, after.subarray(0, before.length), 0);
    ftruncateSync(file, after.length);
    fsyncSync(file);
  } catch (error) {
    writeAll(file, before, 0);
    ftruncateSync(file, before.length);
    throw error;
  } finally {
    closeSync(file);
  }
}

/** The system may write less than it is asked to. */
function writeAll(file: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(file, bytes, done, bytes.length - done, position + done);
  }
}
