import type { Library } from '../library.ts';
import { doubleOf, maxInt, maxUint, minInt } from '../numeric.ts';
import { overload } from '../signature.ts';
import { formatDuration, parseDuration } from '../time/duration.ts';
import { checkedTimestamp, formatTimestamp, parseTimestamp, unixSeconds } from '../time/timestamp.ts';
import { typeName } from '../type-name.ts';
import {
  CelError,
  double,
  type Duration,
  int,
  type Timestamp,
  TypeValue,
  Uint,
  type Value,
} from '../value.ts';
import { checkedInt, checkedUint } from './arithmetic.ts';
import {
  conversionError,
  formatFloat,
  parseBool,
  parseFloat64,
  parseInt64,
  parseUint64,
} from './go-number.ts';
import { costSize } from './size.ts';

const itself = (value: Value): Value => value;

/** Reading or writing a string costs its length. */
const traversal = ([text]: readonly Value[]): number => Math.ceil(costSize(text!) * 0.1);

const parsed =
  (parse: (text: string) => Value | undefined, to: string) =>
  (text: string): Value | CelError =>
    parse(text) ?? conversionError('string', to);

/** Truncates toward zero; cel-go refuses both ends of the range as they cannot be told from what lies beyond. */
function doubleToInt(value: Value): Value | CelError {
  const number = doubleOf(value)!;
  if (!(number > Number(minInt) && number < Number(maxInt))) return new CelError('integer overflow');
  return int(BigInt(Math.trunc(number)));
}

function doubleToUint(value: Value): Value | CelError {
  const number = doubleOf(value)!;
  if (!(number >= 0 && number < Number(maxUint))) return new CelError('unsigned integer overflow');
  return new Uint(BigInt(Math.trunc(number)));
}

function bytesToString(bytes: Uint8Array): string | CelError {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return new CelError('invalid UTF-8 in bytes, cannot convert to string');
  }
}

function intToTimestamp(seconds: number | bigint): Timestamp | CelError {
  return checkedTimestamp(BigInt(seconds) * 1000000000n);
}

/** The functions that convert between the standard types, `dyn` and `type`. Source: cel-go `common/types`, `ConvertToType`. */
export const conversions: Library = {
  name: 'conversions',
  overloads: [
    overload('type', 'type(A) -> type(A)', (value: Value) => new TypeValue(typeName(value))),
    overload('bool_to_bool', 'bool(bool) -> bool', itself),
    overload('string_to_bool', 'bool(string) -> bool', parsed(parseBool, 'bool')),
    overload('bytes_to_bytes', 'bytes(bytes) -> bytes', itself),
    overload(
      'string_to_bytes',
      'bytes(string) -> bytes',
      (text: string) => new TextEncoder().encode(text),
      traversal,
    ),
    overload('double_to_double', 'double(double) -> double', itself),
    overload('int64_to_double', 'double(int) -> double', (value: number | bigint) => double(Number(value))),
    overload('string_to_double', 'double(string) -> double', parsed(parseFloat64, 'double')),
    overload('uint64_to_double', 'double(uint) -> double', (value: Uint) => double(Number(value.value))),
    overload('duration_to_duration', 'duration(duration) -> duration', itself),
    overload('int64_to_duration', 'duration(int) -> duration', () =>
      conversionError('int', 'google.protobuf.Duration'),
    ),
    overload('string_to_duration', 'duration(string) -> duration', parseDuration),
    overload('to_dyn', 'dyn(A) -> dyn', itself),
    overload('int64_to_int64', 'int(int) -> int', itself),
    overload('double_to_int64', 'int(double) -> int', doubleToInt),
    overload('duration_to_int64', 'int(duration) -> int', (duration: Duration) => int(duration.nanos)),
    overload('string_to_int64', 'int(string) -> int', parsed(parseInt64, 'int')),
    overload('timestamp_to_int64', 'int(timestamp) -> int', unixSeconds),
    overload('uint64_to_int64', 'int(uint) -> int', (value: Uint) => checkedInt(value.value)),
    overload('string_to_string', 'string(string) -> string', itself),
    overload('bool_to_string', 'string(bool) -> string', String),
    overload('bytes_to_string', 'string(bytes) -> string', bytesToString, traversal),
    overload('double_to_string', 'string(double) -> string', (value: Value) => formatFloat(doubleOf(value)!)),
    overload('duration_to_string', 'string(duration) -> string', formatDuration),
    overload('int64_to_string', 'string(int) -> string', String),
    overload('timestamp_to_string', 'string(timestamp) -> string', formatTimestamp),
    overload('uint64_to_string', 'string(uint) -> string', (value: Uint) => String(value.value)),
    overload('timestamp_to_timestamp', 'timestamp(timestamp) -> timestamp', itself),
    overload('int64_to_timestamp', 'timestamp(int) -> timestamp', intToTimestamp),
    overload('string_to_timestamp', 'timestamp(string) -> timestamp', parseTimestamp),
    overload('uint64_to_uint64', 'uint(uint) -> uint', itself),
    overload('double_to_uint64', 'uint(double) -> uint', doubleToUint),
    overload('int64_to_uint64', 'uint(int) -> uint', (value: number | bigint) => checkedUint(BigInt(value))),
    overload('string_to_uint64', 'uint(string) -> uint', parsed(parseUint64, 'uint')),
  ],
};
