const view = new DataView(new ArrayBuffer(8));

/**
 * A finite double times a power of ten, rounded half to even to a whole number: the exact value decides, as in Go's
 * `strconv`, where JavaScript's `toFixed` rounds halves up.
 */
export function scaledToInteger(value: number, powerOfTen: number): bigint {
  view.setFloat64(0, Math.abs(value));
  const bits = view.getBigUint64(0);
  const exponent = Number(bits >> 52n);
  const fraction = bits & 0xfffffffffffffn;
  const mantissa = exponent === 0 ? fraction : fraction | (1n << 52n);
  const powerOfTwo = BigInt(Math.max(exponent, 1) - 1075);
  const ten = 10n ** BigInt(Math.abs(powerOfTen));
  const numerator = mantissa * (powerOfTwo > 0n ? 1n << powerOfTwo : 1n) * (powerOfTen > 0 ? ten : 1n);
  const denominator = (powerOfTwo < 0n ? 1n << -powerOfTwo : 1n) * (powerOfTen < 0 ? ten : 1n);
  const rounded = divideHalfEven(numerator, denominator);
  return value < 0 ? -rounded : rounded;
}

function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  const up = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  return up ? quotient + 1n : quotient;
}

/** A finite double in decimal notation with that many decimals: C's `%.Nf`. */
export function fixed(value: number, decimals: number): string {
  // A double has at most 1074 decimals; the rest are zeros.
  const exact = Math.min(decimals, 1074);
  const digits = scaledToInteger(Math.abs(value), exact)
    .toString()
    .padStart(exact + 1, '0');
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const whole = digits.slice(0, digits.length - exact);
  const fraction = digits.slice(digits.length - exact).padEnd(decimals, '0');
  return sign + (fraction === '' ? whole : `${whole}.${fraction}`);
}

/** The digits of a positive double rounded to that many significant ones, and the power of ten of the first. */
export function significant(value: number, count: number): { digits: string; exponent: number } {
  const estimate = Number(value.toExponential().split('e')[1]);
  const digits = scaledToInteger(value, count - 1 - estimate).toString();
  // The estimate comes from the shortest text, which may be the next power of ten.
  const exponent = estimate + digits.length - count;
  return { digits: digits.slice(0, count), exponent };
}
