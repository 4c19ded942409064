import { readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * The text of a file that is shipped with the bundles: inside of a single executable where this is one, else beside them.
 * The file has to be ASCII, which this encoding reads fastest. Throws where there is none, as in a checkout.
 */
export function shippedFile(name: string): string {
  return shippedInside(name) ?? readFileSync(path.join(import.meta.dirname, name), 'latin1');
}

/** The same where this is a single executable, else undefined. Throws where it holds no such file. */
export function shippedInside(name: string): string | undefined {
  const { isSea, getRawAsset } = process.getBuiltinModule('node:sea');
  return isSea() ? Buffer.from(getRawAsset(name)).toString('latin1') : undefined;
}
