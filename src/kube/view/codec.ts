/**
 * Decoders and printers for Go types, each built once from the table at first use: JSON to a working value, and
 * from that to JSON under Go's omission rules (encoding/json), in the order of what was written.
 */
import { goStruct } from '../go-type.ts';
import type { GoField, GoType } from '../go-type.ts';
import { listCodec, mapCodec } from './collection-codec.ts';
import { refuse } from './decoding.ts';
import type { Codec, Working } from './decoding.ts';
import { isUntouched, structDefaults } from './defaults.ts';
import { scalarCodec } from './scalar-codec.ts';
import { isEmpty } from './struct-defaults.ts';

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
function buildCodec(type: GoType, roundQuantities: boolean): Codec {
  switch (type.kind) {
    case 'struct':
      return lazyStruct(type.line);
    case 'list':
      return listCodec(buildCodec(type.item, roundQuantities));
    case 'map':
      return mapCodec(buildCodec(type.value, roundQuantities));
    default:
      return scalarCodec(type, roundQuantities);
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
  const always = fields.filter(({ printing }) => printing === 'always');
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
      let left: Set<string> | undefined;
      for (const key in working) {
        const { printing, encode } = byName.get(key) as FieldCodec;
        const content = working[key];
        if (content === undefined ? printing !== 'always' : isLeftOut(printing, content)) {
          (left ??= new Set()).add(key);
        } else if (encode !== undefined && content !== undefined) {
          const printed = encode(content);
          if (printed !== content) working[key] = printed;
        }
      }
      for (let index = 0; index < always.length; index++) {
        const field = always[index] as FieldCodec;
        if (working[field.name] === undefined) working[field.name] = field.unset;
      }
      return left === undefined ? working : without(working, left);
    },
  };
}

/** Whether a field that is set is not printed. */
function isLeftOut(printing: Printing, content: unknown): boolean {
  return printing === 'truthy' ? !content : printing === 'filled' && isEmpty(content);
}

function without(working: Working, left: ReadonlySet<string>): Working {
  const printed: Working = {};
  for (const key in working) if (!left.has(key)) printed[key] = working[key];
  return printed;
}

function buildPlainStruct(line: number): Codec {
  const struct = goStruct(line);
  const rounds = struct.name.startsWith('core.');
  const fields = struct.fields.map((field) => fieldCodec(field, rounds && field.type.kind === 'map'));
  const byName = new Map(fields.map((field) => [field.name, field]));
  const always = fields.flatMap((field, index) => {
    const isNested = isNestedStruct(struct.fields[index] as GoField);
    const unset = (): unknown => (isNested ? field.codec.zero() : field.unset);
    return field.printing === 'always' ? [{ name: field.name, unset }] : [];
  });
  /** Adds what is always printed; to a copy where the object is the input's. */
  const withUnset = (printed: Working, isShared: boolean): Working => {
    let added = printed;
    for (const { name, unset } of always) {
      if (printed[name] !== undefined) continue;
      if (isShared && added === printed) added = { ...printed };
      added[name] = unset();
    }
    return added;
  };

  return {
    decode(value, decoding) {
      if (typeof value !== 'object' || value === null || Array.isArray(value))
        return refuse(decoding, value, 'struct');
      const source = value as Record<string, unknown>;
      let changed: Working | undefined;
      let left: Set<string> | undefined;
      for (const key in source) {
        const written = source[key];
        const field = byName.get(key);
        if (field === undefined) decoding.unknownFields.push([...decoding.path, key]);
        if (field === undefined || written === undefined || written === null) {
          (left ??= new Set()).add(key);
          continue;
        }
        decoding.path.push(key);
        const content = field.codec.decode(written, decoding);
        decoding.path.pop();
        if (isLeftOut(field.printing, content)) (left ??= new Set()).add(key);
        else if (content !== written) (changed ??= { ...source })[key] = content;
      }
      const printed = left === undefined ? (changed ?? source) : without(changed ?? source, left);
      return withUnset(printed, printed === source);
    },
    zero: () => withUnset({}, false),
    encode: undefined,
  };
}

function isNestedStruct({ type, pointer }: GoField): boolean {
  return type.kind === 'struct' && !pointer;
}
