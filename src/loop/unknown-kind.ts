import { suggestion } from '../config/did-you-mean.ts';
import { servedKinds } from '../kube/go-type.ts';
import { parseApiVersion } from '../kube/group-version.ts';
import { builtInKind, isKubeconfig, isServed, kindsVersion } from '../kube/kinds.ts';
import { servedEquivalent } from '../kube/unserved.ts';

/**
 * What to say of a kind that one of Kubernetes' own groups does not have: a slip in `kind` or `apiVersion` would
 * otherwise leave the object unjudged in silence; or of an apiVersion that is none. Undefined for kinds that are served, were served, or belong to others.
 */
export function unknownKind(apiVersion: string, kind: string): string | undefined {
  // A List is a way to hand over objects, not one of them.
  if (isServed(apiVersion, kind) || kind.endsWith('List') || isKubeconfig(apiVersion, kind)) return undefined;
  return describe(apiVersion, kind);
}

function describe(apiVersion: string, kind: string): string | undefined {
  const group = parseApiVersion(apiVersion)?.group;
  if (group === undefined)
    return `no API server knows the apiVersion "${apiVersion}": it is VERSION or GROUP/VERSION`;
  const all = [...servedKinds().values()];
  const isOwnGroup = all.some((served) => parseApiVersion(served.apiVersion)?.group === group);
  if (!isOwnGroup || servedEquivalent(apiVersion, kind) !== undefined) return undefined;
  const start = `Kubernetes ${kindsVersion} serves no ${shown(apiVersion)} ${shown(kind)}`;
  const elsewhere = all.filter((served) => served.kind === kind).map((served) => served.apiVersion);
  if (elsewhere.length > 0) return `${start}; it has one in ${elsewhere.join(', ')}`;
  // A version that is off by default is nothing wrong, and a kind that is gone has no other name.
  if (builtInKind(apiVersion, kind) !== undefined) return `${start}: what it holds is not judged`;
  const inVersion = all.filter((served) => served.apiVersion === apiVersion).map((served) => served.kind);
  return `${start}${suggestion(kind, inVersion) || ': no rule is about it'}`;
}

/** In quotes where its ends could not be seen. */
const shown = (name: string): string => (/^[\w./-]+$/.test(name) ? name : JSON.stringify(name));
