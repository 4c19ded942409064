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
  const slash = apiVersion.indexOf('/');
  if (slash < 0) return apiVersion === '' ? undefined : { group: '', version: apiVersion };
  const isPair = slash > 0 && slash + 1 < apiVersion.length && !apiVersion.includes('/', slash + 1);
  return isPair ? { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) } : undefined;
}

/** Puts an apiVersion together. */
export function formatApiVersion({ group, version }: GroupVersion): string {
  return group === '' ? version : `${group}/${version}`;
}
