import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { readElf } from './elf.ts';
import type { Architecture, NodePackage } from './node-package.ts';

/** The name of the note that Node looks for in itself. */
export const resource = 'NODE_SEA_BLOB';

/** Node holds this with `:0` behind it, and looks for the note where that has become `:1`. */
export const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

/** What a single executable holds beside Node: files by the name they have in it. */
export type Assets = ReadonlyMap<string, string>;

/** Bundles what runs first, in the program and in its second thread, into `folder`. */
export async function buildStart(
  folder: string,
  bundles: Readonly<Record<string, string>>,
): Promise<{ start: string; thread: string }> {
  await build({
    entryPoints: ['start', 'start-thread'].map((name) => path.join(import.meta.dirname, `${name}.ts`)),
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    define: { BUNDLES: JSON.stringify(bundles) },
    logLevel: 'warning',
  });
  return { start: path.join(folder, 'start.cjs'), thread: path.join(folder, 'start-thread.cjs') };
}

/**
 * Makes the resource of a single executable with the Node `program`, for any processor: there is nothing of a machine in it
 * but what the assets hold. https://nodejs.org/docs/latest-v24.x/api/single-executable-applications.html
 *
 * @param folder where `start.cjs` lies; paths in the resource are relative to it
 */
export function makeResource(program: string, folder: string, name: string, assets: Assets): string {
  const configuration = {
    main: 'start.cjs',
    output: name,
    disableExperimentalSEAWarning: true,
    assets: Object.fromEntries([...assets].map(([asset, file]) => [asset, path.resolve(file)])),
  };
  writeFileSync(path.join(folder, `${name}.json`), JSON.stringify(configuration));
  execFileSync(program, ['--experimental-sea-config', `${name}.json`], { cwd: folder, stdio: 'pipe' });
  return path.join(folder, name);
}

/** Writes a Node with a resource in it to `file`; throws unless it came out for this processor and with these very bytes. */
export function makeExecutable(
  file: string,
  architecture: Architecture,
  node: NodePackage,
  blob: string,
): void {
  copyFileSync(node.program, file);
  const postject = path.resolve('node_modules/postject/dist/cli.js');
  // It warns of Node's many notes on its standard error, and fails with a code where it does not do its work.
  execFileSync(process.execPath, [postject, file, resource, blob, '--sentinel-fuse', fuse], {
    stdio: 'pipe',
  });
  chmodSync(file, 0o755);
  const whole = readFileSync(file);
  const { machine, notes } = readElf(whole);
  if (machine !== architecture) throw new Error(`${file} is for ${machine}, not for ${architecture}`);
  if (notes.get(resource)?.equals(readFileSync(blob)) !== true)
    throw new Error(`${file} does not hold ${blob}`);
  if (!whole.includes(`${fuse}:1`)) throw new Error(`${file} would not look for what is in it`);
}
