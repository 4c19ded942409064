import type { Json, JsonObject } from '../model/object.ts';

/** Whether a value is a mapping. */
export function isMap(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** A mapping; an empty one in the place of anything else. */
export function mapOf(value: Json | undefined): JsonObject {
  return isMap(value) ? value : {};
}

/** The items of a list; none of anything else. */
export function itemsOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

/** A text; an empty one in the place of anything else. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** The texts of a list. */
export function textsOf(value: Json | undefined): readonly string[] {
  return itemsOf(value).filter((one) => typeof one === 'string');
}

/** A number; undefined for anything else. */
export function numberOf(value: Json | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
