import { readFileSync } from 'node:fs';
import path from 'node:path';

const separator = '\n----\n\n';

/** The names of the npm packages whose code is in the bundles: those whose licences are shipped with them. */
export function bundledPackages(dist: string): readonly string[] {
  return licences(dist)
    .split(separator)
    .map((text) => text.split('\n')[0]!);
}

/** The licences of everything in a release: of the bundled packages and of Node with its parts. */
export function releaseLicences(dist: string, nodeLicence: string): string {
  const node = `Node.js (in the executables only)\n\n${readFileSync(nodeLicence, 'utf8').trim()}\n`;
  return [licences(dist), node].join(separator);
}

function licences(dist: string): string {
  return readFileSync(path.join(dist, 'THIRD-PARTY-LICENSES'), 'utf8');
}
