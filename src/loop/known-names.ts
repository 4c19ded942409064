import type { Catalogue } from '../catalogue/catalogue.ts';
import { parameterComplaints } from '../catalogue/control.ts';
import { formatMinorVersion, minorVersions } from '../catalogue/versions.ts';
import type { KnownNames } from '../config/settings.ts';
import { patternProblem } from '../exceptions/scope.ts';

/** The names that a configuration may use: those of the catalogue, and what was one before. */
export function knownNames({ controls, profiles }: Pick<Catalogue, 'controls' | 'profiles'>): KnownNames {
  return {
    controls: new Set(controls.keys()),
    profiles: new Set(profiles.keys()),
    kubernetesVersions: minorVersions.map(formatMinorVersion),
    renamed: (name) =>
      controls.has(name)
        ? undefined
        : [...controls.values()].find(({ renamedFrom }) => renamedFrom.includes(name))?.id,
    patternProblem,
    parameterProblems: (id, value) => parameterComplaints(controls.get(id)!, value),
  };
}
