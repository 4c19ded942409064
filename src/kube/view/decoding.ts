import type { GoType } from '../go-type.ts';
import { jsonTypeName } from './problem.ts';
import type { Mismatch, Path } from './problem.ts';

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

/** Notes a value of the wrong JSON type. */
export function refuse(decoding: Decoding, value: unknown, target: GoType['kind'] | 'uint8'): undefined {
  const got = jsonType(value, target);
  const detail = got === undefined ? `json: unsupported value: ${goNumber(value)}` : undefined;
  const ownParser = target === 'intOrString' || target === 'time' || target === 'microTime';
  note(decoding, { path: decoding.path.slice(), got, detail, fatal: ownParser || got === undefined });
}

/** Notes a problem, unless there are too many. */
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
/** Runs a parser that throws the server's text. */
export function guarded(decoding: Decoding, fatal: boolean, parse: () => unknown): unknown {
  try {
    return parse();
  } catch (error) {
    note(decoding, { path: decoding.path.slice(), got: undefined, detail: (error as Error).message, fatal });
    return undefined;
  }
}
