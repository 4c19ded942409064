import type { Catalogue } from '../../catalogue/catalogue.ts';
import {
  formatMinorVersion,
  type MinorVersion,
  minorVersions,
  parseMinorVersion,
} from '../../catalogue/versions.ts';
import { suggestion } from '../../config/did-you-mean.ts';
import type { EditorSettings } from '../../loop/editing/editor.ts';

/**
 * Reads what an editor hands over: `{ "profile": ["pss-restricted"], "kubernetesVersion": "1.34" }`. What is wrong is told
 * and left out; what is not ours is passed over, since editors hand over what they like.
 */
export function settingsFrom(
  written: unknown,
  catalogue: Catalogue,
): { readonly settings: EditorSettings; readonly problems: readonly string[] } {
  const problems: string[] = [];
  if (written === null || typeof written !== 'object') return { settings: {}, problems };
  const { profile, kubernetesVersion, unknown } = written as Readonly<Record<string, unknown>>;
  const profiles = profile === undefined ? undefined : profilesFrom(profile, catalogue, problems);
  const version = kubernetesVersion === undefined ? undefined : versionFrom(kubernetesVersion, problems);
  if (unknown !== undefined && typeof unknown !== 'boolean') {
    problems.push(`unknown must be true or false, not ${JSON.stringify(unknown)}`);
  }
  return {
    settings: {
      ...(typeof unknown === 'boolean' && { unknown }),
      ...(profiles !== undefined && { profiles }),
      ...(version !== undefined && { kubernetesVersion: version }),
    },
    problems,
  };
}

function profilesFrom(
  written: unknown,
  { profiles }: Catalogue,
  problems: string[],
): readonly string[] | undefined {
  const names: readonly unknown[] = Array.isArray(written) ? written : [written];
  const known = names.filter((name): name is string => {
    if (typeof name === 'string' && profiles.has(name)) return true;
    const hint = typeof name === 'string' ? suggestion(name, profiles.keys()) : '';
    problems.push(`there is no profile ${JSON.stringify(name)}${hint}`);
    return false;
  });
  return known.length === 0 ? undefined : known;
}

function versionFrom(written: unknown, problems: string[]): MinorVersion | undefined {
  const version = typeof written === 'string' ? parseMinorVersion(written) : undefined;
  if (version !== undefined && minorVersions.includes(version)) return version;
  const known = minorVersions.map(formatMinorVersion).join(', ');
  problems.push(`kubernetesVersion must be one of ${known}, in quotes, not ${JSON.stringify(written)}`);
  return undefined;
}
