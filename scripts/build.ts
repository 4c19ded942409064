import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build, type BuildOptions } from 'esbuild';
import { compileCatalogue } from '../src/catalogue/compile.ts';

/** Largest sizes in bytes; a change that needs more says why in the commit that raises them. */
const budgets = { cli: 620_000, celGzipped: 60_000 } as const;

const outdir = 'dist';
const shared: BuildOptions = {
  bundle: true,
  format: 'esm',
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
};

rmSync(outdir, { recursive: true, force: true });
mkdirSync(outdir);
writeFileSync(`${outdir}/catalogue.json`, JSON.stringify(compileCatalogue()));

const cli = await build({
  ...shared,
  entryPoints: { cli: 'src/bin.ts' },
  outdir,
  splitting: true,
  chunkNames: 'chunk-[hash]',
  platform: 'node',
  target: 'node20.19',
  // js-yaml's CommonJS parts expect `require` in an ES module.
  banner: { js: "import{createRequire as __r}from'node:module';const require=__r(import.meta.url);" },
  define: { SCANTLING_VERSION: JSON.stringify(JSON.parse(readFileSync('package.json', 'utf8')).version) },
  metafile: true,
});
const browser = await build({
  ...shared,
  entryPoints: { cel: 'src/cel/index.ts', policy: 'src/policy/index.ts' },
  outdir: `${outdir}/browser`,
  platform: 'browser',
  target: 'es2022',
  metafile: true,
  write: true,
});

const cliSize = Object.values(cli.metafile.outputs).reduce((sum, { bytes }) => sum + bytes, 0);
const celFile = Object.keys(browser.metafile.outputs).find((file) => file.endsWith('/cel.js'))!;
const celSize = gzipSync(readFileSync(celFile), { level: 9 }).length;
const catalogueSize = statSync(`${outdir}/catalogue.json`).size;

const rows = [
  ['command line, minified', cliSize, budgets.cli],
  ['cel for the browser, minified and gzipped', celSize, budgets.celGzipped],
  ['compiled catalogue', catalogueSize, Number.POSITIVE_INFINITY],
] as const;
let over = false;
for (const [name, size, budget] of rows) {
  over ||= size > budget;
  const limit = Number.isFinite(budget) ? ` of ${(budget / 1000).toFixed(0)}` : '';
  console.log(
    `${name.padEnd(44)} ${(size / 1000).toFixed(1).padStart(7)} kB${limit}${size > budget ? '  OVER BUDGET' : ''}`,
  );
}
if (over) process.exit(1);
