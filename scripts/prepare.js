// npm calls this in a clone after `npm ci`, where there is nothing to do, and before it packs a package that somebody installs
// from git, as pre-commit does: then there has to be a build. It tells the two apart by where npm was started.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

/** Development dependencies that no build needs: what the tests, the benchmarks and the checks of style use. */
const unused =
  /^(@bufbuild\/|@marcbachmann\/|@microsoft\/jest|@sparticuz\/|@types\/|ajv|axe-core|fast-check|oxfmt|oxlint|postject|re2js|typescript$|yaml$)/;

/** A Node that runs TypeScript as it is: this one, else the one that is pinned for the machines npm has it for. */
function modernNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath;
  const pinned = path.resolve(`node_modules/.bin/node${process.platform === 'win32' ? '.exe' : ''}`);
  if (existsSync(pinned)) return pinned;
  throw new Error(`Scantling is built by Node 22.18 or newer, this is ${process.versions.node}`);
}

/**
 * Installs what the build needs. `npm install -g` of a git repository does not: it tells the npm that is to do so to work
 * globally, too. The versions are those of the lock file.
 */
function installDependencies() {
  const text = readFileSync('package.json', 'utf8');
  const manifest = JSON.parse(text);
  const needed = Object.entries(manifest.devDependencies).filter(([name]) => !unused.test(name));
  try {
    writeFileSync(
      'package.json',
      JSON.stringify({ ...manifest, devDependencies: Object.fromEntries(needed) }),
    );
    const flags = [
      '--no-global',
      '--no-save',
      '--include=dev',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
    ];
    execFileSync(process.execPath, [process.env.npm_execpath, 'install', ...flags], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, npm_config_global: 'false', npm_config_location: 'project' },
    });
  } finally {
    writeFileSync('package.json', text);
  }
}

const isInstalledFromGit = process.env.INIT_CWD !== undefined && process.env.INIT_CWD !== process.cwd();
if (isInstalledFromGit) {
  if (!existsSync('node_modules/esbuild')) installDependencies();
  mkdirSync('dist', { recursive: true });
  const script = "import('./scripts/command-line.ts').then((one) => one.bundleCommandLine('dist'))";
  execFileSync(modernNode(), ['--disable-warning=ExperimentalWarning', '--eval', script], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
