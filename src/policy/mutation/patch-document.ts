import { goQuote } from '../../cel/go-quote.ts';
import type { Json, JsonObject } from '../../model/object.ts';

/** What applying a patch comes to. */
export type PatchOutcome =
  | { readonly kind: 'patched'; readonly object: Json }
  /** A `test` did not hold: nothing of the patch is applied, and nobody is told. */
  | { readonly kind: 'test-failed' }
  | { readonly kind: 'error'; readonly message: string }
  /** The API server's process would panic. */
  | { readonly kind: 'crash'; readonly reason: string };

/** Thrown to leave an operation; `applyJsonPatch` catches it. */
export class Stop extends Error {
  readonly outcome: PatchOutcome;
  constructor(outcome: PatchOutcome) {
    super(outcome.kind);
    this.outcome = outcome;
  }
}

type Container = Json[] | Record<string, Json>;

/** A place in the document: a container and a key in it, which may be absent. */
export interface Place {
  readonly container: Container;
  readonly key: string;
}

/**
 * A document whose containers are copied when they are first looked into, so that the original stays as it is.
 *
 * A null that an operation wrote is a map without keys to the server: it can be read, but writing a key makes it panic.
 */
export class PatchDocument {
  private root: Container;
  private readonly own = new WeakSet<object>();
  private readonly nulls = new WeakSet<object>();

  constructor(object: JsonObject) {
    this.root = this.copy(object);
  }

  /** What a path names; undefined where something on the way is absent. */
  find(path: string): Place | undefined {
    const parts = path.split('/');
    if (parts.length < 2) return undefined;
    const keys = parts.slice(1).map(decodeKey);
    let container = this.root;
    for (const key of keys.slice(0, -1)) {
      const held = get(container, key);
      if (typeof held !== 'object' || held === null || held instanceof Stop) return undefined;
      const next = this.copy(held);
      assign(container, key, next);
      container = next;
    }
    return { container, key: keys.at(-1)! };
  }

  /** Writes a value where one is, or a key of a map. */
  set({ container, key }: Place, value: Json | undefined): void {
    this.refuseNull(container, key);
    assign(container, key, this.written(value));
  }

  /** Writes a key of a map, or puts an item into a list. */
  insert(place: Place, value: Json | undefined, describe: (text: string) => string): void {
    const { container, key } = place;
    if (!Array.isArray(container)) return this.set(place, value);
    const written = this.written(value);
    if (key === '-') return void container.push(written);
    const index = atoi(key);
    if (index === undefined) {
      return fail(describe(`value was not a proper array index: '${key}': ${noNumber(key)}`));
    }
    const size = container.length + 1;
    if (index >= size || index < -size) return fail(describe(invalidIndex(index)));
    container.splice(index < 0 ? index + size : index, 0, written);
  }

  takeOut({ container, key }: Place, describe: (text: string) => string): void {
    if (Array.isArray(container)) {
      const held = get(container, key);
      if (held instanceof Stop) return fail(describe(messageOf(held)));
      container.splice(indexOf(container, key), 1);
      return;
    }
    if (!Object.hasOwn(container, key)) {
      fail(describe(`Unable to remove nonexistent key: ${key}: missing value`));
    }
    delete container[key];
  }

  /** A copy of a value, for another place; null where there is none, which is not the same as a written null. */
  cloned(value: Json | undefined): Json | undefined {
    if (typeof value !== 'object' || value === null) return value;
    return this.nulls.has(value) ? null : structuredClone(value);
  }

  equals(held: Json | undefined, value: Json | undefined): boolean {
    if (held === undefined || held === null) return value === undefined;
    if (value === undefined) return false;
    if (typeof held !== 'object' || !this.nulls.has(held)) return areEqual(held, value);
    return value === null || (typeof value === 'object' && Object.keys(value).length === 0);
  }

  equalsWhole(value: Json | undefined): boolean {
    return areEqual(this.root as Json, value ?? null);
  }

  replaceWhole(value: Json | undefined): void {
    if (value === undefined) {
      const reason =
        'the API server panics when the whole object is replaced by an operation without a value';
      throw new Stop({ kind: 'crash', reason });
    }
    if (typeof value !== 'object' || value === null) {
      return fail('replace operation value must be object or array: %!w(<nil>)');
    }
    this.root = this.copy(value);
  }

  /** The document as JSON. */
  finish(): Json {
    const finished = (value: Json): Json => {
      if (typeof value !== 'object' || value === null || !this.own.has(value)) return value;
      if (this.nulls.has(value)) return null;
      if (Array.isArray(value)) return value.map(finished);
      return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, finished(part as Json)]));
    };
    return finished(this.root as Json);
  }

  private written(value: Json | undefined): Json {
    if (value !== null) return value ?? null;
    const asMap = {};
    this.own.add(asMap);
    this.nulls.add(asMap);
    return asMap;
  }

  private refuseNull(container: Container, key: string): void {
    if (!this.nulls.has(container)) return;
    const reason = `the API server panics when the key "${key}" is written into a null that the patch wrote itself`;
    throw new Stop({ kind: 'crash', reason });
  }

  private copy(value: readonly Json[] | JsonObject): Container {
    if (this.own.has(value)) return value as Container;
    const copied: Container = Array.isArray(value) ? value.slice() : { ...(value as JsonObject) };
    this.own.add(copied);
    return copied;
  }
}

/** The value at a key; undefined where a map has none, an error where a list has no such index. */
export function get(container: Container, key: string): Json | undefined | Stop {
  if (!Array.isArray(container)) return Object.hasOwn(container, key) ? container[key] : undefined;
  const index = atoi(key);
  if (index === undefined) return error(noNumber(key));
  if (index < -container.length || index >= container.length) return error(invalidIndex(index));
  return container[index < 0 ? index + container.length : index];
}

function assign(container: Container, key: string, value: Json): void {
  if (Array.isArray(container)) container[indexOf(container, key)] = value;
  // Assigning to a key named __proto__ would not make it one.
  else Object.defineProperty(container, key, { value, enumerable: true, writable: true, configurable: true });
}

function indexOf(list: readonly Json[], key: string): number {
  const index = atoi(key) ?? 0;
  return index < 0 ? index + list.length : index;
}

function noNumber(text: string): string {
  return `strconv.Atoi: parsing ${goQuote(text)}: invalid syntax`;
}

/** Go's `strconv.Atoi` of a 64-bit integer. */
function atoi(text: string): number | undefined {
  return /^[+-]?\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function decodeKey(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** Maps are equal whatever the order of their keys; numbers are compared as they are written. */
function areEqual(a: Json, b: Json): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item: Json, index) => areEqual(item, b[index] as Json));
  }
  const [left, right] = [a as JsonObject, b as JsonObject];
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && areEqual(left[key]!, right[key]!))
  );
}

function invalidIndex(index: number): string {
  return `Unable to access invalid index: ${index}: invalid index referenced`;
}

function error(message: string): Stop {
  return new Stop({ kind: 'error', message });
}

/** What the API server says of a patch that it cannot apply; empty where it would say nothing. */
export function messageOf({ outcome }: Stop): string {
  return 'message' in outcome ? outcome.message : '';
}

/** Ends a patch with an error of the API server. */
export function fail(message: string): never {
  throw error(message);
}
