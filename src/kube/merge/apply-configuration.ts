import type { JsonObject } from '../../model/object.ts';
import type { Schema } from '../schema/schema.ts';
import { atomicPaths } from './atomics.ts';
import { schemaErrors } from './conformity.ts';
import type { PatchObject } from './go-value.ts';
import { merge } from './merge.ts';
import { schemaErrorText } from './schema-error.ts';

/**
 * Merges a partial object into a live one as a MutatingAdmissionPolicy's `applyConfiguration` does, or says in the API
 * server's words why not: the patch must conform to the schema and name nothing atomic, the live object must conform as
 * well. Neither is changed. The result may need decoding and defaults.
 *
 * Source: apiserver `pkg/admission/plugin/policy/mutating/patch/smd.go`, `ApplyStructuredMergeDiff`.
 */
export function applyConfiguration(
  schema: Schema,
  live: JsonObject,
  patch: PatchObject,
): { readonly object: JsonObject } | { readonly error: string } {
  const wrong = schemaErrors(schema, patch);
  if (wrong.length > 0) {
    return { error: `failed to convert patch object to typed object: ${schemaErrorText(wrong)}` };
  }
  const atomics = atomicPaths(schema, patch);
  if (atomics.length > 0) {
    const paths = atomics.join(', ');
    return {
      error: `invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: ${paths}`,
    };
  }
  const broken = schemaErrors(schema, live, true);
  if (broken.length > 0) {
    return { error: `failed to convert original object to typed object: ${schemaErrorText(broken)}` };
  }
  return { object: merge(schema, live, patch) as JsonObject };
}
