import type { Schema } from '../schema/schema.ts';
import { isPatchObject, type PatchValue } from './go-value.ts';
import { shapeOf } from './shape.ts';

/**
 * The paths of the atomic lists, maps and structs in a patch, parents before their parts: `.spec.tolerations`. Only
 * declared fields and list items are looked into, not the values of maps.
 *
 * Source: apiserver `pkg/admission/plugin/policy/mutating/patch/smd.go`, `findAtomics`.
 */
export function atomicPaths(schema: Schema, value: PatchValue, path = ''): string[] {
  const { map, list } = shapeOf(schema);
  if (isPatchObject(value) && map !== undefined) {
    const parts = Object.entries(value).flatMap(([name, member]) => {
      const field = map.fields?.get(name);
      return field === undefined ? [] : atomicPaths(field, member, `${path}.${name}`);
    });
    return map.atomic ? [path, ...parts] : parts;
  }
  if (Array.isArray(value) && list !== undefined) {
    const parts = (value as readonly PatchValue[]).flatMap((item, index) =>
      atomicPaths(list.item, item, `${path}[${index}]`),
    );
    return list.merge === 'atomic' ? [path, ...parts] : parts;
  }
  return [];
}
