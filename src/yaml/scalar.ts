import { Refusal } from './problem.ts';

/** What a YAML scalar can mean once it has to pass through JSON. Integers that a double cannot hold are bigint. */
export type Scalar = string | number | bigint | boolean | null;

const WORDS = new Map<string, Scalar>([
  ['', null],
  ['~', null],
  ['null', null],
  ['Null', null],
  ['NULL', null],
]);
for (const word of ['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'])
  WORDS.set(word, true);
for (const word of ['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'])
  WORDS.set(word, false);
for (const word of ['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF']) WORDS.set(word, Infinity);
for (const word of ['-.inf', '-.Inf', '-.INF']) WORDS.set(word, -Infinity);
for (const word of ['.nan', '.NaN', '.NAN']) WORDS.set(word, NaN);

const WORD = 1;
const NUMBER = 2;
const POINT = 3;
/** What the first character allows a plain scalar to be; everything else is a string. */
const HINT = new Uint8Array(128);
for (const c of 'yYnNtTfFoO~') HINT[c.charCodeAt(0)] = WORD;
for (const c of '0123456789+-') HINT[c.charCodeAt(0)] = NUMBER;
HINT['.'.charCodeAt(0)] = POINT;

const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const INTEGER = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]([0-7]+)|0([0-7]+)|(0|[1-9][0-9]*))$/;
const MAX_INT64 = 2n ** 63n - 1n;
const MAX_UINT64 = 2n ** 64n - 1n;

/**
 * Meaning of an untagged plain scalar as goyaml.v2 (the reader inside sigs.k8s.io/yaml) resolves it: YAML 1.1 words
 * (`yes`, `on`, `y`), `0777` and `0o777` octal, `0b11`, `1_000`; dates and base 60 stay strings.
 * Infinity and NaN are returned as such: the caller refuses them as values, since JSON has none.
 * Numbers keep what JSON would print: a whole number between 2^53 and 2^64 is a bigint, `-0` is 0.
 */
export function resolvePlain(text: string): Scalar {
  if (text.length === 0) return null;
  const hint = HINT[text.charCodeAt(0)];
  if (hint === undefined || hint === 0) return text;
  if (hint === NUMBER) return resolveNumber(text);
  if (text.length > 5) return hint === POINT ? resolvePoint(text) : text;
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  return hint === POINT ? resolvePoint(text) : text;
}

function resolveNumber(text: string): Scalar {
  const first = text.charCodeAt(0);
  const { length } = text;
  if (first !== 48 && length < 16) {
    let i = first === 45 || first === 43 ? 1 : 0;
    const digits = i;
    if (i === 0 || (length > 1 && text.charCodeAt(1) !== 48)) {
      for (; i < length; i++) {
        const c = text.charCodeAt(i);
        if (c < 48 || c > 57) break;
      }
      if (i === length && i > digits) return Number(text);
    }
  }
  if (length === 1) return first === 48 ? 0 : text;
  if (first === 43 || first === 45) {
    const word = WORDS.get(text);
    if (word !== undefined) return word;
  }
  const digits = text.includes('_') ? text.replaceAll('_', '') : text;
  return resolveInteger(digits) ?? resolveFloat(digits, text);
}

function resolveInteger(digits: string): number | bigint | undefined {
  const match = INTEGER.exec(digits);
  if (match === null) return undefined;
  const [, sign, hex, binary, octal, oldOctal, decimal] = match;
  const magnitude =
    hex !== undefined
      ? BigInt(`0x${hex}`)
      : binary !== undefined
        ? BigInt(`0b${binary}`)
        : (octal ?? oldOctal) !== undefined
          ? BigInt(`0o${octal ?? oldOctal}`)
          : decimal!.length > 40
            ? MAX_UINT64 + 1n // too long for an integer anyway; parsing it would be quadratic
            : BigInt(decimal!);
  const value = sign === '-' ? -magnitude : magnitude;
  if (value > MAX_UINT64 || value < -MAX_INT64 - 1n || (sign === '+' && value > MAX_INT64)) return undefined;
  return narrow(value);
}

function narrow(value: bigint): number | bigint {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(value)
    : value;
}

function resolveFloat(digits: string, text: string): Scalar {
  if (!FLOAT.test(digits)) return text;
  const value = Number(digits);
  // Go's ParseFloat reports a range error where JavaScript says Infinity, and the text then stays a string.
  if (!Number.isFinite(value)) return text;
  return asJson(value);
}

/** Behind a leading point goyaml.v2 uses Go's own syntax, with underscores between digits. */
function resolvePoint(text: string): Scalar {
  return resolveFloat(text.includes('_') ? text.replaceAll(/(?<=\d)_(?=\d)/g, '') : text, text);
}

/** The number that a JSON reader gets from Go's print of a float64: whole numbers are integers again. */
function asJson(value: number): number | bigint {
  if (value === 0) return 0;
  if (Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < 2 ** 63)
    return BigInt(String(value));
  return value;
}

/**
 * True where a YAML 1.2 (core schema) reader gives an untagged plain scalar another meaning than the API server does:
 * `yes`, `0777`, `1_000`, `0b1`, `-0x1F`, `1e400`. `value` is what {@link resolvePlain} answered.
 */
export function readsOtherwise(text: string, value: Scalar): boolean {
  if (typeof value === 'boolean') return text.length <= 3;
  if (typeof value === 'number' || typeof value === 'bigint') {
    const start = text.charCodeAt(0) === 45 || text.charCodeAt(0) === 43 ? 1 : 0;
    // Only a zero with something behind it, or an underscore, can be spelt in the old way.
    if (text.length - start < 2) return false;
    if (text.charCodeAt(start) !== 48 && !text.includes('_')) return false;
    const core = coreNumber(text);
    return core === undefined || core !== Number(value);
  }
  return false;
}

/** What to tell about such a scalar. */
export function readsOtherwiseReason(text: string, value: Scalar): string {
  return `Kubernetes reads ${text} as ${String(value)}, YAML 1.2 readers do not; write ${String(value)} or "${text}"`;
}

function coreNumber(text: string): number | undefined {
  if (/^0o[0-7]+$/.test(text) || /^0x[0-9a-fA-F]+$/.test(text) || FLOAT.test(text)) return Number(text);
  return undefined;
}

const TAG_PREFIX = 'tag:yaml.org,2002:';
const DATE =
  /^\d{4}-\d{1,2}-\d{1,2}(?:[Tt]\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?(?:Z|[-+]\d\d:\d\d)| \d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?)?$/;

/**
 * Meaning of a scalar with an explicit tag (the full form, `tag:yaml.org,2002:int`). Unknown tags leave the text;
 * a text that does not suit its tag is refused, as goyaml.v2 does.
 */
export function resolveTagged(tag: string, text: string, start: number, end: number): Scalar {
  if (!tag.startsWith(TAG_PREFIX)) return text;
  const name = tag.slice(TAG_PREFIX.length);
  if (name === 'str') return text;
  if (name === 'binary') return decodeBinary(text, start, end);
  if (!['bool', 'int', 'float', 'null', 'timestamp'].includes(name)) return text;
  const isDate = name === 'timestamp' && DATE.test(text);
  const value = isDate ? text : resolvePlain(text);
  const kind = isDate ? 'timestamp' : kindOf(value, text);
  if (kind === name || (kind === 'int' && name === 'float')) return value;
  throw new Refusal(start, end, `cannot decode !!${kind} \`${text}\` as a !!${name}`);
}

function kindOf(value: Scalar, text: string): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'str';
  if (typeof value === 'number' && !Number.isFinite(value)) return 'float';
  return resolveInteger(text.replaceAll('_', '')) === undefined ? 'float' : 'int';
}

function decodeBinary(text: string, start: number, end: number): string {
  try {
    // Go's decoder skips line breaks but no other white space, and wants the padding.
    const packed = text.replaceAll(/[\r\n]/g, '');
    if (/[ \t\f]/.test(packed) || packed.length % 4 !== 0) throw new Error('not base64');
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(
      Uint8Array.from(atob(packed), (c) => c.charCodeAt(0)),
    );
  } catch {
    throw new Refusal(start, end, '!!binary value contains invalid base64 data');
  }
}

/**
 * The JSON object key that a resolved key becomes (sigs.k8s.io/yaml, convertToJSONableObject): `010` is "8", `1.10` is
 * "1.1", `yes` is "true". `isFloat` says that a whole number was written as a float. Undefined where there is none:
 * null, and integers above 2^63.
 */
export function keyText(key: Scalar, isFloat: boolean): string | undefined {
  if (typeof key === 'string') return key;
  if (key === null) return undefined;
  if (typeof key === 'boolean') return key ? 'true' : 'false';
  if (typeof key === 'number') return isFloat || !Number.isInteger(key) ? shortFloat(key) : String(key);
  if (isFloat) return shortFloat(Number(key));
  return key > MAX_INT64 ? undefined : String(key);
}

/** True where the text of a number is a float for goyaml.v2, although its value may be whole (`1e3`). */
export function isFloatText(text: string): boolean {
  return resolveInteger(text.replaceAll('_', '')) === undefined;
}

/** Go's strconv.FormatFloat(value, 'g', -1, 32): the fewest digits that a float32 needs. */
function shortFloat(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  const single = Math.fround(value);
  if (single === Infinity) return '.inf';
  if (single === -Infinity) return '-.inf';
  if (single === 0) return Object.is(single, -0) ? '-0' : '0';
  let digits = single.toExponential();
  for (let precision = 0; precision < 9; precision++) {
    digits = single.toExponential(precision);
    if (Math.fround(Number(digits)) === single) break;
  }
  const [mantissa = '', exponent = '0'] = digits.split('e');
  const power = Number(exponent);
  const trimmed = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  if (power < -4 || power >= 6)
    return `${trimmed}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  return String(Number(`${trimmed}e${power}`));
}
