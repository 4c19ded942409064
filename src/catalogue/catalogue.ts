import { PolicyCompiler } from '../policy/index.ts';
import type { StoredExpressions } from '../policy/stored-expressions.ts';
import { readCompiled } from './compiled.ts';
import type { Control } from './control.ts';
import type { Framework } from './framework.ts';
import type { Profile } from './profile.ts';
import { shippedFile } from './shipped-file.ts';
import { formatMinorVersion, type MinorVersion } from './versions.ts';

/** All controls, profiles and frameworks, by id and name, sorted. */
export interface Catalogue {
  readonly controls: ReadonlyMap<string, Control>;
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly frameworks: ReadonlyMap<string, Framework>;
  /** The expressions of the controls as they are for a version; absent where the catalogue was read from YAML. */
  readonly expressions?: (version: MinorVersion) => StoredExpressions;
}

/** The digest of the compiled catalogue that was built together with this bundle. */
declare const SCANTLING_CATALOGUE: string | undefined;

/**
 * The program's own catalogue: in a bundle the compiled one beside it (a few milliseconds), else that of the checkout, read
 * from YAML once in a process. Throws a CatalogueError for one that is not as it should be.
 */
export async function openCatalogue(): Promise<Catalogue> {
  if (typeof SCANTLING_CATALOGUE === 'string') {
    return readCompiled(shippedFile('catalogue.json'), SCANTLING_CATALOGUE);
  } else {
    const { checkoutCatalogue } = await import('./load.ts');
    return checkoutCatalogue();
  }
}

/** The compiler for the controls of a catalogue: their own tests have compiled them in every version. */
export function controlCompiler({ expressions }: Catalogue, version: MinorVersion): PolicyCompiler {
  return new PolicyCompiler({
    version: formatMinorVersion(version),
    trusted: true,
    stored: expressions?.(version),
  });
}
