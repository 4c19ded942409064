/**
 * Decoders and printers for Go types, each built once from the table at first use: JSON to a working value, and
 * from that to JSON in the order of the type's fields under Go's omission rules (encoding/json).
 */
import { canonicalBase64 } from '../base64.ts';
import { goStruct } from '../go-type.ts';
import type { GoField, GoType } from '../go-type.ts';
import { canonicalQuantity } from '../quantity.ts';
import { canonicalTime } from '../time.ts';
import { isUntouched, structDefaults } from './defaults.ts';
import { jsonTypeName } from './problem.ts';
import type { Mismatch, Path } from './problem.ts';
import { isEmpty } from './struct-defaults.ts';

/** A struct being worked on: the fields that are set, in no order, and every embedded value that is no pointer. */
export type Working = Record<string, unknown>;

/** What a decoder leaves behind besides its value. */
export interface Decoding {
  readonly path: (string | number)[];
  readonly mismatches: Mismatch[];
  /** Fields that the type does not have; the server drops them with a warning. */
  readonly unknownFields: Path[];
}

/** How values of one Go type are read and printed. */
export interface Codec {
  /** Reads a value other than null; a refused one leaves a mismatch and yields undefined. */
  decode(value: unknown, decoding: Decoding): unknown;
  /** The zero value, as a list item that was null becomes. */
  zero(): unknown;
  /** Prints a value; undefined where values print as they are. */
  readonly encode: ((value: unknown) => unknown) | undefined;
}

/** How many problems of one object are kept; the server reports only the first. */
const maxMismatches = 100;

const structs: (Codec | undefined)[] = [];
const plain: (boolean | undefined)[] = [];

/** The codec of the struct in a line of the type table. */
export function structCodec(line: number): Codec {
  return (structs[line] ??= isPlain(line) ? buildPlainStruct(line) : buildStruct(line));
}

/** Structs that nothing changes, all the way down, are printed as they are read, in one pass. */
function isPlain(line: number): boolean {
  const known = plain[line];
  if (known !== undefined) return known;
  // Types that hold themselves are not plain, which ends the search.
  plain[line] = false;
  const { name, fields } = goStruct(line);
  return (plain[line] = isUntouched(name) && fields.every(({ type }) => isPlainType(type)));
}

function isPlainType(type: GoType): boolean {
  if (type.kind === 'struct') return isPlain(type.line);
  if (type.kind === 'list') return isPlainType(type.item);
  return type.kind === 'map' ? isPlainType(type.value) : true;
}

/** Notes a value of the wrong JSON type. */
export function refuse(decoding: Decoding, value: unknown, target: GoType['kind'] | 'uint8'): undefined {
  const got = jsonType(value, target);
  const detail = got === undefined ? `json: unsupported value: ${goNumber(value)}` : undefined;
  const ownParser = target === 'intOrString' || target === 'time' || target === 'microTime';
  note(decoding, { path: decoding.path.slice(), got, detail, fatal: ownParser || got === undefined });
}

function note(decoding: Decoding, mismatch: Mismatch): void {
  if (decoding.mismatches.length < maxMismatches) decoding.mismatches.push(mismatch);
}

/** What Go calls a JSON value in its errors; undefined for NaN and infinities, which JSON cannot say. */
function jsonType(value: unknown, target: GoType['kind'] | 'uint8'): string | undefined {
  if (typeof value === 'number' && !Number.isFinite(value)) return undefined;
  const counted = target === 'int32' || target === 'int64' || target === 'intOrString' || target === 'uint8';
  const name = jsonTypeName(value);
  return name === 'number' && counted ? `number ${goNumber(value)}` : name;
}

function goNumber(value: unknown): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  return String(value);
}

function buildCodec(type: GoType, roundQuantities: boolean): Codec {
  switch (type.kind) {
    case 'string':
      return scalar((value) => typeof value === 'string', 'string', '');
    case 'bool':
      return scalar((value) => typeof value === 'boolean', 'bool', false);
    case 'int32':
      return {
        decode: (value, decoding) => decodeInt(value, decoding, 'int32', 31n),
        zero: () => 0,
        encode: undefined,
      };
    case 'int64':
      return {
        decode: (value, decoding) => decodeInt(value, decoding, 'int64', 63n),
        zero: () => 0,
        encode: undefined,
      };
    case 'float64':
      return scalar((value) => typeof value === 'number' && Number.isFinite(value), 'float64', 0);
    case 'bytes':
      return { decode: decodeBytes, zero: () => null, encode: undefined };
    case 'quantity':
      return {
        decode: (value, decoding) => decodeQuantity(value, decoding, roundQuantities),
        zero: () => '0',
        encode: undefined,
      };
    case 'time':
    case 'microTime': {
      const precision = type.kind;
      return {
        decode: (value, decoding) => decodeTime(value, decoding, precision),
        zero: () => null,
        encode: undefined,
      };
    }
    case 'intOrString':
      return { decode: decodeIntOrString, zero: () => 0, encode: undefined };
    case 'any':
      return { decode: (value) => value, zero: () => null, encode: undefined };
    case 'struct':
      return lazyStruct(type.line);
    case 'list':
      return listCodec(buildCodec(type.item, roundQuantities));
    case 'map':
      return mapCodec(buildCodec(type.value, roundQuantities));
  }
}

function scalar(accepts: (value: unknown) => boolean, kind: GoType['kind'], zero: unknown): Codec {
  return {
    decode: (value, decoding) => (accepts(value) ? value : refuse(decoding, value, kind)),
    zero: () => zero,
    encode: undefined,
  };
}

function decodeInt(value: unknown, decoding: Decoding, kind: 'int32' | 'int64', bits: bigint): unknown {
  if (typeof value === 'number' && (value | 0) === value) return value + 0;
  if (
    typeof value === 'bigint' ||
    (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 1e21)
  ) {
    const whole = BigInt(value);
    if (whole >= -(1n << bits) && whole < 1n << bits)
      return Number.isSafeInteger(Number(whole)) ? Number(whole) : whole;
  }
  return refuse(decoding, value, kind);
}

function decodeBytes(value: unknown, decoding: Decoding): unknown {
  if (typeof value === 'string') return guarded(decoding, false, () => canonicalBase64(value));
  if (!Array.isArray(value)) return refuse(decoding, value, 'bytes');
  const bytes = new Uint8Array(value.length);
  for (let index = 0; index < value.length; index++) {
    const byte: unknown = value[index] ?? 0;
    if (typeof byte === 'number' && Number.isInteger(byte) && byte >= 0 && byte <= 255) {
      bytes[index] = byte;
      continue;
    }
    decoding.path.push(index);
    refuse(decoding, byte, 'uint8');
    decoding.path.pop();
  }
  return Buffer.from(bytes).toString('base64');
}

function decodeQuantity(value: unknown, decoding: Decoding, round: boolean): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return refuse(decoding, value, 'quantity');
  const text = typeof value === 'string' ? value : typeof value === 'object' ? '{' : String(value);
  return guarded(decoding, true, () => canonicalQuantity(text, round));
}

function decodeTime(value: unknown, decoding: Decoding, precision: 'time' | 'microTime'): unknown {
  if (typeof value !== 'string') return refuse(decoding, value, precision);
  return guarded(decoding, true, () => canonicalTime(value, precision));
}

function decodeIntOrString(value: unknown, decoding: Decoding): unknown {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && (value | 0) === value) return value + 0;
  return refuse(decoding, value, 'intOrString');
}

/** Runs a parser that throws the server's text. */
function guarded(decoding: Decoding, fatal: boolean, parse: () => unknown): unknown {
  try {
    return parse();
  } catch (error) {
    note(decoding, { path: decoding.path.slice(), got: undefined, detail: (error as Error).message, fatal });
    return undefined;
  }
}

/** Struct codecs refer to each other in circles, so they are built when first used. */
function lazyStruct(line: number): Codec {
  let codec: Codec | undefined;
  return {
    decode: (value, decoding) => (codec ??= structCodec(line)).decode(value, decoding),
    zero: () => (codec ??= structCodec(line)).zero(),
    encode: isPlain(line) ? undefined : (value) => (codec ??= structCodec(line)).encode?.(value),
  };
}

/** Lists of values that print as they are are shared with the input unless an item changes. */
function listCodec(item: Codec): Codec {
  const { encode } = item;
  return {
    decode(value, decoding) {
      if (!Array.isArray(value)) return refuse(decoding, value, 'list');
      let list: unknown[] | undefined;
      for (let index = 0; index < value.length; index++) {
        const written: unknown = value[index];
        decoding.path.push(index);
        const read = written === null || written === undefined ? item.zero() : item.decode(written, decoding);
        decoding.path.pop();
        if (read !== written && list === undefined) list = value.slice();
        if (list !== undefined) list[index] = read;
      }
      return list ?? value;
    },
    zero: () => null,
    encode: encode === undefined ? undefined : (value) => (value as unknown[] | null)?.map(encode) ?? null,
  };
}

/** Maps of values that print as they are are shared with the input unless a value changes. */
function mapCodec(value: Codec): Codec {
  const { encode } = value;
  return {
    decode(written, decoding) {
      if (typeof written !== 'object' || written === null || Array.isArray(written)) {
        return refuse(decoding, written, 'map');
      }
      const source = written as Record<string, unknown>;
      let changed: Record<string, unknown> | undefined;
      for (const key in source) {
        const entry = source[key];
        decoding.path.push(key);
        const read = entry === null || entry === undefined ? value.zero() : value.decode(entry, decoding);
        decoding.path.pop();
        if (read === entry) continue;
        changed ??= { ...source };
        setOwn(changed, key, read);
      }
      return changed ?? source;
    },
    zero: () => null,
    encode:
      encode === undefined ? undefined : (map) => (map === null ? null : encodeMap(map as Working, encode)),
  };
}

function encodeMap(map: Working, encode: (value: unknown) => unknown): Working {
  const printed: Working = { ...map };
  for (const key in map) setOwn(printed, key, encode(map[key]));
  return printed;
}

/** Assigns an own property; plain assignment of `__proto__` would set the prototype. */
function setOwn(target: Working, key: string, value: unknown): void {
  if (key !== '__proto__') target[key] = value;
  else Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
}

/**
 * When a field is printed: `set` unless nil, `filled` unless nil or empty, `truthy` unless zero, `always`, with null for
 * nil.
 */
type Printing = 'set' | 'filled' | 'truthy' | 'always';

interface FieldCodec {
  readonly name: string;
  readonly codec: Codec;
  readonly printing: Printing;
  readonly encode: ((value: unknown) => unknown) | undefined;
  /** What is printed for a field that is always there and unset. */
  readonly unset: unknown;
}

function fieldCodec(field: GoField, roundQuantities: boolean): FieldCodec {
  const codec = buildCodec(field.type, roundQuantities);
  return {
    name: field.name,
    codec,
    printing: printingOf(field),
    encode: codec.encode,
    unset: field.pointer || field.type.kind === 'struct' ? null : codec.zero(),
  };
}

function printingOf({ type, pointer, omit }: GoField): Printing {
  if (omit === 'never') return 'always';
  if (pointer) return 'set';
  if (type.kind === 'list' || type.kind === 'map') return 'filled';
  if (omit === 'zero') return 'truthy';
  const scalarKind = ['string', 'bool', 'int32', 'int64', 'float64', 'bytes'].includes(type.kind);
  return scalarKind ? 'truthy' : 'always';
}

function buildStruct(line: number): Codec {
  const struct = goStruct(line);
  // RuntimeClass (node.k8s.io) alone keeps quantities finer than a thousandth; only core/v1 defaults round them.
  const rounds = struct.name.startsWith('core.');
  const fields = struct.fields.map((field) => fieldCodec(field, rounds && field.type.kind === 'map'));
  const byName = new Map(fields.map((field) => [field.name, field]));
  const nested = fields.filter((_, index) => isNestedStruct(struct.fields[index] as GoField));
  const setDefaults = structDefaults(struct.name);

  return {
    decode(value, decoding) {
      if (typeof value !== 'object' || value === null || Array.isArray(value))
        return refuse(decoding, value, 'struct');
      const source = value as Record<string, unknown>;
      const working: Working = {};
      for (const key in source) {
        const written = source[key];
        const field = byName.get(key);
        if (field === undefined) {
          decoding.unknownFields.push([...decoding.path, key]);
          continue;
        }
        if (written === null || written === undefined) continue;
        decoding.path.push(key);
        working[key] = field.codec.decode(written, decoding);
        decoding.path.pop();
      }
      for (let index = 0; index < nested.length; index++) {
        const field = nested[index] as FieldCodec;
        if (working[field.name] === undefined) working[field.name] = field.codec.zero();
      }
      // Defaults may rely on every part being there, which a refused value breaks.
      if (decoding.mismatches.length === 0) setDefaults?.(working);
      return working;
    },
    zero() {
      const working: Working = {};
      for (const field of nested) working[field.name] = field.codec.zero();
      setDefaults?.(working);
      return working;
    },
    encode(value) {
      const working = value as Working;
      const printed: Working = {};
      for (let index = 0; index < fields.length; index++) {
        const field = fields[index] as FieldCodec;
        const content = working[field.name];
        if (content === undefined) {
          if (field.printing === 'always') printed[field.name] = field.unset;
          continue;
        }
        if (field.printing === 'truthy' && !content) continue;
        if (field.printing === 'filled' && isEmpty(content)) continue;
        printed[field.name] = field.encode === undefined ? content : field.encode(content);
      }
      return printed;
    },
  };
}

function buildPlainStruct(line: number): Codec {
  const struct = goStruct(line);
  const rounds = struct.name.startsWith('core.');
  const fields = struct.fields.map((field) => fieldCodec(field, rounds && field.type.kind === 'map'));
  const names = new Set(fields.map((field) => field.name));
  const unsetValue = (field: FieldCodec, index: number): unknown =>
    isNestedStruct(struct.fields[index] as GoField) ? field.codec.zero() : field.unset;

  return {
    decode(value, decoding) {
      if (typeof value !== 'object' || value === null || Array.isArray(value))
        return refuse(decoding, value, 'struct');
      const source = value as Record<string, unknown>;
      for (const key in source) {
        if (!names.has(key)) decoding.unknownFields.push([...decoding.path, key]);
      }
      const printed: Working = {};
      for (let index = 0; index < fields.length; index++) {
        const field = fields[index] as FieldCodec;
        const written = Object.hasOwn(source, field.name) ? source[field.name] : undefined;
        if (written === undefined || written === null) {
          if (field.printing === 'always') printed[field.name] = unsetValue(field, index);
          continue;
        }
        decoding.path.push(field.name);
        const content = field.codec.decode(written, decoding);
        decoding.path.pop();
        if (field.printing === 'truthy' && !content) continue;
        if (field.printing === 'filled' && isEmpty(content)) continue;
        printed[field.name] = content;
      }
      return printed;
    },
    zero() {
      const printed: Working = {};
      for (const [index, field] of fields.entries()) {
        if (field.printing === 'always') printed[field.name] = unsetValue(field, index);
      }
      return printed;
    },
    encode: undefined,
  };
}

function isNestedStruct({ type, pointer }: GoField): boolean {
  return type.kind === 'struct' && !pointer;
}
