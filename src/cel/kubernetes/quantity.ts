import { CelError, Opaque } from '../value.ts';

/** Powers of ten, by suffix. */
const decimalSuffixes: ReadonlyMap<string, number> = new Map([
  ['', 0],
  ['n', -9],
  ['u', -6],
  ['m', -3],
  ['k', 3],
  ['M', 6],
  ['G', 9],
  ['T', 12],
  ['P', 15],
  ['E', 18],
]);

/** Powers of two, by suffix. */
const binarySuffixes: ReadonlyMap<string, number> = new Map([
  ['Ki', 10],
  ['Mi', 20],
  ['Gi', 30],
  ['Ti', 40],
  ['Pi', 50],
  ['Ei', 60],
]);

/** The exact factor of the suffixes of ordinary quantities, in thousandths. */
const ordinaryFactors: ReadonlyMap<string, number> = new Map([
  ['', 1000],
  ['m', 1],
  ['k', 1e6],
  ['M', 1e9],
  ['G', 1e12],
  ['Ki', 1000 * 2 ** 10],
  ['Mi', 1000 * 2 ** 20],
  ['Gi', 1000 * 2 ** 30],
]);

const maxInt64 = (1n << 63n) - 1n;

/** Numbers whose exponents are further apart than this cannot be added: the sum would be that many digits long. */
const maxExponentGap = 20_000;

/**
 * A Kubernetes quantity such as `500m`, `1.5Gi` or `1e3`: an exact decimal number.
 *
 * The Go type keeps it in 64 bits where it can and else in arbitrary precision, and some functions tell the two apart:
 * only the former is ever an integer. Source: k8s.io/apimachinery `pkg/api/resource`.
 */
export class Quantity extends Opaque {
  override readonly typeName = 'kubernetes.Quantity';
  /** The number is this times ten to the power of `exponent`. */
  private readonly coefficient: bigint | number;
  readonly exponent: number;
  /** Whether the Go type has left 64 bits for arbitrary precision. */
  readonly arbitrary: boolean;
  /** The number in thousandths, where that is exact as a JavaScript number. */
  private readonly thousandths: number | undefined;

  constructor(unscaled: bigint | number, exponent: number, arbitrary = false, thousandths?: number) {
    super();
    this.coefficient = unscaled;
    this.exponent = exponent;
    this.arbitrary = arbitrary;
    this.thousandths = thousandths;
  }

  /** The digits: the number is this times ten to the power of `exponent`. */
  get unscaled(): bigint {
    return BigInt(this.coefficient);
  }

  equals(other: Opaque): boolean {
    return other instanceof Quantity && this.compare(other) === 0;
  }

  /** -1, 0 or 1. */
  compare(other: Quantity): number {
    if (this.thousandths !== undefined && other.thousandths !== undefined) {
      return Math.sign(this.thousandths - other.thousandths);
    }
    return compareScaled(this.unscaled, this.exponent, other.unscaled, other.exponent);
  }

  sign(): number {
    return this.coefficient > 0 ? 1 : this.coefficient < 0 ? -1 : 0;
  }

  /** The number as a 64-bit integer; undefined where it has decimals or the Go type is not in 64 bits. */
  integer(): bigint | undefined {
    if (this.arbitrary || this.exponent < 0) return undefined;
    return scaledUp(this.unscaled, this.exponent);
  }

  /** The nearest double, computed as Go does: the digits times a power of ten. */
  approximate(): number {
    const base = Number(this.coefficient);
    return this.exponent === 0 ? base : base * powerOfTen(this.exponent);
  }

  /** The sum. It leaves 64 bits where either part has, or where it must. */
  add(other: Quantity): Quantity | CelError {
    if (!this.arbitrary && !other.arbitrary) {
      const sum = addInt64(this, other);
      if (sum !== undefined) return sum;
    }
    const exponent = Math.min(this.exponent, other.exponent);
    if (Math.max(this.exponent, other.exponent) - exponent > maxExponentGap) {
      return new CelError('quantities of such different size cannot be added');
    }
    const unscaled =
      this.unscaled * 10n ** BigInt(this.exponent - exponent) +
      other.unscaled * 10n ** BigInt(other.exponent - exponent);
    return new Quantity(unscaled, exponent, true);
  }

  /** The difference; in 64 bits the smallest number is its own negation, as in Go. */
  subtract(other: Quantity): Quantity | CelError {
    const exact = new Quantity(-other.unscaled, other.exponent, true);
    if (this.arbitrary || other.arbitrary) return this.add(exact);
    const wrapped = new Quantity(BigInt.asIntN(64, -other.unscaled), other.exponent);
    return addInt64(this, wrapped) ?? this.add(exact);
  }
}

/** The sum in 64 bits, or undefined where it does not fit. */
function addInt64(a: Quantity, b: Quantity): Quantity | undefined {
  if (b.unscaled === 0n) return a;
  if (a.unscaled === 0n) return b;
  const exponent = Math.min(a.exponent, b.exponent);
  const left = scaledUp(a.unscaled, a.exponent - exponent);
  const right = scaledUp(b.unscaled, b.exponent - exponent);
  if (left === undefined || right === undefined) return undefined;
  const sum = left + right;
  return BigInt.asIntN(64, sum) === sum ? new Quantity(sum, exponent) : undefined;
}

/** `value * 10^power` where that is a 64-bit integer. */
function scaledUp(value: bigint, power: number): bigint | undefined {
  if (value === 0n) return 0n;
  if (power > 18) return undefined;
  const scaled = value * 10n ** BigInt(power);
  return BigInt.asIntN(64, scaled) === scaled ? scaled : undefined;
}

function compareScaled(a: bigint, aExponent: number, b: bigint, bExponent: number): number {
  const aSign = a > 0n ? 1 : a < 0n ? -1 : 0;
  const bSign = b > 0n ? 1 : b < 0n ? -1 : 0;
  if (aSign !== bSign || aSign === 0) return Math.sign(aSign - bSign);
  // The position of the first digit decides without ever building a number of a billion digits.
  const aLength = digits(a) + aExponent;
  const bLength = digits(b) + bExponent;
  if (aLength !== bLength) return aLength > bLength ? aSign : -aSign;
  const gap = aExponent - bExponent;
  const left = gap > 0 ? a * 10n ** BigInt(gap) : a;
  const right = gap < 0 ? b * 10n ** BigInt(-gap) : b;
  return left > right ? 1 : left < right ? -1 : 0;
}

function digits(value: bigint): number {
  return (value < 0n ? -value : value).toString().length;
}

/** Go's `math.Pow10`, a product of two table entries, which is not always the nearest double. */
function powerOfTen(exponent: number): number {
  if (exponent > 308) return Infinity;
  if (exponent < -323) return 0;
  const size = Math.abs(exponent);
  const low = Number(`1e${size % 32}`);
  const high = size - (size % 32);
  return exponent < 0 ? Number(`1e-${high}`) / low : Number(`1e${high}`) * low;
}

const formatError =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

const grammar = /^([+-]?)0*([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[+-]?[0-9]*)$/;

/** Reads a quantity, or says why it is none, in the words of Kubernetes. */
export function parseQuantity(text: string): Quantity | CelError {
  return parseOrdinary(text) ?? parseAny(text);
}

/** Up to nine digits with a suffix of every day, without a regular expression or a big integer. */
function parseOrdinary(text: string): Quantity | undefined {
  let value = 0;
  let at = 0;
  for (; at < text.length && at < 9; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  if (at === 0) return undefined;
  const suffix = text.slice(at);
  const factor = ordinaryFactors.get(suffix);
  if (factor === undefined) return undefined;
  const thousandths = value * factor;
  if (!Number.isSafeInteger(thousandths)) return undefined;
  const exponent = decimalSuffixes.get(suffix);
  return exponent === undefined
    ? new Quantity(thousandths / 1000, 0, false, thousandths)
    : new Quantity(value, exponent, false, thousandths);
}

interface Parts {
  readonly negative: boolean;
  /** Digits before the point without leading zeros, at least one. */
  readonly whole: string;
  readonly fraction: string;
  /** Whether there is a digit at all: `.` alone is zero in 64 bits and no number in arbitrary precision. */
  readonly hasDigits: boolean;
  readonly suffix: string;
}

function parseAny(text: string): Quantity | CelError {
  const match = grammar.exec(text);
  if (match === null || text === '') return new CelError(formatError);
  const [, sign, whole, fraction = '', suffix] = match as unknown as [string, string, string, string, string];
  const parts = {
    negative: sign === '-',
    whole: whole === '' ? '0' : whole,
    fraction,
    hasDigits: /[0-9]/.test(text.slice(0, text.length - suffix.length)),
    suffix,
  };
  const binary = binarySuffixes.get(suffix);
  if (binary !== undefined) return parseBinary(parts, binary);
  const exponent = decimalExponent(suffix);
  return exponent === undefined
    ? new CelError("unable to parse quantity's suffix")
    : parseDecimal(parts, exponent);
}

/** The power of ten of a decimal suffix or of `e3`, `E-3`. */
function decimalExponent(suffix: string): number | undefined {
  const known = decimalSuffixes.get(suffix);
  if (known !== undefined) return known;
  if (!/^[eE][+-]?[0-9]+$/.test(suffix)) return undefined;
  const exponent = BigInt(suffix.slice(1).replace('+', ''));
  if (BigInt.asIntN(64, exponent) !== exponent) return undefined;
  // Go drops what 32 bits cannot hold.
  return Number(BigInt.asIntN(32, exponent));
}

function parseDecimal(parts: Parts, suffixExponent: number): Quantity | CelError {
  const { negative, whole, fraction, hasDigits } = parts;
  const exponent = suffixExponent - fraction.length;
  const isShort = whole.length + fraction.length <= 18;
  const value = BigInt(whole + fraction);
  if (isShort && exponent >= -9) return new Quantity(negative ? -value : value, exponent);
  if (!hasDigits) return new CelError('unable to parse numeric part of quantity');
  return arbitrary(negative, value, exponent);
}

function parseBinary(parts: Parts, power: number): Quantity | CelError {
  const { negative, whole, fraction, hasDigits } = parts;
  const factor = 1n << BigInt(power);
  const value = BigInt(whole + fraction) * factor;
  const isShort = fraction === '' && 15 - whole.length - Math.trunc((power * 3) / 10) - 1 >= 0;
  if (isShort && value <= maxInt64) return new Quantity(negative ? -value : value, 0);
  if (!hasDigits) return new CelError('unable to parse numeric part of quantity');
  const rounded = arbitrary(false, value, -fraction.length);
  const capped =
    compareScaled(rounded.unscaled, rounded.exponent, maxInt64, 0) > 0
      ? new Quantity(maxInt64, 0, true)
      : rounded;
  return negative ? new Quantity(-capped.unscaled, capped.exponent, true) : capped;
}

/** A number in arbitrary precision, which Kubernetes rounds away from zero to whole billionths. */
function arbitrary(negative: boolean, value: bigint, exponent: number): Quantity {
  if (value === 0n) return new Quantity(0n, exponent, true);
  const rounded = toBillionths(value, exponent);
  return new Quantity(negative ? -rounded.unscaled : rounded.unscaled, rounded.exponent, true);
}

function toBillionths(value: bigint, exponent: number): { unscaled: bigint; exponent: number } {
  const gap = exponent + 9;
  // Beyond this nobody can tell: it is only compared and printed.
  if (gap > maxExponentGap) return { unscaled: value, exponent };
  if (gap >= 0) return { unscaled: value * 10n ** BigInt(gap), exponent: -9 };
  if (-gap > digits(value)) return { unscaled: 1n, exponent: -9 };
  const divisor = 10n ** BigInt(-gap);
  return { unscaled: value / divisor + (value % divisor === 0n ? 0n : 1n), exponent: -9 };
}
