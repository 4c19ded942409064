import { latestMinorVersion } from '../catalogue/versions.ts';
import { Configurations } from '../config/discover.ts';
import { knownNames } from './known-names.ts';
import type { ScanOptions } from './scan.ts';

/** A scan of the current folder by all controls, which works out every finding; `more` is what a test changes about it. */
export function scanOptions(more: Pick<ScanOptions, 'catalogue'> & Partial<ScanOptions>): ScanOptions {
  return {
    inputs: ['.'],
    cwd: '/',
    version: latestMinorVersion,
    selection: { profiles: ['all'], controls: undefined },
    configurations: new Configurations(knownNames(more.catalogue), (absolute) => absolute),
    exclude: [],
    policies: [],
    failOn: undefined,
    baseline: undefined,
    since: undefined,
    showAll: false,
    elements: true,
    today: '2026-01-01',
    ...more,
  };
}

/** The same of a text on standard input. */
export function scanOptionsOf(
  text: string,
  more: Pick<ScanOptions, 'catalogue'> & Partial<ScanOptions>,
): ScanOptions {
  return scanOptions({ inputs: ['-'], stdin: () => Buffer.from(text), ...more });
}
