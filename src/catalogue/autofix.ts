import type { Json, JsonObject } from '../model/object.ts';
import { type FieldReader, isMapping } from './complaint.ts';

/** How a control's findings are mended by the program. */
export type Autofix =
  | {
      /** `unsafe`: what runs may behave otherwise afterwards; `note` says how. */
      readonly kind: 'safe' | 'unsafe';
      readonly note: string;
      /** The MutatingAdmissionPolicy of `fix.yaml`. */
      readonly policy: JsonObject;
    }
  | { readonly kind: 'none'; readonly reason: string };

/** The file beside `control.yaml` that holds the mutation. */
export const fixFile = 'fix.yaml';

/**
 * Reads `autofix` of a `control.yaml`: `safe`, `{unsafe: what may break}` with a `fix.yaml` beside it, or `{none: why}`
 * without one. Undefined where nothing is said.
 */
export function readAutofix(
  id: string,
  value: Json | undefined,
  policy: Json | undefined,
  read: FieldReader,
): Autofix | undefined {
  const written = isMapping(value) ? value['autofix'] : undefined;
  if (written === undefined && policy === undefined) return undefined;
  const none = isMapping(written) ? written['none'] : undefined;
  if (typeof none === 'string') {
    if (policy !== undefined) read.complain(`${fixFile} is there, but "autofix" says that there is none`);
    return { kind: 'none', reason: none };
  }
  const note = isMapping(written) ? written['unsafe'] : undefined;
  if (written !== 'safe' && typeof note !== 'string') {
    read.complain('"autofix" is safe, {unsafe: what may break} or {none: why}', 'autofix');
  }
  if (!isMapping(policy)) {
    read.complain(`${fixFile} is missing or no mapping`);
    return undefined;
  }
  const { kind, metadata } = policy;
  if (kind !== 'MutatingAdmissionPolicy' || !isMapping(metadata) || metadata['name'] !== id) {
    read.complain(`${fixFile} holds no MutatingAdmissionPolicy named ${id}`);
  }
  return typeof note === 'string' ? { kind: 'unsafe', note, policy } : { kind: 'safe', note: '', policy };
}
