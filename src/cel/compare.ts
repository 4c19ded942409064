import { compareNumbers, isNumeric } from './numeric.ts';
import { CelError, Duration, Timestamp, type Value } from './value.ts';

/**
 * CEL's order of two values: negative, zero or positive. Numbers order by value across int, uint and double; strings by
 * code point, bytes bytewise, false before true. Other pairs: `no such overload`; NaN has no order.
 * Source: cel-go `common/types`, `Compare` of each type.
 */
export function compare(a: Value, b: Value): number | CelError {
  if (typeof a === 'string') return typeof b === 'string' ? compareStrings(a, b) : noOverload();
  if (isNumeric(a)) {
    if (!isNumeric(b)) return Number.isNaN(a) ? noOrder() : noOverload();
    const order = compareNumbers(a, b);
    return Number.isNaN(order) ? noOrder() : order;
  }
  if (typeof a === 'boolean') return typeof b === 'boolean' ? Number(a) - Number(b) : noOverload();
  if (a instanceof Timestamp) return b instanceof Timestamp ? compareBig(a.nanos, b.nanos) : noOverload();
  if (a instanceof Duration) return b instanceof Duration ? compareBig(a.nanos, b.nanos) : noOverload();
  if (a instanceof Uint8Array) return b instanceof Uint8Array ? compareBytes(a, b) : noOverload();
  return noOverload();
}

/** Whether values of this kind have an order at all (lists, maps, null and types have none). */
export function isComparable(value: Value): boolean {
  return (
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    isNumeric(value) ||
    value instanceof Timestamp ||
    value instanceof Duration ||
    value instanceof Uint8Array
  );
}

/**
 * Orders strings by code point, which is the order of their UTF-8 bytes in Go; JavaScript's own order puts characters
 * beyond U+FFFF (surrogates) before U+E000..U+FFFF.
 */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** Moves surrogates above the rest of the basic plane. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

function compareBig(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const noOverload = (): CelError => new CelError('no such overload');
const noOrder = (): CelError => new CelError('NaN values cannot be ordered');
