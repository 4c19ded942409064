import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build, type BuildOptions } from 'esbuild';
import { compileCatalogue } from '../src/catalogue/compile.ts';
import { verbNames } from '../src/cli/main.ts';
import { lazyPackages } from './lazy-packages.ts';

/** Largest sizes in bytes; a change that needs more says why in the commit that raises them. */
const budgets = { cli: 620_000, cel: 60_000, celWithKubernetes: 64_000 } as const;

/** Where the bundle goes; another folder can be named, to compare two builds. */
const outdir = process.argv[2] ?? 'dist';
const shared: BuildOptions = {
  bundle: true,
  format: 'esm',
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
};

rmSync(outdir, { recursive: true, force: true });
mkdirSync(outdir);
const catalogue = compileCatalogue();
writeFileSync(`${outdir}/catalogue.json`, catalogue.text);

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const cli = await build({
  ...shared,
  entryPoints: { scantling: 'src/cli/process.ts' },
  outdir,
  // One file, whose parts are evaluated when they are imported: the loader's way through many modules is longer.
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  platform: 'node',
  target: 'node20.19',
  plugins: [lazyPackages],
  define: {
    SCANTLING_VERSION: JSON.stringify(version),
    SCANTLING_CATALOGUE: JSON.stringify(catalogue.digest),
    'import.meta.dirname': '__dirname',
  },
  metafile: true,
});
writeFileSync(`${outdir}/cli.js`, launcher(verbNames), { mode: 0o755 });

/**
 * What starts the bundle: V8 keeps compiled code between runs where Node can (22.8 and later). It keeps what the first run
 * compiled, so each verb has a folder of its own.
 */
function launcher(verbs: readonly string[]): string {
  return `#!/usr/bin/env node
import * as module from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const verb = ${JSON.stringify(verbs)}.find((name) => name === process.argv[2]);
if (verb !== undefined) module.enableCompileCache?.(join(tmpdir(), 'node-compile-cache', 'scantling-' + verb));
module.createRequire(import.meta.url)('./scantling.cjs').runProcess();
`;
}

/** Bundles modules for a browser as one file and returns its gzipped size in bytes. */
async function browser(name: string, modules: readonly string[]): Promise<number> {
  const outfile = `${outdir}/browser/${name}.js`;
  const contents = modules.map((module) => `export * from './${module}';`).join('\n');
  const stdin = { contents, resolveDir: 'src', loader: 'ts' as const };
  await build({ ...shared, stdin, outfile, platform: 'browser', target: 'es2022' });
  return gzipSync(readFileSync(outfile), { level: 9 }).length;
}

const cel = ['cel/index.ts'];
const kubernetes = [...cel, 'cel/kubernetes/environment.ts'];
const rows: readonly [name: string, size: number, budget: number][] = [
  ['command line, minified', sum(Object.values(cli.metafile.outputs).map(({ bytes }) => bytes)), budgets.cli],
  ['compiled catalogue', statSync(`${outdir}/catalogue.json`).size, Infinity],
  ['browser: cel, gzipped', await browser('cel', cel), budgets.cel],
  [
    'browser: cel with the Kubernetes libraries, gzipped',
    await browser('cel-kubernetes', kubernetes),
    budgets.celWithKubernetes,
  ],
  [
    'browser: policy and all of the above, gzipped',
    await browser('policy', [...kubernetes, 'policy/index.ts']),
    Infinity,
  ],
];

for (const [name, size, budget] of rows) {
  const limit = Number.isFinite(budget) ? ` of ${budget / 1000}` : '';
  const over = size > budget ? '  OVER BUDGET' : '';
  console.log(`${name.padEnd(54)} ${(size / 1000).toFixed(1).padStart(7)} kB${limit}${over}`);
}
if (rows.some(([, size, budget]) => size > budget)) process.exit(1);

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
