import { type KubernetesVersion, kubernetesVersions } from '../cel/kubernetes/environment.ts';

/** A Kubernetes version of which only the minor number matters: `1.34` is 34. */
export type MinorVersion = number;

/** The Kubernetes minor versions (of 1.x) whose rules the catalogue knows, oldest first. */
export const minorVersions: readonly MinorVersion[] = kubernetesVersions.map((text) => Number(text.slice(2)));

/** The version judged by when nobody names one. */
export const latestMinorVersion: MinorVersion = minorVersions.at(-1) ?? 0;

/** Writes 34 as `1.34`; throws a RangeError for a version the catalogue does not know. */
export function formatMinorVersion(version: MinorVersion): KubernetesVersion {
  const found = kubernetesVersions.find((text) => text === `1.${version}`);
  if (found === undefined) throw new RangeError(`Kubernetes 1.${version} is not among the known versions`);
  return found;
}

/** A range of minor versions, both ends inclusive; an absent end is open. */
export interface VersionRange {
  readonly from: MinorVersion | undefined;
  readonly until: MinorVersion | undefined;
}

/** Every version. */
export const anyVersion: VersionRange = { from: undefined, until: undefined };

/** Reads `1.34` as 34; undefined for anything else. */
export function parseMinorVersion(text: string): MinorVersion | undefined {
  const match = /^1\.(\d{1,3})$/.exec(text);
  return match === null ? undefined : Number(match[1]);
}

/** Reads `>=1.34`, `<=1.31` or both with a space between; undefined for anything else. */
export function parseVersionRange(text: string): VersionRange | undefined {
  let { from, until } = anyVersion;
  for (const part of text.split(' ')) {
    const version = parseMinorVersion(part.slice(2));
    if (version === undefined) return undefined;
    if (part.startsWith('>=') && from === undefined) from = version;
    else if (part.startsWith('<=') && until === undefined) until = version;
    else return undefined;
  }
  return from !== undefined && until !== undefined && from > until ? undefined : { from, until };
}

/** Whether `version` lies in `range`. */
export function inRange(version: MinorVersion, range: VersionRange): boolean {
  return (
    (range.from === undefined || version >= range.from) &&
    (range.until === undefined || version <= range.until)
  );
}
