import { Double, Uint } from './value.ts';

/** The smallest and largest CEL int. */
export const minInt = -(2n ** 63n);
/** The largest CEL int. */
export const maxInt = 2n ** 63n - 1n;
/** The largest CEL uint. */
export const maxUint = 2n ** 64n - 1n;

/** Whether a value is a CEL int, uint or double. */
export function isNumeric(value: unknown): value is number | bigint | Double | Uint {
  const kind = typeof value;
  return kind === 'number' || kind === 'bigint' || value instanceof Double || value instanceof Uint;
}

/** Whether a value is a CEL int: an integral `number` or a `bigint`. */
export function isInt(value: unknown): value is number | bigint {
  return typeof value === 'number' ? Number.isInteger(value) : typeof value === 'bigint';
}

/** The number of a CEL double, or undefined where the value is none. */
export function doubleOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? undefined : value;
  return value instanceof Double ? value.value : undefined;
}

/**
 * Orders two numbers of whatever numeric types: negative, zero, positive, or NaN when either is NaN.
 *
 * As in cel-go an int or uint is first rounded to a double when the other side is one
 * (`common/types/compare.go`).
 */
export function compareNumbers(
  a: number | bigint | Double | Uint,
  b: number | bigint | Double | Uint,
): number {
  if (typeof a === 'number' && typeof b === 'number') return a < b ? -1 : a > b ? 1 : a === b ? 0 : NaN;
  const x = doubleOf(a);
  const y = doubleOf(b);
  if (x !== undefined) return compareDoubles(x, y ?? Number(integerOf(b)));
  if (y !== undefined) return compareDoubles(Number(integerOf(a)), y);
  const i = integerOf(a);
  const j = integerOf(b);
  return i < j ? -1 : i > j ? 1 : 0;
}

function compareDoubles(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : a === b ? 0 : NaN;
}

function integerOf(value: number | bigint | Double | Uint): bigint {
  return value instanceof Uint || value instanceof Double ? BigInt(value.value) : BigInt(value);
}
