/** An apiVersion taken apart; the group of core kinds is empty. */
export interface GroupVersion {
  readonly group: string;
  readonly version: string;
}

/**
 * Takes `apps/v1` or `v1` apart; undefined for what no server would take: more than one slash or an empty part
 * (apimachinery/pkg/runtime/schema ParseGroupVersion, which lets empty parts pass).
 */
export function parseApiVersion(apiVersion: string): GroupVersion | undefined {
  const parts = apiVersion.split('/');
  if (parts.length > 2 || parts.includes('')) return undefined;
  const [first = '', second] = parts;
  return second === undefined ? { group: '', version: first } : { group: first, version: second };
}

/** Puts an apiVersion together. */
export function formatApiVersion({ group, version }: GroupVersion): string {
  return group === '' ? version : `${group}/${version}`;
}
