import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Metafile } from 'esbuild';

/** The names of the npm packages whose code is in bundles, sorted. */
export function packagesOf(bundles: readonly Metafile[]): readonly string[] {
  const names = bundles
    .flatMap(({ inputs }) => Object.keys(inputs))
    .map((file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1])
    .filter((name) => name !== undefined);
  return [...new Set(names)].sort();
}

/** Writes the licences of packages into a file; throws for one that has none to show. */
export function writeLicences(file: string, packages: readonly string[]): void {
  const texts = packages.map((name) => {
    const folder = `node_modules/${name}`;
    const licence = readdirSync(folder).find((one) => /^licen[cs]e(?:-mit)?(?:\.(?:md|txt))?$/i.test(one));
    if (licence === undefined) throw new Error(`"${name}" is bundled, but ${folder} has no licence`);
    return `${name}\n\n${readFileSync(`${folder}/${licence}`, 'utf8').trim()}\n`;
  });
  writeFileSync(file, texts.join('\n----\n\n'));
}
