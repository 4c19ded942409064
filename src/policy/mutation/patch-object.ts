import { goText } from '../../cel/extension/go-text.ts';
import { goQuote } from '../../cel/go-quote.ts';
import { isMap, mapEntries } from '../../cel/map.ts';
import { isConcatenation } from '../../cel/standard/concatenation.ts';
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
import { GoValue, type PatchObject, type PatchValue } from '../../kube/merge/go-value.ts';
import type { NativeParts } from './native-parts.ts';

/**
 * The partial object that an `Object{}` stands for. Undefined where the server finds that it stands for none, since a map
 * of one of its fields has a key that is no text.
 *
 * Fields are objects, lists, maps and scalars. Lists and maps that an expression built may stand as a field, but not
 * inside of another list or map; lists that `+` makes and parts of the objects that it reads may stand anywhere. What is none of these becomes a
 * `GoValue`, which no schema accepts.
 * Source: apiserver `pkg/cel/mutation/dynamic/objects.go`, `ConvertToNative`.
 */
export function patchObject(struct: Struct, natives: NativeParts): PatchObject | undefined {
  const object = objectOf(struct);
  return object instanceof GoValue ? undefined : object;

  function objectOf({ fields }: Struct): PatchObject | GoValue {
    const converted: [string, PatchValue][] = [];
    for (const [name, field] of fields) {
      const value = fieldOf(field);
      if (value instanceof Error) {
        const text = `fail to convert field ${goQuote(name)}: ${value.message}`;
        return new GoValue('*types.Err', text, text);
      }
      converted.push([name, value]);
    }
    return Object.fromEntries(converted);
  }

  function fieldOf(value: Value): PatchValue | Error {
    const content = value instanceof Optional && value.value !== undefined ? value.value : value;
    if (Array.isArray(content) && !natives.has(content)) return content.map(partOf);
    if (!isMap(content) || natives.has(content)) return partOf(content);
    const entries: [string, PatchValue][] = [];
    for (const [key, part] of mapEntries(content)) {
      if (typeof key !== 'string') return new Error(wrongKey(key));
      entries.push([key, partOf(part)]);
    }
    return Object.fromEntries(entries);
  }

  function partOf(value: Value): PatchValue {
    if (value instanceof Struct) return objectOf(value);
    if (value instanceof Optional) return value.value === undefined ? null : partOf(value.value);
    if (Array.isArray(value)) {
      if (isConcatenation(value)) return value.map(partOf);
      return natives.has(value) ? (value as PatchValue) : builtList(value);
    }
    if (isMap(value)) return natives.has(value) ? (value as PatchValue) : builtMap(value);
    return scalarOf(value);
  }
}

/** A list that an expression built, where one of Go's own is wanted. */
function builtList(list: readonly Value[]): GoValue {
  const plain = `[${list.map(goText).join(' ')}]`;
  return new GoValue('[]ref.Val', plain, `[]ref.Val{${list.map(goSource).join(', ')}}`);
}

/** A map that an expression built, where one of Go's own is wanted. */
function builtMap(map: Value): GoValue {
  const entries = mapEntries(map)
    .map(([key, value]) => `${goText(key)}:${goText(value)}`)
    .toSorted();
  const plain = `map[${entries.join(' ')}]`;
  const detailed = mapEntries(map)
    .map(([key, value]) => `${goSource(key)}:${goSource(value)}`)
    .toSorted();
  return new GoValue('map[ref.Val]ref.Val', plain, `map[ref.Val]ref.Val{${detailed.join(', ')}}`);
}

/** A scalar as Go prints it with `%#v`; of lists and maps Go prints addresses, which nobody can foretell. */
function goSource(value: Value): string {
  return typeof value === 'string' ? goQuote(value) : goText(value);
}

function scalarOf(value: Value): PatchValue {
  if (value === null) return new GoValue('structpb.NullValue', 'NULL_VALUE', '0');
  if (typeof value !== 'object') return value;
  if (value instanceof Double) return value.value;
  if (value instanceof TypeValue) return value.name;
  if (value instanceof Uint) {
    return new GoValue('uint64', String(value.value), `0x${value.value.toString(16)}`);
  }
  if (value instanceof Uint8Array) {
    const bytes = [...value].map((byte) => `0x${byte.toString(16)}`);
    return new GoValue('[]uint8', goText(value), `[]uint8{${bytes.join(', ')}}`);
  }
  if (value instanceof Duration) return new GoValue('time.Duration', goText(value), String(value.nanos));
  if (value instanceof Timestamp) return new GoValue('time.Time', goText(value), goDate(value));
  return new GoValue(typeName(value), goText(value), goText(value));
}

/** An instant as Go writes it in source text: `time.Date(2024, time.January, 1, 0, 0, 0, 0, time.UTC)`. */
function goDate({ nanos }: Timestamp): string {
  const date = new Date(Number((nanos - mod(nanos, 1_000_000n)) / 1_000_000n));
  const month = date.toLocaleString('en', { month: 'long', timeZone: 'UTC' });
  const clock = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()];
  const parts = [date.getUTCFullYear(), `time.${month}`, date.getUTCDate(), ...clock];
  return `time.Date(${[...parts, mod(nanos, 1_000_000_000n)].join(', ')}, time.UTC)`;
}

function mod(value: bigint, by: bigint): bigint {
  return ((value % by) + by) % by;
}

function wrongKey(key: Value): string {
  const isInt = typeof key === 'number' || typeof key === 'bigint';
  if (isInt) return `map key ${quoteRune(Number(key))} is of type types.Int, not string`;
  return `map key ${goText(key)} is of type types.${capitalised(typeName(key))}, not string`;
}

/** Go prints an integer with `%q` as the character of that number. */
function quoteRune(code: number): string {
  if (!(code >= 0 && code <= 0x10ffff)) return "'\\ufffd'";
  const character = String.fromCodePoint(code);
  if (character === "'") return "'\\''";
  return character === '"' ? "'\"'" : `'${goQuote(character).slice(1, -1)}'`;
}

function capitalised(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}
