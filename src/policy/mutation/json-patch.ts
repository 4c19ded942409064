import type { Json, JsonObject } from '../../model/object.ts';

/** An operation of a JSON patch; `value` is undefined where it is absent, which counts as null. */
export interface PatchOperation {
  readonly op: string;
  readonly path: string;
  /** Empty where it is absent. */
  readonly from: string;
  readonly value: Json | undefined;
}

/** What applying a patch comes to. */
export type PatchOutcome =
  | { readonly kind: 'patched'; readonly object: Json }
  /** A `test` did not hold: nothing of the patch is applied, and nobody is told. */
  | { readonly kind: 'test-failed' }
  | { readonly kind: 'error'; readonly message: string }
  /** The API server's process would panic. */
  | { readonly kind: 'crash'; readonly reason: string };

/** Thrown inside of this file only, to leave an operation. */
class Stop extends Error {
  readonly outcome: PatchOutcome;
  constructor(outcome: PatchOutcome) {
    super(outcome.kind);
    this.outcome = outcome;
  }
}

/**
 * Applies a JSON patch as the API server does, which differs from RFC 6902: replacing an absent key adds it, copying from
 * an absent key yields null, indexes count from the end when they are negative. The texts of errors are the server's. The
 * object is not changed.
 *
 * Source: gopkg.in/evanphx/json-patch.v4 `patch.go`.
 */
export function applyJsonPatch(object: JsonObject, operations: readonly PatchOperation[]): PatchOutcome {
  const document = new Document(object);
  try {
    for (const operation of operations) applyOperation(document, operation);
  } catch (stop) {
    if (stop instanceof Stop) return stop.outcome;
    throw stop;
  }
  return { kind: 'patched', object: document.root as Json };
}

type Container = Json[] | Record<string, Json>;

/** A document whose containers are copied when they are first looked into, so that the original stays as it is. */
class Document {
  root: Container;
  private readonly own = new WeakSet<object>();

  constructor(object: JsonObject) {
    this.root = this.copy(object);
  }

  /** The container of what a path names, and its key there; undefined where something on the way is absent. */
  find(path: string): { container: Container; key: string } | undefined {
    const parts = path.split('/');
    if (parts.length < 2) return undefined;
    const keys = parts.slice(1).map(decodeKey);
    let container = this.root;
    for (const key of keys.slice(0, -1)) {
      const held = get(container, key);
      if (held === undefined || held instanceof Stop) return undefined;
      if (held === null) {
        throw new Stop({
          kind: 'crash',
          reason: `${path} leads through null, into which the API server writes and panics`,
        });
      }
      if (typeof held !== 'object') return undefined;
      const next = this.copy(held);
      set(container, Array.isArray(container) ? String(indexOf(container, key)) : key, next);
      container = next;
    }
    return { container, key: keys.at(-1)! };
  }

  replaceRoot(value: Json | undefined, path: string): void {
    if (typeof value !== 'object' || value === null) {
      fail(`replace operation value must be object or array: ${path === '' ? '%!w(<nil>)' : path}`);
    }
    this.root = this.copy(value);
  }

  private copy(value: readonly Json[] | JsonObject): Container {
    if (this.own.has(value)) return value as Container;
    const copied: Container = Array.isArray(value) ? value.slice() : { ...(value as JsonObject) };
    this.own.add(copied);
    return copied;
  }
}

function applyOperation(document: Document, operation: PatchOperation): void {
  switch (operation.op) {
    case 'add':
      return add(document, operation);
    case 'remove':
      return remove(document, operation);
    case 'replace':
      return replace(document, operation);
    case 'move':
      return move(document, operation);
    case 'test':
      return test(document, operation);
    case 'copy':
      return copy(document, operation);
    default:
      return fail(`Unexpected kind: ${isDecodable(operation.op) ? operation.op : 'unknown'}`);
  }
}

function add(document: Document, { path, value }: PatchOperation): void {
  if (!isDecodable(path)) fail('add operation failed to decode path: missing value');
  const found = document.find(path);
  if (found === undefined) {
    return fail(`add operation does not apply: doc is missing path: "${path}": missing value`);
  }
  insert(found, value ?? null, (text) => `error in add for path: '${path}': ${text}`);
}

function remove(document: Document, { path }: PatchOperation): void {
  if (!isDecodable(path)) fail('remove operation failed to decode path: missing value');
  const found = document.find(path);
  if (found === undefined) {
    return fail(`remove operation does not apply: doc is missing path: "${path}": missing value`);
  }
  takeOut(found, (text) => `error in remove for path: '${path}': ${text}`);
}

function replace(document: Document, { path, value }: PatchOperation): void {
  if (!isDecodable(path)) fail(`replace operation failed to decode path: ${undecodable(path)}`);
  if (path === '') return document.replaceRoot(value, path);
  const found = document.find(path);
  if (found === undefined) {
    return fail(`replace operation does not apply: doc is missing path: ${path}: missing value`);
  }
  const { container, key } = found;
  if (get(container, key) instanceof Stop) {
    fail(`replace operation does not apply: doc is missing key: ${path}: missing value`);
  }
  set(container, Array.isArray(container) ? String(indexOf(container, key)) : key, value ?? null);
}

function move(document: Document, { from, path }: PatchOperation): void {
  if (from === '') fail('move operation failed to decode from: operation, missing from field: missing value');
  if (!isDecodable(from)) fail(`move operation failed to decode from: ${undecodable(from)}`);
  const source = document.find(from);
  if (source === undefined) {
    return fail(`move operation does not apply: doc is missing from path: ${from}: missing value`);
  }
  const describe = (text: string) => `error in move for path: '${source.key}': ${text}`;
  const held = get(source.container, source.key);
  if (held instanceof Stop) return fail(describe(messageOf(held)));
  takeOut(source, describe);
  if (!isDecodable(path)) fail(`move operation failed to decode path: ${undecodable(path)}`);
  const target = document.find(path);
  if (target === undefined) {
    return fail(`move operation does not apply: doc is missing destination path: ${path}: missing value`);
  }
  insert(target, held ?? null, (text) => `error in move for path: '${path}': ${text}`);
}

function copy(document: Document, { from, path }: PatchOperation): void {
  if (from === '') fail('copy operation failed to decode from: operation, missing from field: missing value');
  if (!isDecodable(from)) fail(`copy operation failed to decode from: ${undecodable(from)}`);
  const source = document.find(from);
  if (source === undefined) {
    return fail(`copy operation does not apply: doc is missing from path: ${from}: missing value`);
  }
  const held = get(source.container, source.key);
  if (held instanceof Stop) return fail(`error in copy for from: '${from}': ${messageOf(held)}`);
  if (!isDecodable(path)) fail('copy operation failed to decode path: missing value');
  const target = document.find(path);
  if (target === undefined) {
    return fail(`copy operation does not apply: doc is missing destination path: ${path}: missing value`);
  }
  // What is shared from here on is copied when an operation looks into it; the copy must not be taken for the document's.
  const value = held === undefined ? null : structuredClone(held);
  insert(target, value, (text) => `error while adding value during copy: ${text}`);
}

function test(document: Document, { path, value }: PatchOperation): void {
  if (!isDecodable(path)) fail(`test operation failed to decode path: ${undecodable(path)}`);
  const failed = new Stop({ kind: 'test-failed' });
  if (path === '') {
    if (!areEqual(document.root as Json, value ?? null)) throw failed;
    return;
  }
  const found = document.find(path);
  if (found === undefined) {
    return fail(`test operation does not apply: is missing path: ${path}: missing value`);
  }
  const held = get(found.container, found.key);
  if (held instanceof Stop) return fail(`error in test for path: '${path}': ${messageOf(held)}`);
  if (held === undefined || held === null) {
    if (value !== undefined) throw failed;
  } else if (value === undefined || !areEqual(held, value)) throw failed;
}

/** The value at a key; undefined where a map has none, an error where a list has no such index. */
function get(container: Container, key: string): Json | undefined | Stop {
  if (!Array.isArray(container)) return Object.hasOwn(container, key) ? container[key] : undefined;
  const index = atoi(key);
  if (index === undefined) return error(`strconv.Atoi: parsing ${JSON.stringify(key)}: invalid syntax`);
  if (index < -container.length || index >= container.length) return error(invalidIndex(index));
  return container[index < 0 ? index + container.length : index];
}

function set(container: Container, key: string, value: Json): void {
  if (Array.isArray(container)) container[Number(key)] = value;
  // Assigning to a key named __proto__ would not make it one.
  else Object.defineProperty(container, key, { value, enumerable: true, writable: true, configurable: true });
}

function insert(
  { container, key }: { container: Container; key: string },
  value: Json,
  describe: (text: string) => string,
): void {
  if (!Array.isArray(container)) return set(container, key, value);
  if (key === '-') return void container.push(value);
  const index = atoi(key);
  if (index === undefined) {
    const quoted = JSON.stringify(key);
    return fail(
      describe(
        `value was not a proper array index: '${key}': strconv.Atoi: parsing ${quoted}: invalid syntax`,
      ),
    );
  }
  const size = container.length + 1;
  if (index >= size || index < -size) return fail(describe(invalidIndex(index)));
  container.splice(index < 0 ? index + size : index, 0, value);
}

function takeOut(
  { container, key }: { container: Container; key: string },
  describe: (text: string) => string,
): void {
  if (!Array.isArray(container)) {
    if (!Object.hasOwn(container, key)) {
      fail(describe(`Unable to remove nonexistent key: ${key}: missing value`));
    }
    delete container[key];
    return;
  }
  const held = get(container, key);
  if (held instanceof Stop) return fail(describe(messageOf(held)));
  container.splice(indexOf(container, key), 1);
}

function indexOf(list: readonly Json[], key: string): number {
  const index = atoi(key) ?? 0;
  return index < 0 ? index + list.length : index;
}

/** Go's `strconv.Atoi` of a 64-bit integer. */
function atoi(text: string): number | undefined {
  return /^[+-]?\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function decodeKey(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

/**
 * The server puts paths between Go's quotes and reads them as JSON, which fails for characters that Go escapes in its own
 * way. Source: apiserver `pkg/admission/plugin/policy/mutating/patch/json_patch.go`.
 */
function isDecodable(text: string): boolean {
  return undecodable(text) === '';
}

function undecodable(text: string): string {
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (/[\b\f\n\r\t]/.test(character)) continue;
    const escape = code === 7 ? 'a' : code === 11 ? 'v' : code < 0x20 || code === 0x7f ? 'x' : 'U';
    const isPrintable = character === ' ' || /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(character);
    if (isPrintable || (code >= 0x80 && code < 0x10000)) continue;
    return `invalid character '${escape}' in string escape code`;
  }
  return '';
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

function messageOf({ outcome }: Stop): string {
  return 'message' in outcome ? outcome.message : '';
}

function fail(message: string): never {
  throw error(message);
}
