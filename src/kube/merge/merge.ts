import type { Schema } from '../schema/schema.ts';
import { isPatchObject, type PatchObject, type PatchValue } from './go-value.ts';
import { type ItemKey, itemKey } from './item-key.ts';
import { type ListShape, type MapShape, memberSchema, shapeOf, takenAs } from './shape.ts';

/**
 * Merges a patch into a live value: structs, maps, sets and map lists part by part, scalars and what is atomic as a whole.
 * Both must conform to the schema. Parts of the live value that the patch does not touch are shared.
 *
 * Source: structured-merge-diff `typed/merge.go`.
 */
export function merge(schema: Schema, live: PatchValue, patch: PatchValue): PatchValue {
  const shape = shapeOf(schema);
  const as = takenAs(shape, patch);
  // What changes its type is replaced.
  if (as !== takenAs(shape, live) && live !== null) return patch;
  if (as === 'map') return mergeMaps(shape.map!, live, patch);
  if (as === 'list') return mergeLists(shape.list!, live, patch);
  return patch;
}

function mergeMaps(map: MapShape, live: PatchValue, patch: PatchValue): PatchValue {
  if (map.atomic || !isPatchObject(patch)) return patch;
  if (!isPatchObject(live)) return patch;
  const merged: Record<string, PatchValue> = { ...live };
  for (const [name, part] of Object.entries(patch)) {
    const own = Object.hasOwn(live, name) ? live[name]! : undefined;
    const schema = memberSchema(map, name);
    const value = own === undefined || schema === undefined ? part : merge(schema, own, part);
    // Assigning to a key named __proto__ would not make it one.
    Object.defineProperty(merged, name, { value, enumerable: true, writable: true, configurable: true });
  }
  return merged as PatchObject;
}

function mergeLists(list: ListShape, live: PatchValue, patch: PatchValue): PatchValue {
  if (list.merge === 'atomic' || !Array.isArray(patch)) return patch;
  if (!Array.isArray(live) || live.length === 0) return patch;
  if (patch.length === 0) return live;
  return mergeItems(list, live as readonly PatchValue[], patch as readonly PatchValue[]);
}

/**
 * Items of the patch keep the patch's order; live items that the patch does not name stay where they are, as far as that
 * order lets them. An item that is several times in the live list counts as null, so that the patch's replaces it.
 */
function mergeItems(
  list: ListShape,
  live: readonly PatchValue[],
  patch: readonly PatchValue[],
): PatchValue[] {
  const liveKeys = live.map((item) => keyOf(list, item));
  const patchKeys = patch.map((item) => keyOf(list, item));
  const liveItems = new Map<ItemKey, PatchValue>();
  for (const [index, key] of liveKeys.entries()) liveItems.set(key, liveItems.has(key) ? null : live[index]!);
  const patchItems = new Map(patchKeys.map((key, index) => [key, patch[index]!]));
  const shared = patchKeys.filter((key) => liveItems.has(key));
  const merged: PatchValue[] = [];
  const done = new Set<ItemKey>();
  let next = 0;
  let l = 0;
  let r = 0;
  while (l < live.length || r < patch.length) {
    const liveKey = liveKeys[l];
    if (liveKey !== undefined && r < patch.length) {
      if (liveKey === patchKeys[r]) {
        emit(liveKey);
        l++;
        r++;
        next++;
        continue;
      }
      if (patchItems.has(liveKey) && next < shared.length && shared[next] !== liveKey) {
        l++;
        continue;
      }
    }
    if (liveKey !== undefined) {
      if (!patchItems.has(liveKey)) {
        merged.push(live[l]!);
        l++;
        continue;
      }
      if (done.has(liveKey)) l++;
    }
    if (r < patch.length) {
      const key = patchKeys[r]!;
      emit(key);
      r++;
      if (shared[next] === key) next++;
    }
  }
  return merged;

  function emit(key: ItemKey): void {
    done.add(key);
    const own = liveItems.get(key);
    const item = patchItems.get(key)!;
    merged.push(own === undefined ? item : merge(list.item, own, item));
  }
}

function keyOf(list: ListShape, item: PatchValue): ItemKey {
  const found = itemKey(list, item);
  return 'key' in found ? found.key : '';
}
