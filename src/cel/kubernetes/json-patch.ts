import { readCost } from '../extension/call-cost.ts';
import type { Library } from '../library.ts';
import { overload } from '../signature.ts';

const escapeKey = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

/** Keys of JSON patch paths (RFC 6901). Source: k8s.io/apiserver `pkg/cel/library/jsonpatch.go`. */
export const jsonPatch: Library = {
  name: 'kubernetes.jsonpatch',
  overloads: [
    overload(
      'string_jsonpatch_escapeKey_string',
      'function jsonpatch.escapeKey(string) -> string',
      escapeKey,
      readCost,
    ),
  ],
};
