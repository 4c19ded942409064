import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build, type BuildOptions } from 'esbuild';
import { bundleCommandLine } from './command-line.ts';

/** Largest sizes in bytes; a change that needs more says why in the commit that raises them. */
const budgets = { cli: 1_400_000, cel: 60_000, celWithKubernetes: 64_000 } as const;

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
  ['command line: a scan, and everything', await bundleCommandLine(outdir), budgets.cli],
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
