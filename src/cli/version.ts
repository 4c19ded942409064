import { readFileSync } from 'node:fs';
import path from 'node:path';

declare const SCANTLING_VERSION: string | undefined;
declare const SCANTLING_CATALOGUE: string | undefined;

/** The version of this program: written into the bundle, read from package.json in a checkout. */
export function version(): string {
  if (typeof SCANTLING_VERSION === 'string') return SCANTLING_VERSION;
  const text = readFileSync(path.join(import.meta.dirname, '../../package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** What tells one catalogue from another: the digest of the compiled one; a checkout reads its own afresh. */
export function catalogueVersion(): string {
  return typeof SCANTLING_CATALOGUE === 'string' ? SCANTLING_CATALOGUE : 'of this checkout';
}
