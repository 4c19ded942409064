import type { Json, JsonObject } from '../../src/model/object.ts';
import type { Random } from './random.ts';

const wrongValues: readonly Json[] = ['text', 7, 1.5, true, [], {}, [1], { a: 1 }];

/** The manifest with one value replaced by one that may be of the wrong type, or with a field that no type has. */
export function damage(random: Random, manifest: JsonObject): JsonObject {
  return { ...manifest, spec: damageValue(random, manifest['spec'] ?? null) };
}

function damageValue(random: Random, value: Json): Json {
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  if (keys.length === 0 || random.chance(0.1)) return random.pick(wrongValues);
  const key = random.pick(keys);
  if (Array.isArray(value)) {
    return value.map((item: Json, index) => (String(index) === key ? damageValue(random, item) : item));
  }
  const object = value as JsonObject;
  if (random.chance(0.1)) return { ...object, madeUp: random.pick(wrongValues) };
  return { ...object, [key]: damageValue(random, object[key] ?? null) };
}
