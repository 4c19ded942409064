import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type BuildOptions } from 'esbuild';
import type { Built } from './budget.ts';

/**
 * What others import: `library` as modules with `types` for installed packages, and `browser`, each file of which is
 * complete and can be loaded by a page as it is. Both are free of Node: esbuild refuses `node:` imports here.
 */
const entries: Readonly<Record<string, string>> = {
  cel: 'src/cel/index.ts',
  'cel-kubernetes': 'src/cel/kubernetes/environment.ts',
  yaml: 'src/yaml/index.ts',
  policy: 'src/policy/index.ts',
};

/** The files for pages: what each exports, and how large it may be gzipped. */
const pages: Readonly<Record<string, { readonly modules: readonly string[]; readonly budget?: number }>> = {
  cel: { modules: ['cel/index.ts'], budget: 60_000 },
  // The goal is 60 kB; without generated JavaScript, which a page under a strict policy never uses, it would be 65.
  'cel-kubernetes': { modules: ['cel/index.ts', 'cel/kubernetes/environment.ts'], budget: 80_000 },
  policy: { modules: ['cel/index.ts', 'cel/kubernetes/environment.ts', 'policy/index.ts'] },
};

const shared: BuildOptions = {
  bundle: true,
  format: 'esm',
  platform: 'neutral',
  mainFields: ['module', 'main'],
  target: 'es2022',
  legalComments: 'none',
  logLevel: 'warning',
};

/** Builds all of it into a folder and returns the sizes of the files for pages. */
export async function buildLibrary(outdir: string): Promise<readonly Built[]> {
  const library = { entryPoints: entries, outdir: `${outdir}/library`, splitting: true };
  await build({ ...shared, ...library, chunkNames: 'shared-[hash]' });
  writeTypes(outdir);
  const built: Built[] = [];
  for (const [name, { modules, budget }] of Object.entries(pages)) {
    const size = await buildPage(`${outdir}/browser/${name}.js`, modules);
    built.push({ name: `browser: ${name}, gzipped`, size, ...(budget !== undefined && { budget }) });
  }
  return built;
}

/** Declarations, one for each source file; the compiler of this project writes them. */
function writeTypes(outdir: string): void {
  const compiler = path.resolve('node_modules/.bin/tsc');
  const { status, stdout } = spawnSync(
    compiler,
    ['-p', 'tsconfig.library.json', '--outDir', `${outdir}/types`],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`no declarations:\n${stdout}`);
  // An installed package depends on none: the one declaration that names js-yaml gets its own copy.
  const grammar = `${outdir}/types/yaml/grammar.d.ts`;
  writeFileSync(grammar, readFileSync(grammar, 'utf8').replace("'js-yaml'", "'./js-yaml.d.ts'"));
  copyFileSync('node_modules/js-yaml/dist/js-yaml.d.ts', `${outdir}/types/yaml/js-yaml.d.ts`);
}

/** Bundles modules as one minified file and returns its gzipped size in bytes. */
async function buildPage(outfile: string, modules: readonly string[]): Promise<number> {
  const contents = modules.map((module) => `export * from './${module}';`).join('\n');
  const stdin = { contents, resolveDir: 'src', loader: 'ts' as const };
  await build({ ...shared, stdin, outfile, minify: true });
  return gzipSync(readFileSync(outfile), { level: 9 }).length;
}
