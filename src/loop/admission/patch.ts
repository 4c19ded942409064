import type { Json, JsonObject } from '../../model/object.ts';
import { child } from '../../model/path.ts';
import {
  applyJsonPatch,
  differences,
  jsonPatchBetween,
  type MutationResult,
  type Operation6902,
} from '../../policy/index.ts';

/**
 * The patch of an answer: base64 of an RFC 6902 patch of the object as it was sent. One that was written by a person lacks
 * the defaults which the server fills in before it mutates. Where a change stands on one of them, or would lead to another
 * one (`imagePullPolicy` follows the tag of an image), all of them are part of the patch. `stored` is what becomes of an
 * object, with the defaults of what it has not; the patched object comes to the same as the mutated one.
 *
 * Source: k8s.io/api `admission/v1/types.go`, `AdmissionResponse.Patch`.
 */
export function encodedPatch(
  sent: JsonObject,
  { patch, object }: MutationResult,
  stored: (object: JsonObject) => JsonObject,
): string {
  const mutated = object ?? {};
  const isEnough =
    patch.every((operation) => hasGround(sent, operation)) && comesTo(mutated, sent, patch, stored);
  const operations = isEnough ? patch : jsonPatchBetween(sent, mutated);
  const bytes = new TextEncoder().encode(patchText(operations));
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

function comesTo(
  mutated: JsonObject,
  sent: JsonObject,
  patch: readonly Operation6902[],
  stored: (object: JsonObject) => JsonObject,
): boolean {
  const operations = patch.map((operation) => ({ value: undefined, from: '', ...operation }));
  const patched = applyJsonPatch(sent, operations);
  if (patched.kind !== 'patched') return false;
  return differences(stored(patched.object as JsonObject), stored(mutated)).length === 0;
}

/** Whether the place of an operation is in the object: for an addition what it is added to. */
function hasGround(sent: Json, { op, path }: Operation6902): boolean {
  const steps = path
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  let at: Json | undefined = sent;
  for (const step of op === 'add' ? steps.slice(0, -1) : steps) {
    at = child(at, Array.isArray(at) ? Number(step) : step);
    if (at === undefined) return false;
  }
  return true;
}

/** JSON has no bound on integers, but JavaScript's writer takes none of its own big ones. */
function patchText(operations: readonly Operation6902[]): string {
  const integers: bigint[] = [];
  const mark = 'an integer in its full length ';
  const text = JSON.stringify(operations, (_, value: unknown) =>
    typeof value === 'bigint' ? mark + (integers.push(value) - 1) : value,
  );
  if (integers.length === 0) return text;
  return text.replace(new RegExp(`"${mark}(\\d+)"`, 'g'), (whole, index: string) =>
    String(integers[Number(index)] ?? whole),
  );
}
