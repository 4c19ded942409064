/**
 * The fields of a struct being worked on; unset ones are undefined, except structs that are no pointers. They are not typed: types differ by struct and come
 * from the generated table; the observed server views are the check.
 */
// oxlint-disable-next-line typescript/no-explicit-any
export type Fields = Record<string, any>;

/** Fills the unset fields of one struct, as a SetDefaults function of Kubernetes does. */
export type StructDefaults = (fields: Fields) => void;

/** True for a list or map that is unset or has nothing in it, which Go's len() does not tell apart. */
export function isEmpty(collection: unknown): boolean {
  if (collection === undefined || collection === null) return true;
  if (Array.isArray(collection)) return collection.length === 0;
  for (const _ in collection) return false;
  return true;
}
