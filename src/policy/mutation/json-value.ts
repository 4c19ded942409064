import { isMap, mapEntries } from '../../cel/map.ts';
import { isConcatenation } from '../../cel/standard/concatenation.ts';
import { formatDuration } from '../../cel/time/duration.ts';
import { formatTimestamp } from '../../cel/time/timestamp.ts';
import { typeName } from '../../cel/type-name.ts';
import {
  Double,
  Duration,
  Optional,
  Struct,
  Timestamp,
  TypeValue,
  Uint,
  type Value,
} from '../../cel/value.ts';
import { encodeBase64 } from '../../kube/base64.ts';
import { GoValue, type PatchValue } from '../../kube/merge/go-value.ts';
import type { Json } from '../../model/object.ts';
import type { NativeParts } from './native-parts.ts';
import { patchObject } from './patch-object.ts';
import { typeNameMismatch } from './type-names.ts';

/** The JSON that the `value` of a JSONPatch stands for. */
export type JsonOutcome =
  | { readonly kind: 'json'; readonly json: Json }
  | { readonly kind: 'error'; readonly message: string }
  /** The API server's process would panic. */
  | { readonly kind: 'crash'; readonly reason: string };

const unmarshallable = 'JSONPath valueExpression evaluated to a type that could not marshal to JSON: ';

/** Thrown inside of this file only, to leave the conversion of a value. */
class Stop extends Error {
  readonly outcome: JsonOutcome;
  constructor(outcome: JsonOutcome) {
    super(outcome.kind);
    this.outcome = outcome;
  }
}

/**
 * The JSON of a JSONPatch's `value`. Lists, maps and parts of the objects that an expression reads may nest freely. An
 * `Object{}` may be the whole value, or an item of a list that `+` makes; inside of another list or map it makes the server
 * panic.
 *
 * Source: apiserver `pkg/admission/plugin/policy/mutating/patch/json_patch.go`; cel-go `common/types`, conversions to
 * `structpb.Value`.
 */
export function jsonValue(value: Value, natives: NativeParts): JsonOutcome {
  try {
    return { kind: 'json', json: value instanceof Struct ? structJson(value, natives) : plainJson(value) };
  } catch (stop) {
    if (stop instanceof Stop) return stop.outcome;
    throw stop;
  }
}

function structJson(struct: Struct, natives: NativeParts): Json {
  const mismatch = typeNameMismatch(struct);
  if (mismatch !== undefined) throw new Stop({ kind: 'error', message: mismatch });
  const object = patchObject(struct, natives);
  if (object === undefined) return fail('fail to convert a field: map key is not a string');
  return patchJson(object);
}

/** Fields of an `Object{}` are Go values already. Source: protobuf `structpb.NewValue`. */
function patchJson(value: PatchValue): Json {
  if (value instanceof GoValue) {
    if (value.type === 'structpb.NullValue') return fail('proto: invalid type: structpb.NullValue');
    if (value.type === 'uint64') return Number(value.plain);
    if (value.type === '[]uint8') {
      return encodeBase64(Uint8Array.from(value.plain.slice(1, -1).split(' ').filter(Boolean), Number));
    }
    return fail(`proto: invalid type: ${value.type}`);
  }
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return (value as readonly PatchValue[]).map(patchJson);
  if (typeof value !== 'object' || value === null) return value as Json;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, patchJson(part as PatchValue)]));
}

function plainJson(value: Value): Json {
  if (value instanceof Struct) {
    throw new Stop({
      kind: 'crash',
      reason: `${value.typeName}{} inside of a list or map makes the API server panic; write a map literal`,
    });
  }
  if (Array.isArray(value)) return value.map(isConcatenation(value) ? nativeJson : plainJson);
  if (isMap(value)) {
    const entries = mapEntries(value).map(([key, part]): [string, Json] => {
      if (typeof key === 'string') return [key, plainJson(part)];
      return fail(`unsupported type conversion: map key of type ${typeName(key)}`);
    });
    return Object.fromEntries(entries);
  }
  return scalarJson(value);
}

/**
 * The JSON of a part of a list that `+` makes: Go converts it to a value of its own first. An `Object{}` becomes a map
 * then, a type its name, an optional what it holds.
 *
 * Source: cel-go `common/types/list.go`, `concatList.ConvertToNative`.
 */
function nativeJson(value: Value): Json {
  if (value instanceof Struct) {
    return Object.fromEntries([...value.fields].map(([name, field]) => [name, nativeField(field)]));
  }
  if (value instanceof Optional) return value.value === undefined ? null : nativeJson(value.value);
  return value instanceof TypeValue ? value.name : plainJson(value);
}

/** Lists and maps in a field of an `Object{}` are converted part by part. */
function nativeField(field: Value): Json {
  if (Array.isArray(field)) return field.map(nativeJson);
  if (!isMap(field)) return nativeJson(field);
  const entries = mapEntries(field).map(([key, part]): [string, Json] => {
    if (typeof key === 'string') return [key, nativeJson(part)];
    return fail(`unsupported type conversion: map key of type ${typeName(key)}`);
  });
  return Object.fromEntries(entries);
}

function scalarJson(value: Value): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : fail(notFinite(value));
  // Integers that a double cannot hold become texts.
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Uint) {
    return value.value <= 9007199254740991n ? Number(value.value) : String(value.value);
  }
  if (value instanceof Double) return value.value;
  if (value instanceof Uint8Array) return encodeBase64(value);
  if (value instanceof Timestamp) return formatTimestamp(new Timestamp(value.nanos));
  if (value instanceof Duration) return formatDuration(value);
  if (value instanceof Optional) {
    return value.value === undefined ? fail('optional.none() dereference') : plainJson(value.value);
  }
  return fail(`type conversion not supported for '${typeName(value)}'`);
}

function notFinite(value: number): string {
  const name = Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  return `json: error calling MarshalJSON for type *structpb.Value: proto: google.protobuf.Value: cannot have ${name} number_value`;
}

function fail(message: string): never {
  throw new Stop({ kind: 'error', message: unmarshallable + message });
}
