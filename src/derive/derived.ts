import type { Json, JsonObject, Path } from '../model/object.ts';
import { formatPath } from '../model/path.ts';
import type { Entry } from './inventory.ts';

/** The API version of derived objects. */
export const derivedApiVersion = 'scantling.dev/v1alpha1';

/**
 * What a derivation says of one object of the input. A policy judges `seen`, in which nothing exists beside the input, and
 * `assumed`, in which all that could stand elsewhere exists: only a verdict that both give is certain.
 */
export interface Derived {
  /** The object of the input that findings are about. */
  readonly entry: Entry;
  readonly seen: JsonObject;
  /** The same object where nothing depends on what is not in the input. */
  readonly assumed: JsonObject;
  /** Where a path of the derived object stands in the object of the input. */
  readonly toObject: (path: Path) => Path;
}

/** A fact in two readings: as the input has it, and as it may be. */
export interface Reading {
  readonly seen: Json;
  readonly assumed: Json;
}

/** An item of a list in a derived object: its fields, some of them in two readings, and where it stands. */
export interface DerivedItem {
  readonly at: Path;
  readonly fields: Readonly<Record<string, Json | Reading>>;
}

/** Makes a derived object of fields and lists of items. Every item says in `field` where it stands. */
export function derived(
  entry: Entry,
  kind: string,
  fields: Readonly<Record<string, Json | Reading>>,
  lists: Readonly<Record<string, readonly DerivedItem[]>> = {},
): Derived {
  const { extract } = entry;
  const of = { group: extract.group, kind: extract.kind, name: extract.name };
  const { name, namespace } = extract;
  const metadata: JsonObject = namespace === '' ? { name } : { name, namespace };
  const places = Object.values(lists).map((items) => items.map(({ at }) => formatPath(at)));
  const build = (side: 'seen' | 'assumed'): JsonObject => {
    const object: Record<string, Json> = { apiVersion: derivedApiVersion, kind, metadata, of };
    pick(fields, side, object);
    for (const [i, list] of Object.keys(lists).entries())
      object[list] = lists[list]!.map(({ fields: own }, j) => pick(own, side, { field: places[i]![j]! }));
    return object;
  };
  const isOpen =
    hasReadings(fields) ||
    Object.values(lists).some((items) => items.some(({ fields: own }) => hasReadings(own)));
  const seen = build('seen');
  return {
    entry,
    seen,
    assumed: isOpen ? build('assumed') : seen,
    toObject: ([list, index]) =>
      (typeof list === 'string' && typeof index === 'number' ? lists[list]?.[index]?.at : undefined) ?? [],
  };
}

/** A truth that may be otherwise where the input does not tell. */
export function reading(seen: Json, assumed: Json): Json | Reading {
  return seen === assumed ? seen : { seen, assumed };
}

function isReading(value: Json | Reading): value is Reading {
  return (
    value !== null &&
    typeof value === 'object' &&
    !Array.isArray(value) &&
    'assumed' in value &&
    'seen' in value
  );
}

function hasReadings(fields: Readonly<Record<string, Json | Reading>>): boolean {
  for (const name in fields) if (isReading(fields[name]!)) return true;
  return false;
}

/** One side of the fields, added to `to`. Loops: thousands of these are made in a scan. */
function pick(
  fields: Readonly<Record<string, Json | Reading>>,
  side: 'seen' | 'assumed',
  to: Record<string, Json>,
): JsonObject {
  for (const name in fields) {
    const value = fields[name]!;
    to[name] = isReading(value) ? value[side] : value;
  }
  return to;
}
