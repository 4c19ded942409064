import { CelError, double, int, Uint, type Value } from '../value.ts';
import { maxInt, maxUint, minInt } from '../numeric.ts';

/** Reads an int as Go's `strconv.ParseInt(text, 10, 64)`: digits with an optional sign; undefined where Go refuses. */
export function parseInt64(text: string): Value | undefined {
  if (!/^[+-]?[0-9]+$/.test(text)) return undefined;
  const value = BigInt(text[0] === '+' ? text.slice(1) : text);
  return value < minInt || value > maxInt ? undefined : int(value);
}

/** Reads a uint as Go's `strconv.ParseUint(text, 10, 64)`: digits without a sign. */
export function parseUint64(text: string): Uint | undefined {
  if (!/^[0-9]+$/.test(text)) return undefined;
  const value = BigInt(text);
  return value > maxUint ? undefined : new Uint(value);
}

/**
 * Reads a double as Go's `strconv.ParseFloat(text, 64)`: decimal and hexadecimal notation, underscores between digits,
 * `inf`, `infinity` and `nan` in any case; overflow is refused.
 */
export function parseFloat64(text: string): Value | undefined {
  if (/^[+-]?inf(?:inity)?$/i.test(text)) return text[0] === '-' ? -Infinity : Infinity;
  if (/^nan$/i.test(text)) return NaN;
  const value = decimal.test(text) ? Number(text.replaceAll('_', '')) : parseHexFloat(text);
  return value === undefined || !Number.isFinite(value) ? undefined : double(value);
}

const decimal =
  /^[+-]?(?:[0-9](?:_?[0-9])*\.?(?:[0-9](?:_?[0-9])*)?|\.[0-9](?:_?[0-9])*)(?:e[+-]?[0-9](?:_?[0-9])*)?$/i;
const hexadecimal =
  /^([+-]?)0x_?((?:[0-9a-f](?:_?[0-9a-f])*)?)(?:\.((?:[0-9a-f](?:_?[0-9a-f])*)?))?p([+-]?[0-9](?:_?[0-9])*)$/i;

/** `0x1.8p3`: a hexadecimal mantissa and a binary exponent, which Go demands. */
function parseHexFloat(text: string): number | undefined {
  const parts = hexadecimal.exec(text);
  if (parts === null) return undefined;
  const whole = parts[2]!.replaceAll('_', '');
  const fraction = (parts[3] ?? '').replaceAll('_', '');
  if (whole + fraction === '') return undefined;
  const mantissa = Number(BigInt(`0x${whole}${fraction}`));
  const value = mantissa * 2 ** (Number(parts[4]!.replaceAll('_', '')) - 4 * fraction.length);
  return parts[1] === '-' ? -value : value;
}

/** Prints a double as Go's `%g`: the shortest digits, with an exponent below 1e-4 and from 1e6 on. */
export function formatFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [digits, power] = value.toExponential().split('e') as [string, string];
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 6) return String(value);
  return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** Reads a bool as Go's `strconv.ParseBool`. */
export function parseBool(text: string): boolean | undefined {
  if (/^(?:1|t|T|TRUE|true|True)$/.test(text)) return true;
  return /^(?:0|f|F|FALSE|false|False)$/.test(text) ? false : undefined;
}

/** The error of a conversion that is not possible. */
export const conversionError = (from: string, to: string): CelError =>
  new CelError(`type conversion error from '${from}' to '${to}'`);
