import {
  formatMinorVersion,
  latestMinorVersion,
  type MinorVersion,
  minorVersions,
  parseMinorVersion,
} from '../catalogue/versions.ts';
import { UsageError } from './command.ts';

const first = formatMinorVersion(minorVersions[0]!);
const latest = formatMinorVersion(latestMinorVersion);

/** The known versions in words: `1.30 to 1.37`. */
export const knownVersions = `${first} to ${latest}`;

/** Reads a version such as `1.34` or, as a server tells its own, `v1.34.2-gke.7`; the latest one when none is written. */
export function kubernetesVersion(text: string | undefined): MinorVersion {
  if (text === undefined) return latestMinorVersion;
  const minor = parseMinorVersion(text.replace(/^v?(1\.\d+)(?:\.\d+(?:[-+].*)?)?$/, '$1'));
  if (minor !== undefined && minorVersions.includes(minor)) return minor;
  throw new UsageError(`Kubernetes ${text} is not known, there are ${knownVersions}`);
}
