import { Optional, type Value, type ValueMap } from '../value.ts';
import type { Place } from './place.ts';

/**
 * The value of an expression as far as it is a part of its variables: the places it may have been taken from, and those of
 * which a list or map is made that the expression builds. Reading of what is in neither has been noted already.
 */
export interface Extract {
  readonly places: ReadonlySet<Place>;
  readonly inner: Extract | undefined;
  /** The values of a map that the expression builds, by key; they are in `inner` too. */
  readonly entries?: ReadonlyMap<string, Extract>;
  /** The value itself where it is always the same one. */
  readonly known?: Scalar;
  /** The same for lists and maps. */
  readonly constant?: Value;
  /** The texts of which it is one. */
  readonly oneOf?: readonly string[];
}

/** A value that can be told from others by `===`. */
export type Scalar = string | boolean | null;

/** A value of which all that decides it has been noted. */
export const nothing: Extract = { places: new Set(), inner: undefined };

/** What is always the same and so decides nothing. */
export function always(known: Scalar): Extract {
  return { ...nothing, known };
}

/** All of a variable. */
export function allOf(root: Place): Extract {
  return { places: new Set([root]), inner: undefined };
}

/** A constant of the expression. */
export function constant(value: Value): Extract {
  return isScalar(value) ? always(value) : { ...nothing, constant: value };
}

/** A macro over so many constants is followed for each of them. */
const mostUnrolled = 24;

/** The strings that a macro goes through; undefined where they are not few and fixed. */
export function fixedStrings({ constant: range }: Extract): readonly string[] | undefined {
  const all = Array.isArray(range) ? range : isMap(range) ? Object.keys(range) : undefined;
  if (all === undefined || all.length > mostUnrolled) return undefined;
  return all.every((one) => typeof one === 'string') ? all : undefined;
}

/** The values of a constant map or list where all of them are texts. */
export function fixedTexts(value: Value | undefined): readonly string[] | undefined {
  const all: readonly Value[] = Array.isArray(value) ? value : isMap(value) ? Object.values(value) : [];
  return all.length > 0 && all.length <= mostUnrolled && all.every((one) => typeof one === 'string')
    ? all
    : undefined;
}

/** The value where it is always the same one. */
export function fixedValue({ known, constant: fixed }: Extract): Value | undefined {
  return known === undefined ? fixed : known;
}

/** A list of these; a constant where all of them are. */
export function listOf(elements: readonly Extract[]): Extract {
  const values = elements.map(fixedValue);
  return values.every((value) => value !== undefined) ? constant(values) : made(elements);
}

/** Whether a constant is a map whose keys are texts. */
export function isMap(value: Value | undefined): value is ValueMap {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'boolean' || value === null;
}

/** The optional of what was found at a name; where it is a constant, so is the optional, and none where it has no such name. */
export function optionalOf(found: Extract, { constant: from }: Extract): Extract {
  if (!isFixed(found)) return isMap(from) ? constant(Optional.none) : found;
  const value = fixedValue(found);
  return value === undefined ? nothing : constant(new Optional(value));
}

/** What an optional holds. */
export function unwrapped(range: Extract): Extract {
  return isFixed(range) ? nothing : range;
}

/** What stands at any of these places. */
export function at(places: readonly Place[]): Extract {
  return places.length === 0 ? nothing : { places: new Set(places), inner: undefined };
}

/** Whether something is known of the value itself. */
export function isFixed({ known, constant: fixed, oneOf }: Extract): boolean {
  return known !== undefined || fixed !== undefined || oneOf !== undefined;
}

/** One of both. */
export function either(left: Extract, right: Extract): Extract {
  if (left === nothing && !isFixed(right)) return right;
  if (right === nothing && !isFixed(left)) return left;
  const inner =
    left.inner === undefined || right.inner === undefined
      ? (left.inner ?? right.inner)
      : either(left.inner, right.inner);
  const places = new Set([...left.places, ...right.places]);
  if (left.entries === undefined || right.entries === undefined || places.size > 0) return { places, inner };
  const names = [...left.entries.keys()].filter((name) => right.entries!.has(name));
  const entries = new Map(
    names.map((name) => [name, either(left.entries!.get(name)!, right.entries!.get(name)!)]),
  );
  return { places, inner, entries };
}

/** A list or map of these. */
export function made(elements: readonly Extract[]): Extract {
  const inner = elements.reduce(either, nothing);
  return inner === nothing ? nothing : { places: new Set(), inner };
}
