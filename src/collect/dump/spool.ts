import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * Writes blocks into a temporary file and returns its descriptor, open for reading. The file is removed before anything is
 * written, so that nothing of a cluster stays behind whatever happens to the process; where the system does not allow that,
 * it is removed when the process ends. Only its owner may read it.
 */
export function spool(blocks: Iterable<Uint8Array>): number {
  const folder = mkdtempSync(path.join(tmpdir(), 'scantling-'));
  const file = path.join(folder, 'input');
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'wx+', 0o600);
    try {
      remove();
    } catch {
      const opened = descriptor;
      process.once('exit', () => {
        closeSync(opened);
        remove();
      });
    }
    for (const block of blocks) {
      for (let done = 0; done < block.length;) done += writeSync(descriptor, block, done);
    }
    return descriptor;
  } catch (error) {
    if (descriptor !== undefined) closeSync(descriptor);
    remove();
    throw error;
  }
}
