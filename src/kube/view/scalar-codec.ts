import { canonicalBase64 } from '../base64.ts';
import type { GoType } from '../go-type.ts';
import { canonicalQuantity } from '../quantity.ts';
import { canonicalTime } from '../time.ts';
import { guarded, refuse } from './decoding.ts';
import type { Codec, Decoding } from './decoding.ts';

/** A type that holds no others. */
export type ScalarType = Exclude<GoType, { kind: 'struct' | 'list' | 'map' }>;

/**
 * The codec of a type that holds no others. `roundQuantities`: quantities are rounded up to thousandths, as in every
 * ResourceList of core/v1.
 */
export function scalarCodec(type: ScalarType, roundQuantities: boolean): Codec {
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
