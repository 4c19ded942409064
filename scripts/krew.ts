import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const root = path.join(import.meta.dirname, '..');

/**
 * Makes of a release what krew, the plug-in manager of kubectl, wants: an archive for each program, in `folder` beside it, and
 * `krew.yaml` with the checksums, for archives that will lie under `url`. Throws where a file of the release is missing.
 */
export function makeKrewManifest(folder: string, url: string): void {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    version: string;
  };
  const values: Readonly<Record<string, string>> = {
    VERSION: version,
    URL: url.replace(/\/$/, ''),
    SHA256_LINUX_X64: checksum(archive(folder, 'scantling-linux-x64')),
    SHA256_LINUX_ARM64: checksum(archive(folder, 'scantling-linux-arm64')),
    SHA256_NPM: checksum(path.join(folder, `scantling-${version}.tgz`)),
  };
  const template = readFileSync(path.join(root, 'deploy/krew.yaml'), 'utf8').replace(/^#.*\n/gm, '');
  const text = template.replaceAll(/\$([A-Z][A-Z0-9_]*)/g, (placeholder, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`deploy/krew.yaml: nothing fills in ${placeholder}`);
    return value;
  });
  writeFileSync(path.join(folder, 'krew.yaml'), text);
}

/** The program under the name that kubectl looks for, with the licence; the same bytes whenever it is made. */
function archive(folder: string, program: string): string {
  const source = path.join(folder, program);
  if (!existsSync(source)) throw new Error(`${source} is missing: \`npm run release\` makes it`);
  const work = mkdtempSync(path.join(tmpdir(), 'scantling-krew-'));
  try {
    copyFileSync(source, path.join(work, 'kubectl-scantling'));
    chmodSync(path.join(work, 'kubectl-scantling'), 0o755);
    copyFileSync(path.join(root, 'LICENSE'), path.join(work, 'LICENSE'));
    const file = path.resolve(folder, `${program}.tar.gz`);
    const always = [
      '--sort=name',
      '--mtime=@0',
      '--owner=0',
      '--group=0',
      '--numeric-owner',
      '--format=ustar',
    ];
    execFileSync(
      'tar',
      [...always, '--use-compress-program=gzip -n', '-cf', file, 'LICENSE', 'kubectl-scantling'],
      {
        cwd: work,
        stdio: 'pipe',
      },
    );
    return file;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function checksum(file: string): string {
  if (!existsSync(file)) throw new Error(`${file} is missing: \`npm run release\` makes it`);
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [folder, url] = process.argv.slice(2);
  if (folder === undefined || url === undefined) {
    process.stderr.write(
      'node scripts/krew.ts FOLDER URL: the folder of a release, and where it will be found\n',
    );
    process.exitCode = 2;
  } else makeKrewManifest(folder, url);
}
