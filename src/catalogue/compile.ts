import type { CompiledCatalogue } from './catalogue.ts';
import { checkout, loadCatalogue } from './load.ts';

/** The catalogue below `directory` as plain data for the bundle; throws a CatalogueError where it is not as it should be. */
export function compileCatalogue(directory: string = checkout): CompiledCatalogue {
  const { controls, profiles } = loadCatalogue(directory);
  return { controls: [...controls.values()], profiles: [...profiles.values()] };
}
