import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The processors that executables are made for, as Node calls them. */
export const architectures = ['x64', 'arm64'] as const;
/** A processor that an executable is made for, as npm calls it. */
export type Architecture = (typeof architectures)[number];

/** The Node that this project pins, for one processor. */
export interface NodePackage {
  /** Absolute path of the program. */
  readonly program: string;
  /** Absolute path of its licence, which holds those of all its parts. */
  readonly licence: string;
  readonly version: string;
}

interface Locked {
  readonly version: string;
  readonly integrity: string;
}

/**
 * Gets the pinned Node from the npm registry, or from npm's cache, and keeps it below `.cache/`. Its tarball has to have
 * the digest in package-lock.json, each time. Throws where it has another or cannot be had.
 */
export function nodePackage(architecture: Architecture): NodePackage {
  const name = `node-linux-${architecture}`;
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, Locked> };
  const { version, integrity } = lock.packages[`node_modules/${name}`]!;
  const cache = path.resolve('.cache/release');
  const folder = path.join(cache, `${name}-${version}`);
  mkdirSync(folder, { recursive: true });
  const tarball = path.join(cache, `${name}-${version}.tgz`);
  if (!existsSync(tarball)) {
    const args = ['pack', '--prefer-offline', '--ignore-scripts', '--pack-destination', cache];
    // Outside of the project, whose workspaces npm would otherwise pack.
    execFileSync('npm', [...args, `${name}@${version}`], { cwd: folder, stdio: 'pipe' });
  }
  demandIntegrity(tarball, integrity);
  const members = ['package/bin/node', 'package/LICENSE'];
  execFileSync('tar', ['-xzf', tarball, '-C', folder, ...members]);
  return { program: path.join(folder, members[0]!), licence: path.join(folder, members[1]!), version };
}

/** Throws unless the file has this digest, written as in package-lock.json: `sha512-` and base 64. */
export function demandIntegrity(file: string, integrity: string): void {
  const digest = createHash('sha512').update(readFileSync(file)).digest('base64');
  if (`sha512-${digest}` !== integrity) {
    throw new Error(
      `${file} is not what package-lock.json names: ${integrity} expected, sha512-${digest} found`,
    );
  }
}
