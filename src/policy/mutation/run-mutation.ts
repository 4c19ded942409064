import { CelError, Struct, Unknown, type Value } from '../../cel/value.ts';
import { applyConfiguration } from '../../kube/merge/apply-configuration.ts';
import { goNumbers } from '../../kube/merge/go-conversion.ts';
import { GoValue, goTypeName } from '../../kube/merge/go-value.ts';
import { builtInSchema } from '../../kube/schema/built-in.ts';
import { serverView } from '../../kube/view/server-view.ts';
import type { JsonObject } from '../../model/object.ts';
import { Budget, outOfBudget, policyBudget } from '../budget.ts';
import { type Activation, errorText } from '../evaluation.ts';
import { evaluationError } from '../message.ts';
import { unknownReason } from '../unknown-reason.ts';
import { applyJsonPatch, type PatchOperation } from './json-patch.ts';
import { jsonValue } from './json-value.ts';
import { NativeParts } from './native-parts.ts';
import { patchObject } from './patch-object.ts';
import type { CompiledMutation } from './policy.ts';
import { typeNameMismatch } from './type-names.ts';

/** What one mutation does to an object. */
export type MutationOutcome =
  /** The object afterwards, with its defaults; it may be the same as before. */
  | { readonly kind: 'mutated'; readonly object: JsonObject }
  /** An error that failurePolicy is about. */
  | { readonly kind: 'error'; readonly message: string }
  /** An error that ends the request whatever failurePolicy says. */
  | { readonly kind: 'internal'; readonly message: string }
  /** The API server would panic and answer nothing. */
  | { readonly kind: 'crash'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/** The variables that hold objects. */
const inputs = ['object', 'oldObject', 'params', 'namespaceObject', 'request'] as const;

/**
 * Runs one mutation on an object, which is not changed: evaluates its expression, patches, decodes and defaults.
 *
 * Source: apiserver `pkg/admission/plugin/policy/mutating/dispatcher.go`, `dispatchOne`, and `patch/`.
 */
export function runMutation(
  mutation: CompiledMutation,
  object: JsonObject,
  activation: Activation,
): MutationOutcome {
  if (mutation.program === undefined) return error(mutation.error);
  const result = mutation.program.evaluate(activation);
  if (!new Budget(policyBudget).pay()) return error(outOfBudget);
  if (result instanceof Unknown) return { kind: 'unknown', reason: unknownReason(result) };
  if (result instanceof CelError) return error(errorText(mutation, result));
  const hidden = unknownIn(result);
  if (hidden !== undefined) return { kind: 'unknown', reason: unknownReason(hidden) };
  const natives = new NativeParts(inputs.map((name) => activation[name]));
  return mutation.patchType === 'JSONPatch'
    ? patch(mutation, object, result as readonly Struct[], natives)
    : apply(object, result as Struct, natives);
}

/** Kinds of requests that are no objects with a schema. */
const withoutSchema = new Set([
  'autoscaling/v1/Scale',
  'policy/v1/Eviction',
  'authentication.k8s.io/v1/TokenRequest',
  'v1/PodExecOptions',
  'v1/PodAttachOptions',
  'v1/PodPortForwardOptions',
  'v1/PodProxyOptions',
  'v1/ServiceProxyOptions',
  'v1/NodeProxyOptions',
]);

function apply(object: JsonObject, struct: Struct, natives: NativeParts): MutationOutcome {
  const mismatch = typeNameMismatch(struct);
  if (mismatch !== undefined) return error(mismatch);
  const written = patchObject(struct, natives);
  if (written === undefined) return error('invalid return type: *dynamic.ObjectVal');
  const { apiVersion, kind } = object as { apiVersion: string; kind: string };
  const gvk = `${apiVersion.includes('/') ? '' : '/'}${apiVersion}, Kind=${kind}`;
  const schema = builtInSchema(apiVersion, kind);
  if (schema === undefined) {
    if (withoutSchema.has(`${apiVersion}/${kind}`)) {
      const text = `failed to convert patch object to typed object: no corresponding type for ${gvk}`;
      return error(`error applying patch: ${text}`);
    }
    return { kind: 'unknown', reason: `the schema of ${kind} (${apiVersion}) is not known` };
  }
  const merged = applyConfiguration(schema, object, { ...written, apiVersion, kind });
  if ('error' in merged) return error(`error applying patch: ${merged.error}`);
  const typed = goNumbers(schema, merged.object);
  if ('error' in typed) return error(`unable to convert unstructured object to ${gvk}: ${typed.error}`);
  const view = serverView(typed.object as JsonObject, { stage: 'defaulted' });
  const [problem] = view.problems;
  if (problem !== undefined || view.object === null) {
    const text = decodingText(kind, problem?.message ?? '').replace(
      /^(illegal base64)/,
      'error decoding from json: $1',
    );
    return error(`unable to convert unstructured object to ${gvk}: ${text}`);
  }
  return { kind: 'mutated', object: view.object as JsonObject };
}

function patch(
  mutation: CompiledMutation,
  object: JsonObject,
  structs: readonly Struct[],
  natives: NativeParts,
): MutationOutcome {
  const operations: PatchOperation[] = [];
  for (const struct of structs) {
    const wrong = wrongField(struct);
    if (wrong !== undefined) return error(evaluationError(mutation.text, wrong));
    const value = struct.fields.get('value');
    const json = value === undefined ? undefined : jsonValue(value, natives);
    if (json !== undefined && json.kind !== 'json') return json;
    operations.push({
      op: text(struct, 'op'),
      path: text(struct, 'path'),
      from: text(struct, 'from'),
      value: json?.json,
    });
  }
  const patched = applyJsonPatch(object, operations);
  if (patched.kind === 'test-failed') return { kind: 'mutated', object };
  if (patched.kind === 'error') return error(`JSON Patch: ${patched.message}`);
  return patched.kind === 'crash' ? patched : decode(object, patched.object as JsonObject);
}

/** Reads a patched object strictly; the server takes what is wrong with it for an error of its own. */
function decode(before: JsonObject, after: JsonObject): MutationOutcome {
  const apiVersion = after['apiVersion'] ?? before['apiVersion'];
  const kind = after['kind'] ?? before['kind'];
  const view = serverView({ ...after, apiVersion, kind }, { stage: 'defaulted' });
  const [problem] = view.problems;
  if (problem !== undefined) return internal(decodingText(String(kind), problem.message));
  if (!view.known) {
    if (builtInSchema(String(before['apiVersion']), String(before['kind'])) === undefined) {
      return { kind: 'mutated', object: after };
    }
    const version = String(apiVersion ?? '');
    return internal(
      `no kind "${String(kind ?? '')}" is registered for version "${version}" in scheme "pkg/runtime/scheme.go:111"`,
    );
  }
  if (view.unknownFields.length > 0) {
    const fields = view.unknownFields.map((path) => `unknown field "${fieldText(path)}"`);
    return internal(`strict decoding error: ${fields.join(', ')}`);
  }
  return { kind: 'mutated', object: view.object as JsonObject };
}

/** The text of the decoder itself, without the words of the request's handler around it. */
function decodingText(kind: string, message: string): string {
  const mark = ` cannot be handled as a ${kind}: `;
  const at = message.indexOf(mark);
  return at < 0 ? message : message.slice(at + mark.length);
}

function fieldText(path: readonly (string | number)[]): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`))
    .join('');
}

/** Source: apiserver `pkg/cel/mutation/jsonpatch.go`, `JSONPatchType.Val`. */
function wrongField({ fields }: Struct): string | undefined {
  for (const [name, value] of fields) {
    if (name === 'value') continue;
    if (name !== 'op' && name !== 'path' && name !== 'from') return `unexpected JSONPatchType field: ${name}`;
    if (typeof value !== 'string')
      return `unexpected type ${goType(value)} for JSONPatchType '${name}' field`;
  }
  return undefined;
}

function goType(value: Value): string {
  const object = patchObject(new Struct('', new Map([['value', value]])), new NativeParts([]));
  const converted = object?.['value'];
  if (Array.isArray(converted)) return '[]ref.Val';
  return converted === undefined || (typeof converted === 'object' && !(converted instanceof GoValue))
    ? 'map[ref.Val]ref.Val'
    : goTypeName(converted);
}

function text({ fields }: Struct, name: string): string {
  const value = fields.get(name);
  return typeof value === 'string' ? value : '';
}

/** An unknown that a copied part of the object holds: a name that the server would generate. */
function unknownIn(value: unknown): Unknown | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (value instanceof Unknown) return value;
  const parts = value instanceof Struct ? value.fields.values() : Object.values(value);
  for (const part of parts) {
    const found = unknownIn(part);
    if (found !== undefined) return found;
  }
  return undefined;
}

function error(message: string): MutationOutcome {
  return { kind: 'error', message };
}

function internal(message: string): MutationOutcome {
  return { kind: 'internal', message: `Internal error occurred: ${message}` };
}
