import { CIDR } from '../cel/kubernetes/cidr.ts';
import { NamedFormat } from '../cel/kubernetes/format-library.ts';
import { formatAddress } from '../cel/kubernetes/ip-address.ts';
import { IP } from '../cel/kubernetes/ip.ts';
import { Quantity } from '../cel/kubernetes/quantity.ts';
import { Semver } from '../cel/kubernetes/semver.ts';
import { URLValue } from '../cel/kubernetes/url.ts';
import { isMap, mapEntries } from '../cel/map.ts';
import { formatGoDuration } from '../cel/time/duration.ts';
import { formatTimestamp } from '../cel/time/timestamp.ts';
import {
  Double,
  Duration,
  Opaque,
  Optional,
  Struct,
  Timestamp,
  TypeValue,
  Uint,
  type Value,
} from '../cel/value.ts';

/**
 * A CEL value as a person would write it: JSON where it is JSON, `1.0`, `2u`, `b"..."`, `optional.of(...)`,
 * `duration("1h30m0s")`, `quantity("1500m")` else.
 *
 * Writing ends after `room` characters, so that a large value costs no more than what is shown of it; the text may be
 * a little longer and is for the caller to cut.
 */
export function celText(value: Value, room = Infinity): string {
  const writer = { text: '', room };
  write(value, writer);
  return writer.text;
}

interface Writer {
  text: string;
  readonly room: number;
}

function write(value: Value, writer: Writer): void {
  if (Array.isArray(value)) {
    writeAll(value as readonly Value[], '[', ']', writer, (element) => write(element, writer));
  } else if (value instanceof Struct) {
    writer.text += value.typeName;
    writeEntries([...value.fields], writer);
  } else if (isMap(value)) {
    writeEntries(mapEntries(value), writer);
  } else if (value instanceof Optional) {
    if (value.value === undefined) writer.text += 'optional.none()';
    else {
      writer.text += 'optional.of(';
      write(value.value, writer);
      writer.text += ')';
    }
  } else writer.text += single(value, writer.room);
}

function writeAll<T>(
  parts: readonly T[],
  open: string,
  close: string,
  writer: Writer,
  one: (part: T) => void,
): void {
  writer.text += open;
  for (const [i, part] of parts.entries()) {
    if (writer.text.length > writer.room) break;
    if (i > 0) writer.text += ', ';
    one(part);
  }
  writer.text += close;
}

function writeEntries(entries: readonly (readonly [Value, Value])[], writer: Writer): void {
  writeAll(entries, '{', '}', writer, ([key, item]) => {
    writer.text += typeof key === 'string' && plainKey.test(key) ? key : celText(key);
    writer.text += ': ';
    write(item, writer);
  });
}

/** Keys that need no quotes to be told from their surroundings. */
const plainKey = /^[\w./-]+$/;

/** A value that holds no others. */
function single(value: Value, room: number): string {
  if (typeof value === 'string') return JSON.stringify(value.length > room ? value.slice(0, room) : value);
  if (value === null || typeof value !== 'object') return String(value);
  if (value instanceof Double) return doubleText(value.value);
  if (value instanceof Uint) return `${value.value}u`;
  if (value instanceof Uint8Array) return bytesText(value.subarray(0, room));
  if (value instanceof TypeValue) return value.name;
  if (value instanceof Timestamp) return `timestamp(${JSON.stringify(formatTimestamp(value))})`;
  if (value instanceof Duration) return `duration(${JSON.stringify(formatGoDuration(value))})`;
  if (value instanceof Opaque) return opaqueCall(value);
  return '<unknown>'; // a field of the request that is not known
}

/** Always with a dot or an exponent, so that it is not taken for an int. */
function doubleText(value: number): string {
  const text = Object.is(value, -0) ? '-0' : String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

function bytesText(bytes: Uint8Array): string {
  const escaped = Array.from(bytes, (byte) => {
    if (byte === 0x22 || byte === 0x5c) return `\\${String.fromCharCode(byte)}`;
    return byte >= 0x20 && byte < 0x7f
      ? String.fromCharCode(byte)
      : `\\x${byte.toString(16).padStart(2, '0')}`;
  });
  return `b"${escaped.join('')}"`;
}

/** The call that makes a library's value; those that no text makes are named by their type. */
function opaqueCall(value: Opaque): string {
  const text = opaqueText(value);
  if (text === undefined) return value.typeName;
  const call = calls[value.typeName];
  return call === undefined ? `${value.typeName}(${text})` : `${call}(${JSON.stringify(text)})`;
}

const calls: Readonly<Record<string, string>> = {
  'kubernetes.Quantity': 'quantity',
  'kubernetes.URL': 'url',
  'kubernetes.Semver': 'semver',
  'net.IP': 'ip',
  'net.CIDR': 'cidr',
};

/** What a library's value stands for, as text: `1500m`, `10.0.0.0/8`; undefined where it has none. */
export function opaqueText(value: Opaque): string | undefined {
  if (value instanceof Quantity) return quantityText(value);
  if (value instanceof IP) return formatAddress(value.bytes);
  if (value instanceof CIDR) return `${formatAddress(value.address.bytes)}/${value.prefixLength}`;
  if (value instanceof URLValue) return value.toString();
  if (value instanceof Semver) {
    const { major, minor, patch, prerelease } = value;
    return `${major}.${minor}.${patch}${prerelease.length === 0 ? '' : `-${prerelease.join('.')}`}`;
  }
  if (value instanceof NamedFormat) return value.name;
  return undefined;
}

const suffixes: Readonly<Record<number, string>> = {
  [-9]: 'n',
  [-6]: 'u',
  [-3]: 'm',
  0: '',
  3: 'k',
  6: 'M',
  9: 'G',
  12: 'T',
  15: 'P',
  18: 'E',
};

/** The exact number with a decimal suffix where one fits, else with an exponent. */
function quantityText({ unscaled, exponent }: Quantity): string {
  const suffix = suffixes[exponent];
  return suffix === undefined ? `${unscaled}e${exponent}` : `${unscaled}${suffix}`;
}
