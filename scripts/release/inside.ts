import sea from 'node:sea';
import { BundleLoader } from './bundle-loader.ts';
import { codeName } from './code-name.ts';

/**
 * A loader for the bundles inside of this executable, with the compiled code that a run of `verb` needs. Nothing lies in a
 * folder with the name of a program, so a bundle that looks for files beside itself finds none, whoever can write there.
 */
export function bundlesInside(verb: string): BundleLoader {
  const names = new Set(sea.getAssetKeys());
  const read = (name: string) => (names.has(name) ? Buffer.from(sea.getRawAsset(name)) : undefined);
  return new BundleLoader({
    text: (name) => read(name)?.toString('latin1'),
    code: (name) => read(codeName(verb, name)),
    directory: process.execPath,
  });
}
