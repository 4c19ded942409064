import type { Json, JsonObject, ObjectReference, Path } from '../model/object.ts';

/** What scans write: read again in the next one they are no objects of a cluster. */
const ownOutputs = new Set(['Report', 'Baseline', 'Evaluation']);

/** An object in a document, and its place there. */
export interface FoundObject {
  readonly value: JsonObject;
  readonly path: Path;
}

/** What stands where an object should, and why it is none. */
export interface Stray {
  readonly path: Path;
  readonly reason: string;
}

/**
 * The objects a document holds: itself, or the items of a List, whose kind may be left to the List's. kubectl refuses
 * what is met as a stray. Source: k8s.io/apimachinery pkg/apis/meta/v1/unstructured, `decodeToList`.
 */
export function* objectsIn(
  value: Json,
  path: Path,
  isItem = path.length > 0,
): Generator<FoundObject | Stray> {
  if (!isMap(value)) {
    if (Array.isArray(value) && !isItem && (value as readonly Json[]).some(isObject))
      yield { path, reason: 'a list of objects is no object: they belong under the items of a List' };
    if (isItem) yield { path, reason: 'an item of a List must be an object' };
    return;
  }
  const { apiVersion, kind, items } = value;
  const isVersioned = typeof apiVersion === 'string' && apiVersion !== '';
  if (!isVersioned || typeof kind !== 'string' || kind === '') {
    const hasKind = typeof kind === 'string' && kind !== '';
    const resemblesObject = isVersioned !== hasKind && (isMap(value['metadata']) || isMap(value['spec']));
    const isGlued = Object.keys(value)[0]?.startsWith('---') === true && (isVersioned || hasKind);
    if (isGlued) yield { path, reason: 'the separator --- must stand alone on its line' };
    else if (isItem || resemblesObject) yield { path, reason: notSet(isVersioned, hasKind) };
    return;
  }
  if (apiVersion === 'scantling.dev/v1' && ownOutputs.has(kind)) return;
  if (kind === 'List' && items !== undefined && items !== null && !Array.isArray(items)) {
    yield { path: [...path, 'items'], reason: 'the items of a List must be a list' };
    return;
  }
  if (!kind.endsWith('List') || !Array.isArray(items)) {
    yield { value, path };
    return;
  }
  for (const [i, item] of (items as readonly Json[]).entries()) {
    yield* objectsInItem(item, [...path, 'items', i], { apiVersion, kind });
  }
}

/** As {@link objectsIn} for one item of a List. */
export function objectsInItem(
  item: Json,
  path: Path,
  { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string },
): Generator<FoundObject | Stray> {
  const bare = isMap(item) && kind !== 'List' && !('kind' in item) && !('apiVersion' in item);
  return objectsIn(bare ? { apiVersion, kind: kind.slice(0, -'List'.length), ...item } : item, path, true);
}

const isObject = (value: Json): boolean =>
  isMap(value) && typeof value['apiVersion'] === 'string' && typeof value['kind'] === 'string';

function notSet(isVersioned: boolean, hasKind: boolean): string {
  if (isVersioned) return 'this is no object: its kind is not set';
  return `this is no object: its apiVersion ${hasKind ? 'is' : 'and kind are'} not set`;
}

function isMap(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** What an object is called; a name that the server makes up stands for itself, what is no text is none. */
export function referenceOf(value: JsonObject): ObjectReference {
  const metadata = value['metadata'];
  const fields = metadata !== null && typeof metadata === 'object' ? (metadata as JsonObject) : {};
  const text = (field: Json | undefined): string => (typeof field === 'string' ? field : '');
  return {
    apiVersion: text(value['apiVersion']),
    kind: text(value['kind']),
    namespace: text(fields['namespace']),
    name: text(fields['name']) || text(fields['generateName']),
  };
}
