import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { build, type BuildOptions, type Plugin } from 'esbuild';
import { compileCatalogue } from '../src/catalogue/compile.ts';
import { checkout, loadCatalogue } from '../src/catalogue/load.ts';
import { gatherVocabulary } from '../src/cli/completion/vocabulary.ts';
import { listedVerbs, verbNames } from '../src/cli/main.ts';
import { lazyPackages } from './lazy-packages.ts';
import { packagesOf, writeLicences } from './licences.ts';

/**
 * Bundles the command line into `outdir`, with the compiled catalogue and the licences of what is bundled beside it; returns the
 * bytes of its two large files.
 *
 * - `cli.js` starts one of the others.
 * - `scan.cjs` holds what a scan needs and nothing else, in one scope: it starts fastest.
 * - `scantling.cjs` holds everything; what a verb needs is evaluated when that verb runs.
 * - `language-server.cjs` is the protocol of editors, which only `lsp` needs.
 * - `rendering.cjs` has charts and kustomizations rendered, which most scans meet none of.
 * - `completion.cjs` answers shells, from the words in `completion.json`.
 * - `second-thread.cjs` is the start of a scan's other thread.
 */
export async function bundleCommandLine(outdir: string): Promise<{ scan: number; whole: number }> {
  const catalogue = compileCatalogue();
  writeFileSync(`${outdir}/catalogue.json`, catalogue.text);
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const options = {
    bundle: true,
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    outdir,
    // The way of Node's loader through many modules is longer than through one CommonJS file.
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    platform: 'node',
    target: 'node20.19',
    // A file of ours is required, from wherever bundles are taken.
    supported: { 'dynamic-import': false },
    define: {
      SCANTLING_VERSION: JSON.stringify(version),
      SCANTLING_CATALOGUE: JSON.stringify(catalogue.digest),
      'import.meta.dirname': '__dirname',
    },
  } as const satisfies BuildOptions;
  const entry = 'src/cli/process.ts';
  const scan = ['./scan.ts', '../loop/parallel/second-thread.ts'];
  const built = await Promise.all([
    build({
      ...options,
      entryPoints: { scantling: entry },
      plugins: [lazyPackages, protocolApart, renderingApart],
    }),
    build({
      ...options,
      stdin: { contents: protocol, resolveDir: '.' },
      outfile: `${outdir}/${protocolFile}`,
      outdir: undefined,
    }),
    build({
      ...options,
      entryPoints: { rendering: 'src/collect/render/render-folders.ts' },
      plugins: [lazyPackages],
    }),
    build({ ...options, entryPoints: { completion: 'src/cli/completion/process.ts' } }),
    build({
      ...options,
      entryPoints: { scan: entry },
      plugins: [lazyPackages, onlyVerb(scan), renderingApart],
      footer: { js: handOver },
    }),
  ]);
  const packages = packagesOf(built.map(({ metafile }) => metafile));
  writeLicences(`${outdir}/THIRD-PARTY-LICENSES`, packages);
  const vocabulary = gatherVocabulary(await listedVerbs(), loadCatalogue(checkout));
  writeFileSync(`${outdir}/completion.json`, asciiJson(vocabulary));
  writeFileSync(`${outdir}/cli.js`, launcher([...verbNames, '__complete']), { mode: 0o755 });
  writeFileSync(`${outdir}/second-thread.cjs`, `require('./scan.cjs').runThread();\n`);
  return { scan: statSync(`${outdir}/scan.cjs`).size, whole: statSync(`${outdir}/scantling.cjs`).size };
}

const protocolFile = 'language-server.cjs';
const protocol = `export * from 'vscode-languageserver/node';
export { TextDocument } from 'vscode-languageserver-textdocument';`;

/** An esbuild plugin that leaves the packages of the protocol of editors in a file of their own, read when it is needed. */
const protocolApart: Plugin = {
  name: 'protocol-apart',
  setup(build) {
    build.onResolve({ filter: /^vscode-languageserver/ }, () => ({
      path: `./${protocolFile}`,
      external: true,
    }));
  },
};

/** An esbuild plugin that leaves the rendering of charts in a file of its own, read when a scan meets one. */
const renderingApart: Plugin = {
  name: 'rendering-apart',
  setup(build) {
    build.onResolve({ filter: /[/\\]render-folders\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './rendering.cjs', external: true } : undefined,
    );
  },
};

/**
 * An esbuild plugin for a bundle of one verb: the dynamic imports of `modules` become static ones, so that all is one scope,
 * and the other verbs stay out. V8 keeps no compiled code of the functions that esbuild puts around modules which are
 * imported dynamically, because nothing refers to them after their only run.
 */
function onlyVerb(modules: readonly string[]): Plugin {
  return {
    name: 'only-verb',
    setup(build) {
      build.onLoad({ filter: /[/\\]cli[/\\](?:main|process)\.ts$/ }, ({ path }) => {
        let contents = readFileSync(path, 'utf8');
        for (const [index, module] of modules.entries()) {
          const dynamic = `await import('${module}')`;
          if (!contents.includes(dynamic)) continue;
          contents = `import * as eager${index} from '${module}';\n${contents.replaceAll(dynamic, `eager${index}`)}`;
        }
        return { contents, loader: 'ts' };
      });
      build.onResolve({ filter: /^\./ }, ({ path, kind, importer }) =>
        kind === 'dynamic-import' && /[/\\]cli[/\\](?:main|scan)\.ts$/.test(importer)
          ? { path, external: true }
          : undefined,
      );
    },
  };
}

/** JSON as `shippedFile` reads it. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[^\0-~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The bundles that hold one verb alone, by verb; all others are in `scantling.cjs`. */
const ownBundles: Readonly<Record<string, string>> = {
  scan: 'scan.cjs',
  __complete: 'completion.cjs',
};

/** The bundle that a verb is started from. */
export function bundleOf(verb: string): string {
  return ownBundles[verb] ?? 'scantling.cjs';
}

/** Whether a scan writes an HTML report, which shows fixes: nothing of that is in the bundle of a scan. */
const wantsHtml = `process.argv.some((word) => word.includes('html'))`;

/** The end of `scan.cjs`: what it has not is done by the bundle that has everything. */
const handOver = `{
  const { runProcess, runThread } = module.exports;
  const run = () => (${wantsHtml} ? require('./scantling.cjs').runProcess() : runProcess());
  module.exports = { runProcess: run, runThread };
}`;

/**
 * V8 keeps compiled code between runs where Node can (22.8 and later). It keeps what the first run compiled, so each verb
 * has a folder of its own, and so have help and mistakes.
 */
function launcher(verbs: readonly string[]): string {
  return `#!/usr/bin/env node
import * as module from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const verb = ${JSON.stringify(verbs)}.find((name) => name === process.argv[2]) ?? 'help';
module.enableCompileCache?.(join(tmpdir(), 'node-compile-cache', 'scantling-' + verb));
const isWhole = verb === 'scan' && ${wantsHtml};
const bundle = (isWhole ? undefined : ${JSON.stringify(ownBundles)}[verb]) ?? 'scantling.cjs';
module.createRequire(import.meta.url)('./' + bundle).runProcess();
`;
}
