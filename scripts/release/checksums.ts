import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The file that holds the digests of the others. */
export const checksumsFile = 'SHA256SUMS';

/** The SHA-256 digests of all files of a folder but `SHA256SUMS`, in the form that `sha256sum --check` reads. */
export function checksums(folder: string): string {
  const files = readdirSync(folder).filter((file) => file !== checksumsFile);
  const lines = files.sort().map((file) => {
    const digest = createHash('sha256')
      .update(readFileSync(path.join(folder, file)))
      .digest('hex');
    return `${digest}  ${file}\n`;
  });
  return lines.join('');
}
