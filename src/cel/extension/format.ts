import { goQuote } from '../go-quote.ts';
import { isMap, mapEntries } from '../map.ts';
import { doubleOf, isInt } from '../numeric.ts';
import { formatFloat } from '../standard/go-number.ts';
import { formatDuration } from '../time/duration.ts';
import { formatTimestamp } from '../time/timestamp.ts';
import { typeName } from '../type-name.ts';
import { CelError, Duration, Timestamp, TypeValue, Uint, type Value } from '../value.ts';
import { compareStrings } from '../compare.ts';
import { fixed } from './exact-decimal.ts';
import { localisedFixed, localisedScientific } from './localised-number.ts';

/** Formats a value, or says why it cannot. */
type Clause = (value: Value) => string | CelError;

interface ParsedClause {
  readonly clause: Clause;
  /** Where the text goes on. */
  readonly end: number;
}

/**
 * `text.format(list)`: replaces `%s %d %f %e %b %x %X %o` by the list's elements in turn, `%%` by a percent sign.
 * Source: cel-go `ext/formatting.go`, the version before `ext.StringsVersion(4)`, which prints `%f` and `%e` through
 * golang.org/x/text in en_US: with groups of thousands and a superscript exponent.
 */
export function format(text: string, list: readonly Value[]): string | CelError {
  let result = '';
  let used = 0;
  let at = 0;
  for (;;) {
    const percent = text.indexOf('%', at);
    if (percent < 0) return result + text.slice(at);
    result += text.slice(at, percent);
    if (text[percent + 1] === '%') {
      result += '%';
      at = percent + 2;
      continue;
    }
    if (used >= list.length) return new CelError(`index ${used} out of range`);
    if (percent + 1 >= text.length) return new CelError('unexpected end of string');
    const parsed = parseClause(text, percent + 1);
    if (parsed instanceof CelError) {
      return new CelError(`could not parse formatting clause: ${parsed.message}`);
    }
    const written = parsed.clause(list[used]!);
    if (written instanceof CelError) return new CelError(`error during formatting: ${written.message}`);
    result += written;
    used += 1;
    at = parsed.end;
  }
}

/** Reads what follows a percent sign: an optional precision and a verb. The text is not at its end. */
export function parseClause(text: string, start: number): ParsedClause | CelError {
  const precision = parsePrecision(text, start);
  if (precision instanceof CelError) return precision;
  const { digits, end } = precision;
  const clause = clauseFor(text[end]!, digits);
  if (clause !== undefined) return { clause, end: end + 1 };
  return new CelError(`unrecognized formatting clause "${firstByte(text, end)}"`);
}

function parsePrecision(text: string, start: number): { digits: number; end: number } | CelError {
  if (text[start] !== '.') return { digits: 6, end: start };
  const digits = /^\d*/.exec(text.slice(start + 1))![0];
  const end = start + 1 + digits.length;
  const problem = (why: string) => new CelError(`error while parsing precision: ${why}`);
  if (end >= text.length) return problem('could not find end of precision specifier');
  const fail = (why: string) =>
    problem(`error while converting precision to integer: strconv.Atoi: parsing "${digits}": ${why}`);
  if (digits === '') return fail('invalid syntax');
  return BigInt(digits) >= 1n << 63n ? fail('value out of range') : { digits: Number(digits), end };
}

/** cel-go reads bytes, so of another character the first byte is what it names. */
function firstByte(text: string, at: number): string {
  return String.fromCharCode(new TextEncoder().encode(String.fromCodePoint(text.codePointAt(at)!))[0]!);
}

function clauseFor(verb: string, precision: number): Clause | undefined {
  switch (verb) {
    case 's':
      return formatString;
    case 'd':
      return formatDecimal;
    case 'f':
      return (value) => formatDouble('fixed-point', value, (number) => localisedFixed(number, precision));
    case 'e':
      return (value) => formatDouble('scientific', value, (number) => localisedScientific(number, precision));
    case 'b':
      return formatBinary;
    case 'x':
      return formatHex;
    case 'X':
      return (value) => {
        const hex = formatHex(value);
        return hex instanceof CelError ? hex : hex.toUpperCase();
      };
    case 'o':
      return (value) => inBase(value, 8) ?? refused('octal clause can only be used on integers', value);
    default:
      return undefined;
  }
}

function refused(rule: string, value: Value): CelError {
  return new CelError(`${rule}, was given ${typeName(value)}`);
}

function formatString(value: Value): string | CelError {
  if (value === null) return 'null';
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return formatList(value);
  if (isMap(value)) return formatMap(value);
  const double = doubleOf(value);
  if (double !== undefined) return formatFloat(double);
  if (typeof value !== 'object' || value instanceof Uint) return inBase(value, 10) ?? String(value);
  if (value instanceof Uint8Array) return formatBytes(value);
  if (value instanceof Timestamp) return formatTimestamp(value);
  if (value instanceof Duration) return formatDuration(value);
  if (value instanceof TypeValue) return value.name;
  return refused(
    'string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps',
    value,
  );
}

function formatBytes(bytes: Uint8Array): string | CelError {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return new CelError(
      'could not convert argument "invalid UTF-8 in bytes, cannot convert to string" to string',
    );
  }
}

function formatList(list: readonly Value[]): string | CelError {
  const parts: string[] = [];
  for (const element of list) {
    const written = formatElement(element);
    if (written instanceof CelError) return written;
    parts.push(written);
  }
  return `[${parts.join(', ')}]`;
}

function formatMap(map: Value): string | CelError {
  const parts: (readonly [string, string])[] = [];
  for (const [key, value] of mapEntries(map)) {
    const writtenKey = formatKey(key);
    if (writtenKey instanceof CelError) return writtenKey;
    const written = formatElement(value);
    if (written instanceof CelError) return written;
    parts.push([writtenKey, written]);
  }
  parts.sort(([a], [b]) => compareStrings(a, b));
  return `{${parts.map(([key, value]) => `${key}:${value}`).join(', ')}}`;
}

function formatKey(key: Value): string | CelError {
  if (typeof key === 'string') return goQuote(key);
  if (typeof key === 'boolean') return String(key);
  return inBase(key, 10) ?? new CelError(`no formatting function for map key of type ${typeName(key)}`);
}

/** A value inside a list or map: as CEL would write it. */
function formatElement(value: Value): string | CelError {
  const double = doubleOf(value);
  if (double !== undefined) {
    return Number.isFinite(double) ? fixed(double, 6) : `"${formatFloat(double)}"`;
  }
  if (typeof value === 'string') return goQuote(value);
  if (value instanceof Timestamp) return `timestamp("${formatTimestamp(value)}")`;
  if (value instanceof Duration) return `duration("${formatDuration(value)}")`;
  if (value instanceof Uint8Array) {
    const written = formatBytes(value);
    return written instanceof CelError ? written : `b${goQuote(written)}`;
  }
  const written = formatString(value);
  if (!(written instanceof CelError) || Array.isArray(value) || isMap(value)) return written;
  return new CelError(`no formatting function for ${typeName(value)}`);
}

function formatDecimal(value: Value): string | CelError {
  return inBase(value, 10) ?? refused('decimal clause can only be used on integers', value);
}

const notNumbers: ReadonlyMap<Value, number> = new Map([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
]);

function formatDouble(clause: string, value: Value, write: (number: number) => string): string | CelError {
  const number = doubleOf(value) ?? notNumbers.get(value);
  return number === undefined
    ? refused(`${clause} clause can only be used on doubles`, value)
    : write(number);
}

function formatBinary(value: Value): string | CelError {
  if (typeof value === 'boolean') return value ? '1' : '0';
  return inBase(value, 2) ?? refused('only integers and bools can be formatted as binary', value);
}

function formatHex(value: Value): string | CelError {
  if (typeof value === 'string') return hexBytes(new TextEncoder().encode(value));
  if (value instanceof Uint8Array) return hexBytes(value);
  const rule = 'only integers, byte buffers, and strings can be formatted as hex';
  return inBase(value, 16) ?? refused(rule, value);
}

function hexBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** An int or uint in a base; undefined for other values. */
function inBase(value: Value, base: number): string | undefined {
  if (value instanceof Uint) return value.value.toString(base);
  return isInt(value) ? value.toString(base) : undefined;
}
