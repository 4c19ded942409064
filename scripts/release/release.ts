// Run by itself: `release.ts [FOLDER]` makes what a release consists of from `dist/`, into `release/` or another folder.
// docs/release.md has what comes out and how it is checked.
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { verbNames } from '../../src/cli/main.ts';
import { bundleOf } from '../command-line.ts';
import { billOfMaterials } from './bill-of-materials.ts';
import { checksums, checksumsFile } from './checksums.ts';
import { compiledCode } from './compiled-code.ts';
import { type Assets, buildStart, makeExecutable, makeResource } from './executable.ts';
import { architectures, nodePackage } from './node-package.ts';
import { bundledPackages, releaseLicences } from './third-party.ts';

const dist = 'dist';
const folder = path.resolve(process.argv[2] ?? 'release');

if (!existsSync(`${dist}/scantling.cjs`)) fail('nothing is built: run `npm run build` first');
if (process.platform !== 'linux' || process.arch !== 'x64') {
  fail('a release is made on Linux x64: the program for it holds code compiled by its own Node');
}
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const work = mkdtempSync(path.join(tmpdir(), 'scantling-release-'));
try {
  // Names and modes in the tarball are npm's, times are the same in all: it depends on `dist/` alone.
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { stdio: 'pipe' });
  await makeExecutables();
  writeFileSync(path.join(folder, `scantling-${version}.cdx.json`), bill());
  writeFileSync(path.join(folder, checksumsFile), checksums(folder));
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.stdout.write(readFileSync(path.join(folder, checksumsFile), 'utf8'));

async function makeExecutables(): Promise<void> {
  const nodes = architectures.map((architecture) => ({ architecture, node: nodePackage(architecture) }));
  const native = nodes.find(({ architecture }) => architecture === process.arch)!;
  const { licence } = native.node;
  writeFileSync(path.join(folder, 'THIRD-PARTY-LICENSES'), releaseLicences(dist, licence));
  const bundles = Object.fromEntries(
    [...verbNames, '__complete', 'help'].map((verb) => [verb, bundleOf(verb)]),
  );
  const { thread } = await buildStart(work, bundles);
  const shipped: Assets = new Map([
    ...bundleFiles().map((file): [string, string] => [file, path.join(dist, file)]),
    ['second-thread.cjs', thread],
  ]);
  const code = compiledCode(native.node.program, dist, path.join(work, 'code'), bundles);
  for (const { architecture, node } of nodes) {
    // V8 takes compiled code only from its own kind.
    const assets = architecture === native.architecture ? new Map([...shipped, ...code]) : shipped;
    const blob = makeResource(native.node.program, work, `${architecture}.blob`, assets);
    makeExecutable(path.join(folder, `scantling-linux-${architecture}`), architecture, node, blob);
  }
}

/** What the command line reads at run time: its bundles and the compiled catalogue. */
function bundleFiles(): string[] {
  return readdirSync(dist).filter((file) => /\.(?:cjs|json)$/.test(file));
}

function bill(): string {
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Parameters<typeof billOfMaterials>[0]['locked'];
  };
  const runtimes = architectures.map((one) => [`scantling-linux-${one}`, `node-linux-${one}`]);
  const epoch = process.env['SOURCE_DATE_EPOCH'];
  return billOfMaterials({
    version,
    bundled: bundledPackages(dist),
    runtimes: Object.fromEntries(runtimes) as Record<string, string>,
    locked: lock.packages,
    time: epoch === undefined ? undefined : Number(epoch),
  });
}

function fail(reason: string): never {
  process.stderr.write(`error: ${reason}\n`);
  process.exit(1);
}
