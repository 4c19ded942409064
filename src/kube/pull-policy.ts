/** Longest text that can be a reference: 255 characters of name, 128 of tag, a digest, and room for a registry. */
const maxReference = 1024;
const domainPart = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const domain = new RegExp(`^(?:${domainPart}(?:\\.${domainPart})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`);
const component = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const remainderPattern = new RegExp(
  `^(${component}(?:/${component})*)(?::([\\w][\\w.-]{0,127}))?(?:@([A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*):([0-9a-fA-F]{32,}))?$`,
);
const digestLengths: Record<string, number> = { sha256: 64, sha384: 96, sha512: 128 };

/**
 * The imagePullPolicy of a container that sets none: Always for the tag `latest` or neither tag nor digest, else
 * IfNotPresent, also for what is no reference at all (pkg/apis/core/v1/defaults.go with distribution/reference).
 */
export function defaultPullPolicy(image: string): 'Always' | 'IfNotPresent' {
  if (image.length > maxReference || /^[0-9a-f]{64}$/.test(image)) return 'IfNotPresent';
  const slash = image.indexOf('/');
  const first = slash === -1 ? '' : image.slice(0, slash);
  const isDomain =
    slash !== -1 && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
  if (isDomain && !domain.test(first)) return 'IfNotPresent';
  const match = remainderPattern.exec(isDomain ? image.slice(slash + 1) : image);
  if (match === null || (match[1] ?? '').length > 255) return 'IfNotPresent';
  const [, , tag, algorithm, hex] = match;
  if (algorithm !== undefined && (digestLengths[algorithm] !== hex?.length || hex !== hex?.toLowerCase())) {
    return 'IfNotPresent';
  }
  return tag === 'latest' || (tag === undefined && algorithm === undefined) ? 'Always' : 'IfNotPresent';
}
