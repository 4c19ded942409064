import type { Manifest } from '../collect/manifests.ts';
import { podTemplatePath } from '../kube/pod-template.ts';
import type { Json, JsonObject, Path } from '../model/object.ts';
import { formatStablePath, valueAt } from '../model/path.ts';
import type { LocatedFinding } from './located.ts';
import type { ManifestVerdicts } from './manifest-verdicts.ts';

/**
 * Drops what a pod or ReplicaSet only repeats: failures that its owner in the input has as well, at the same element of
 * the pod template. What is wrong with the pod alone, a sidecar that was injected say, stays. Returns the manifests that
 * have an owner in the input. `onStep` is called now and then, when what was read is not needed any more.
 */
export function foldIntoOwners(all: readonly ManifestVerdicts[], onStep?: () => void): ReadonlySet<Manifest> {
  if (!all.some(({ traits }) => traits.hasOwner)) return new Set();
  const byIdentity = new Map(all.map((one) => [identity(one.manifest), one]));
  const owned = new Set<Manifest>();
  const keys = new Map<ManifestVerdicts, ReadonlySet<string>>();
  for (const one of all) {
    if (!one.traits.hasOwner) continue;
    if (owned.size % stepLength === stepLength - 1) onStep?.();
    const top = topOwner(one, byIdentity);
    if (top === undefined) continue;
    owned.add(one.manifest);
    const known = failedBy(top, keys);
    one.retain((failure) => failure.keep((finding) => !known.has(elementKey(finding))));
  }
  return owned;
}

/** After how many owned objects `onStep` is called. */
const stepLength = 256;

/** Owners whose elements are remembered: what they own mostly stands together. */
const mostOwners = 100;

/** The elements that an owner fails; worked out anew rather than kept, for there may be as many owners as objects. */
function failedBy(
  top: ManifestVerdicts,
  keys: Map<ManifestVerdicts, ReadonlySet<string>>,
): ReadonlySet<string> {
  let known = keys.get(top);
  if (known === undefined) {
    known = new Set(top.failures.flatMap((failure) => failure.look().map(elementKey)));
    if (keys.size === mostOwners) keys.clear();
    keys.set(top, known);
  }
  return known;
}

const identity = ({ reference }: Manifest): string =>
  identityOf(reference.apiVersion, reference.kind, reference.namespace, reference.name);

const identityOf = (apiVersion: string, kind: string, namespace: string, name: string): string =>
  `${apiVersion.includes('/') ? apiVersion.split('/')[0] : ''}/${kind}/${namespace}/${name}`;

function topOwner(
  one: ManifestVerdicts,
  byIdentity: ReadonlyMap<string, ManifestVerdicts>,
): ManifestVerdicts | undefined {
  let top: ManifestVerdicts | undefined;
  // Owners form a short chain; the limit only guards against references in a circle.
  for (let at: ManifestVerdicts | undefined = one, depth = 0; at !== undefined && depth < 8; depth++) {
    at = at.traits.hasOwner ? ownerOf(at.manifest, byIdentity) : undefined;
    if (at === one) return undefined;
    top = at ?? top;
  }
  return top;
}

function ownerOf(
  { reference, value }: Manifest,
  byIdentity: ReadonlyMap<string, ManifestVerdicts>,
): ManifestVerdicts | undefined {
  const owners = valueAt(value, ['metadata', 'ownerReferences']);
  if (!Array.isArray(owners)) return undefined;
  for (const owner of owners as readonly Json[]) {
    if (owner === null || typeof owner !== 'object' || Array.isArray(owner)) continue;
    const { apiVersion, kind, name, controller } = owner as JsonObject;
    if (controller !== true || typeof apiVersion !== 'string' || typeof kind !== 'string') continue;
    const found = byIdentity.get(identityOf(apiVersion, kind, reference.namespace, String(name)));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Control and place in the pod, wherever the pod's specification stands. */
function elementKey({ control, manifest, at }: LocatedFinding): string {
  const { apiVersion, kind } = manifest.reference;
  const template: Path = podTemplatePath(apiVersion, kind) ?? [];
  const inside = template.every((segment, i) => at[i] === segment) ? at.slice(template.length) : at;
  const pod = template.length === 0 ? manifest.value : (valueAt(manifest.value, template) ?? null);
  return `${control} ${formatStablePath(inside, pod)}`;
}
