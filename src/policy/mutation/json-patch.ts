import type { Json, JsonObject } from '../../model/object.ts';
import { fail, get, messageOf, PatchDocument, type PatchOutcome, Stop } from './patch-document.ts';

/** An operation of a JSON patch; `value` is undefined where it is absent, which counts as null. */
export interface PatchOperation {
  readonly op: string;
  readonly path: string;
  /** Empty where it is absent. */
  readonly from: string;
  readonly value: Json | undefined;
}

/**
 * Applies a JSON patch as the API server does, which differs from RFC 6902: replacing an absent key adds it, copying from
 * an absent key yields null, indexes count from the end when they are negative. The texts of errors are the server's. The
 * object is not changed.
 *
 * Source: gopkg.in/evanphx/json-patch.v4 `patch.go`.
 */
export function applyJsonPatch(object: JsonObject, operations: readonly PatchOperation[]): PatchOutcome {
  const document = new PatchDocument(object);
  try {
    for (const operation of operations) applyOperation(document, operation);
  } catch (stop) {
    if (stop instanceof Stop) return stop.outcome;
    throw stop;
  }
  return { kind: 'patched', object: document.finish() };
}

function applyOperation(document: PatchDocument, operation: PatchOperation): void {
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

function add(document: PatchDocument, { path, value }: PatchOperation): void {
  if (!isDecodable(path)) fail('add operation failed to decode path: missing value');
  const found = document.find(path);
  if (found === undefined) {
    return fail(`add operation does not apply: doc is missing path: "${path}": missing value`);
  }
  document.insert(found, value, (text) => `error in add for path: '${path}': ${text}`);
}

function remove(document: PatchDocument, { path }: PatchOperation): void {
  if (!isDecodable(path)) fail('remove operation failed to decode path: missing value');
  const found = document.find(path);
  if (found === undefined) {
    return fail(`remove operation does not apply: doc is missing path: "${path}": missing value`);
  }
  document.takeOut(found, (text) => `error in remove for path: '${path}': ${text}`);
}

function replace(document: PatchDocument, { path, value }: PatchOperation): void {
  if (!isDecodable(path)) fail(`replace operation failed to decode path: ${undecodable(path)}`);
  if (path === '') return document.replaceWhole(value);
  const found = document.find(path);
  if (found === undefined) {
    return fail(`replace operation does not apply: doc is missing path: ${path}: missing value`);
  }
  if (get(found.container, found.key) instanceof Stop) {
    fail(`replace operation does not apply: doc is missing key: ${path}: missing value`);
  }
  document.set(found, value);
}

function move(document: PatchDocument, { from, path }: PatchOperation): void {
  if (from === '') fail('move operation failed to decode from: operation, missing from field: missing value');
  if (!isDecodable(from)) fail(`move operation failed to decode from: ${undecodable(from)}`);
  const source = document.find(from);
  if (source === undefined) {
    return fail(`move operation does not apply: doc is missing from path: ${from}: missing value`);
  }
  const describe = (text: string) => `error in move for path: '${source.key}': ${text}`;
  const held = get(source.container, source.key);
  if (held instanceof Stop) return fail(describe(messageOf(held)));
  document.takeOut(source, describe);
  if (!isDecodable(path)) fail(`move operation failed to decode path: ${undecodable(path)}`);
  const target = document.find(path);
  if (target === undefined) {
    return fail(`move operation does not apply: doc is missing destination path: ${path}: missing value`);
  }
  document.insert(target, held, (text) => `error in move for path: '${path}': ${text}`);
}

function copy(document: PatchDocument, { from, path }: PatchOperation): void {
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
  document.insert(target, document.cloned(held), (text) => `error while adding value during copy: ${text}`);
}

function test(document: PatchDocument, { path, value }: PatchOperation): void {
  if (!isDecodable(path)) fail(`test operation failed to decode path: ${undecodable(path)}`);
  const failed = new Stop({ kind: 'test-failed' });
  if (path === '') {
    if (!document.equalsWhole(value)) throw failed;
    return;
  }
  const found = document.find(path);
  if (found === undefined) {
    return fail(`test operation does not apply: is missing path: ${path}: missing value`);
  }
  const held = get(found.container, found.key);
  if (held instanceof Stop) return fail(`error in test for path: '${path}': ${messageOf(held)}`);
  if (!document.equals(held, value)) throw failed;
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
