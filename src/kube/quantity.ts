/**
 * Quantities as k8s.io/apimachinery/pkg/api/resource reads and prints them: the canonical text that the server shows for
 * each accepted spelling, and the value behind it.
 */

/** A parsed quantity: `mantissa * 10 ** exponent`. `written` is the text when Go keeps it as it stands. */
export interface Quantity {
  readonly mantissa: bigint;
  readonly exponent: number;
  readonly format: 'decimal' | 'exponent' | 'binary';
  readonly written: string | undefined;
}

/** Why a text is no quantity, in the server's words. */
export class QuantityError extends Error {}

const formatError =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const suffixError = "unable to parse quantity's suffix";
const decimalSuffixes: Record<string, number> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const decimalNames = new Map(Object.entries(decimalSuffixes).map(([suffix, exponent]) => [exponent, suffix]));
const binaryNames = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const maxInt64 = 2n ** 63n - 1n;
/** Longer texts are refused: Go would accept them, at a cost that grows with the square of the length. */
const maxLength = 1024;
/** Exponents beyond it are refused, to bound the size of sums; Go takes any that fit 64 bits. */
const maxExponent = 10_000;
/** Spellings that are canonical as they stand and stay so when rounded up to thousandths. */
const plain = /^(?:0|[1-9]\d{0,2}|[1-9]\d{3,14}(?<!000))[mkMGTPE]?$|^[1-9]\d{0,2}[KMGT]i$/;

/**
 * The text the server shows for a quantity. `roundToMilli`: round up to thousandths, as every ResourceList of core/v1 is.
 * Throws QuantityError with the server's text.
 */
export function canonicalQuantity(text: string, roundToMilli = false): string {
  if (plain.test(text)) return text === '0' || text[0] !== '0' ? text : '0';
  return printQuantity(roundToMilli ? roundUp(parseQuantity(text), -3) : parseQuantity(text));
}

/** Reads a quantity. Throws QuantityError with the server's text. */
export function parseQuantity(untrimmed: string): Quantity {
  const text = untrimmed.trim();
  if (text === '' || text.length > maxLength) throw new QuantityError(formatError);
  const match = /^([+-]?)0*(\d*)(?:\.(\d*))?([eEinumkKMGTP]*[-+]?\d*)$/.exec(text);
  if (match === null) throw new QuantityError(formatError);
  const negative = match[1] === '-';
  const digits = match[2] || '0';
  const fraction = match[3] ?? '';
  const suffix = match[4] ?? '';
  if (/^[+-]?0*$/.test(text))
    return { mantissa: 0n, exponent: 0, format: 'decimal', written: text === '0' ? text : undefined };
  const { base, power, format } = readSuffix(suffix);
  const shifted = digits + fraction;
  if (base === 10) return decimalQuantity(text, negative, shifted, fraction.length, power, format);
  return binaryQuantity(text, negative, shifted, digits.length, fraction.length, power);
}

/** Prints a quantity in the canonical form of its format. */
export function printQuantity(quantity: Quantity): string {
  if (quantity.written !== undefined) return quantity.written;
  if (quantity.mantissa === 0n) return '0';
  const whole = quantity.format === 'binary' ? wholeValue(quantity) : undefined;
  if (whole !== undefined && (whole <= -1024n || whole >= 1024n)) {
    let [value, power] = [whole, 0];
    while (value % 1024n === 0n) [value, power] = [value / 1024n, power + 1];
    return `${value}${binaryNames[power] ?? ''}`;
  }
  let { mantissa, exponent } = quantity;
  while (mantissa % 10n === 0n) [mantissa, exponent] = [mantissa / 10n, exponent + 1];
  while (exponent % 3 !== 0) [mantissa, exponent] = [mantissa * 10n, exponent - 1];
  if (quantity.format === 'exponent') return exponent === 0 ? `${mantissa}` : `${mantissa}e${exponent}`;
  return `${mantissa}${decimalNames.get(exponent) ?? ''}`;
}

/** Rounds away from zero to a multiple of `10 ** exponent`. */
export function roundUp(quantity: Quantity, exponent: number): Quantity {
  if (quantity.exponent >= exponent) return quantity;
  return {
    ...quantity,
    ...shiftUp(quantity.mantissa, exponent - quantity.exponent),
    exponent,
    written: undefined,
  };
}

/** The sum, in the format of the first unless that is zero, as Go's Quantity.Add. */
export function addQuantities(a: Quantity, b: Quantity): Quantity {
  if (b.mantissa === 0n) return a;
  if (a.mantissa === 0n) return { ...b, written: undefined };
  const exponent = Math.min(a.exponent, b.exponent);
  const mantissa = scaled(a, exponent) + scaled(b, exponent);
  return { mantissa, exponent, format: a.format, written: undefined };
}

/** Negative, zero or positive as `a` is less than, equal to or greater than `b`. */
export function compareQuantities(a: Quantity, b: Quantity): number {
  const exponent = Math.min(a.exponent, b.exponent);
  const difference = scaled(a, exponent) - scaled(b, exponent);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function readSuffix(suffix: string): {
  base: 2 | 10;
  power: number;
  format: 'decimal' | 'exponent' | 'binary';
} {
  if (Object.hasOwn(decimalSuffixes, suffix))
    return { base: 10, power: decimalSuffixes[suffix] ?? 0, format: 'decimal' };
  const binary = binaryNames.indexOf(suffix);
  if (binary > 0) return { base: 2, power: binary * 10, format: 'binary' };
  const exponent = /^[eE]([+-]?\d+)$/.exec(suffix);
  if (exponent === null || exponent[1] === undefined) throw new QuantityError(suffixError);
  const power = Number(exponent[1]);
  if (Math.abs(power) > maxExponent) throw new QuantityError(suffixError);
  return { base: 10, power, format: 'exponent' };
}

function decimalQuantity(
  text: string,
  negative: boolean,
  shifted: string,
  places: number,
  power: number,
  format: 'decimal' | 'exponent' | 'binary',
): Quantity {
  const exponent = power - places;
  const magnitude = BigInt(shifted);
  const mantissa = negative ? -magnitude : magnitude;
  if (shifted.length > 18 || exponent < -9) {
    return magnitude === 0n ? zero(format) : roundUp({ mantissa, exponent, format, written: undefined }, -9);
  }
  const kept = exponent % 3 === 0 && !shifted.endsWith('000') && !shifted.startsWith('0');
  return { mantissa, exponent, format, written: kept ? text : undefined };
}

function binaryQuantity(
  text: string,
  negative: boolean,
  shifted: string,
  digits: number,
  places: number,
  power: number,
): Quantity {
  const magnitude = BigInt(shifted);
  const value = magnitude << BigInt(power);
  if (places === 0 && 15 - digits - Math.trunc(power * 0.3) - 1 >= 0) {
    const written = (magnitude & 7n) === 0n ? undefined : text;
    return { mantissa: negative ? -value : value, exponent: 0, format: 'binary', written };
  }
  if (magnitude === 0n) return zero('binary');
  let amount = roundUp({ mantissa: value, exponent: -places, format: 'binary', written: undefined }, -9);
  const limit: Quantity = { mantissa: maxInt64, exponent: 0, format: 'binary', written: undefined };
  if (compareQuantities(amount, limit) > 0) amount = limit;
  const one: Quantity = { ...limit, mantissa: 1n };
  const format = compareQuantities(amount, one) < 0 ? 'decimal' : 'binary';
  return { ...amount, mantissa: negative ? -amount.mantissa : amount.mantissa, format };
}

function zero(format: Quantity['format']): Quantity {
  return { mantissa: 0n, exponent: 0, format, written: undefined };
}

/** Drops `places` decimal digits, rounding away from zero. */
function shiftUp(mantissa: bigint, places: number): { mantissa: bigint } {
  if (mantissa === 0n) return { mantissa };
  const sign = mantissa < 0n ? -1n : 1n;
  const magnitude = mantissa * sign;
  if (places > magnitude.toString().length) return { mantissa: sign };
  const divisor = 10n ** BigInt(places);
  return { mantissa: sign * ((magnitude + divisor - 1n) / divisor) };
}

/** The value as a whole number, or undefined when it has a fraction. */
function wholeValue({ mantissa, exponent }: Quantity): bigint | undefined {
  if (exponent >= 0) return mantissa * 10n ** BigInt(exponent);
  const divisor = 10n ** BigInt(-exponent);
  return mantissa % divisor === 0n ? mantissa / divisor : undefined;
}

function scaled({ mantissa, exponent }: Quantity, to: number): bigint {
  return mantissa * 10n ** BigInt(exponent - to);
}
