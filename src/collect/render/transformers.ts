import type { Json, JsonObject, Path } from '../../model/object.ts';
import { asMap, listOf } from './kustomization.ts';

/**
 * The part of a kustomization that makes a value what it is: `images` for images, `replicas`, `namespace`, prefixes and
 * suffixes of names, labels and annotations. Undefined where none of them can have done it. Source:
 * kubectl.docs.kubernetes.io, "Kustomization File".
 */
export function transformerOf(kustomization: JsonObject, at: Path, value: Json): Path | undefined {
  const field = at.at(-1);
  if (field === 'image' && typeof value === 'string') return imageOf(kustomization, value);
  if (field === 'replicas') {
    const index = listOf(kustomization['replicas']).findIndex((one) => asMap(one)?.['count'] === value);
    return index < 0 ? undefined : ['replicas', index];
  }
  if (field === 'namespace') return kustomization['namespace'] === value ? ['namespace'] : undefined;
  if (at.at(-2) === 'labels' || at.at(-2) === 'matchLabels' || at.at(-2) === 'annotations')
    return labelOf(kustomization, String(field), value);
  if (field === 'name' && typeof value === 'string') {
    for (const key of ['namePrefix', 'nameSuffix'] as const) {
      const added = kustomization[key];
      if (typeof added !== 'string' || added === '') continue;
      if (key === 'namePrefix' ? value.startsWith(added) : value.endsWith(added)) return [key];
    }
  }
  return undefined;
}

/** An entry of `images` whose result the image is. */
function imageOf(kustomization: JsonObject, image: string): Path | undefined {
  for (const [i, entry] of listOf(kustomization['images']).entries()) {
    const { name, newName, newTag, digest } = asMap(entry) ?? {};
    const repository = typeof newName === 'string' ? newName : name;
    if (typeof repository !== 'string' || !image.startsWith(repository)) continue;
    const rest = image.slice(repository.length);
    if (typeof digest === 'string' && rest.endsWith(`@${digest}`)) return ['images', i, 'digest'];
    if (newTag !== undefined && rest === `:${String(newTag)}`) return ['images', i, 'newTag'];
    if (typeof newName === 'string' && /^(?:$|[:@])/.test(rest)) return ['images', i, 'newName'];
  }
  return undefined;
}

function labelOf(kustomization: JsonObject, key: string, value: Json): Path | undefined {
  for (const where of ['commonLabels', 'commonAnnotations'] as const)
    if (asMap(kustomization[where])?.[key] === value) return [where, key];
  for (const [i, entry] of listOf(kustomization['labels']).entries())
    if (asMap(asMap(entry)?.['pairs'])?.[key] === value) return ['labels', i, 'pairs', key];
  return undefined;
}
