import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Control } from './control.ts';
import type { Profile } from './profile.ts';

/** All controls and profiles, by id and name, both sorted. */
export interface Catalogue {
  readonly controls: ReadonlyMap<string, Control>;
  readonly profiles: ReadonlyMap<string, Profile>;
}

/** The catalogue as plain data, the form in which it is shipped: see `compileCatalogue`. */
export interface CompiledCatalogue {
  readonly controls: readonly Control[];
  readonly profiles: readonly Profile[];
}

/**
 * The program's own catalogue: the compiled one where it lies beside the bundle (a few milliseconds), else that of the
 * checkout, read from YAML.
 */
export async function openCatalogue(): Promise<Catalogue> {
  const compiled = path.join(import.meta.dirname, 'catalogue.json');
  if (existsSync(compiled))
    return indexCatalogue(JSON.parse(readFileSync(compiled, 'utf8')) as CompiledCatalogue);
  const { checkout, loadCatalogue } = await import('./load.ts');
  return loadCatalogue(checkout);
}

/** Indexes a compiled catalogue; its content is the program's own and is not checked again. */
export function indexCatalogue({ controls, profiles }: CompiledCatalogue): Catalogue {
  return {
    controls: new Map(controls.map((control) => [control.id, control])),
    profiles: new Map(profiles.map((profile) => [profile.name, profile])),
  };
}
