import { refuseLongText } from '../limit.ts';
import { doubleOf, isInt, maxInt, maxUint, minInt } from '../numeric.ts';
import { checkedDuration } from '../time/duration.ts';
import { addDuration, subtractDuration, subtractTimestamps } from '../time/timestamp.ts';
import { CelError, double, Double, Duration, int, Timestamp, Uint, type Value } from '../value.ts';
import { concatenate } from './concatenation.ts';

type Operand = 'int' | 'uint' | 'double' | 'other';

/** `+` of two values: numbers of one type, strings, bytes, lists, durations and timestamps. */
export function add(a: Value, b: Value): Value | CelError {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(sum) && Number.isInteger(a) && Number.isInteger(b)) return sum;
    return arithmetic('+', a, b);
  }
  if (typeof a === 'string') return typeof b === 'string' ? joined(a, b) : noOverload();
  if (Array.isArray(a)) return Array.isArray(b) ? concatenate(a, b) : noOverload();
  if (a instanceof Duration) return addToDuration(a, b);
  if (a instanceof Timestamp) return b instanceof Duration ? addDuration(a, b) : noOverload();
  if (a instanceof Uint8Array) return b instanceof Uint8Array ? concatBytes(a, b) : noOverload();
  return arithmetic('+', a, b);
}

function joined(a: string, b: string): string {
  refuseLongText(a.length + b.length);
  return a + b;
}

/** `-` of two values: numbers of one type, durations and timestamps. */
export function subtract(a: Value, b: Value): Value | CelError {
  if (a instanceof Duration) return b instanceof Duration ? checkedDuration(a.nanos - b.nanos) : noOverload();
  if (a instanceof Timestamp) {
    if (b instanceof Duration) return subtractDuration(a, b);
    return b instanceof Timestamp ? subtractTimestamps(a, b) : noOverload();
  }
  return arithmetic('-', a, b);
}

/** `*` of two numbers of one type. */
export const multiply = (a: Value, b: Value): Value | CelError => arithmetic('*', a, b);

/** `/` of two numbers of one type; of ints and uints it truncates toward zero. */
export const divide = (a: Value, b: Value): Value | CelError => arithmetic('/', a, b);

/** `%` of two ints or uints, with the sign of the dividend; doubles have none. */
export const modulo = (a: Value, b: Value): Value | CelError => arithmetic('%', a, b);

/** Unary `-` of an int, a double or a duration. */
export function negate(a: Value): Value | CelError {
  if (isInt(a)) return checkedInt(-BigInt(a));
  const value = doubleOf(a);
  if (value !== undefined) return double(-value);
  if (a instanceof Duration) return checkedDuration(-a.nanos);
  return typeof a === 'boolean' ? noOverload() : unsupported('-_', a);
}

type Operator = '+' | '-' | '*' | '/' | '%';

const names: Readonly<Record<Operator, string>> = {
  '+': '_+_',
  '-': '_-_',
  '*': '_*_',
  '/': '_/_',
  '%': '_%_',
};

/** Numbers only meet numbers of their own type; cel-go names the operator where the left side does not support it at all. */
function arithmetic(operator: Operator, a: Value, b: Value): Value | CelError {
  const left = operand(a);
  if (left === 'other' || (left === 'double' && operator === '%')) return unsupported(names[operator], a);
  if (left !== operand(b)) return noOverload();
  if (left === 'int')
    return checkedInteger(operator, BigInt(a as number | bigint), BigInt(b as number | bigint), checkedInt);
  if (left === 'uint') return checkedInteger(operator, (a as Uint).value, (b as Uint).value, checkedUint);
  return doubles(operator, doubleOf(a)!, doubleOf(b)!);
}

function operand(value: Value): Operand {
  if (isInt(value)) return 'int';
  if (typeof value === 'number' || value instanceof Double) return 'double';
  return value instanceof Uint ? 'uint' : 'other';
}

function checkedInteger(
  operator: Operator,
  a: bigint,
  b: bigint,
  check: (value: bigint) => Value | CelError,
): Value | CelError {
  switch (operator) {
    case '+':
      return check(a + b);
    case '-':
      return check(a - b);
    case '*':
      return check(a * b);
    case '/':
      return b === 0n ? new CelError('division by zero') : check(a / b);
    case '%':
      if (b === 0n) return new CelError('modulus by zero');
      // Go reports the overflow of the division although the remainder itself would be 0.
      return a === minInt && b === -1n ? overflow() : check(a % b);
  }
}

function doubles(operator: Operator, a: number, b: number): Value {
  if (operator === '+') return double(a + b);
  if (operator === '-') return double(a - b);
  return double(operator === '*' ? a * b : a / b);
}

/** An int of 64 bits or `integer overflow`. */
export function checkedInt(value: bigint): Value | CelError {
  return value < minInt || value > maxInt ? overflow() : int(value);
}

/** A uint of 64 bits or `unsigned integer overflow`. */
export function checkedUint(value: bigint): Value | CelError {
  return value < 0n || value > maxUint ? new CelError('unsigned integer overflow') : new Uint(value);
}

function addToDuration(a: Duration, b: Value): Value | CelError {
  if (b instanceof Duration) return checkedDuration(a.nanos + b.nanos);
  return b instanceof Timestamp ? addDuration(b, a) : noOverload();
}

function concatBytes(a: Uint8Array, b: Uint8Array): Uint8Array {
  refuseLongText(a.length + b.length);
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}

/** cel-go asks a value that lacks an operator whether it can receive it as a method, and then forgets the name. */
export function unsupported(name: string, left: Value): CelError {
  const receives = typeof left === 'string' || left instanceof Timestamp || left instanceof Duration;
  return receives ? noOverload() : new CelError(`no such overload: ${name}`);
}

const overflow = (): CelError => new CelError('integer overflow');
const noOverload = (): CelError => new CelError('no such overload');
