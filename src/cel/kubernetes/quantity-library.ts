import { readCost, unitCost } from '../extension/call-cost.ts';
import type { Library } from '../library.ts';
import { overload } from '../signature.ts';
import { CelError, double, int, type Value } from '../value.ts';
import { parseQuantity, Quantity } from './quantity.ts';

const q = 'kubernetes.Quantity';

function asInteger(quantity: Quantity): Value | CelError {
  const value = quantity.integer();
  return value === undefined ? new CelError('cannot convert value to integer') : int(value);
}

const ofInt = (value: number | bigint): Quantity => new Quantity(BigInt(value), 0);

/** Quantities as functions. Source: k8s.io/apiserver `pkg/cel/library/quantity.go`. */
export const quantityLibrary: Library = {
  name: 'kubernetes.quantity',
  overloads: [
    overload('string_to_quantity', `quantity(string) -> ${q}`, parseQuantity, readCost),
    overload(
      'is_quantity_string',
      'isQuantity(string) -> bool',
      (text: string) => parseQuantity(text) instanceof Quantity,
      readCost,
    ),
    overload('quantity_sign', `sign(${q}) -> int`, (quantity: Quantity) => quantity.sign(), unitCost),
    overload(
      'quantity_is_greater_than',
      `${q}.isGreaterThan(${q}) -> bool`,
      (a: Quantity, b: Quantity) => a.compare(b) > 0,
      unitCost,
    ),
    overload(
      'quantity_is_less_than',
      `${q}.isLessThan(${q}) -> bool`,
      (a: Quantity, b: Quantity) => a.compare(b) < 0,
      unitCost,
    ),
    overload(
      'quantity_compare_to',
      `${q}.compareTo(${q}) -> int`,
      (a: Quantity, b: Quantity) => a.compare(b),
      unitCost,
    ),
    overload(
      'quantity_get_float',
      `${q}.asApproximateFloat() -> double`,
      (quantity: Quantity) => double(quantity.approximate()),
      unitCost,
    ),
    overload('quantity_get_int', `${q}.asInteger() -> int`, asInteger, unitCost),
    overload(
      'quantity_is_integer',
      `${q}.isInteger() -> bool`,
      (quantity: Quantity) => quantity.integer() !== undefined,
      unitCost,
    ),
    overload('quantity_add', `${q}.add(${q}) -> ${q}`, (a: Quantity, b: Quantity) => a.add(b), unitCost),
    overload(
      'quantity_add_int',
      `${q}.add(int) -> ${q}`,
      (a: Quantity, b: number | bigint) => a.add(ofInt(b)),
      unitCost,
    ),
    overload('quantity_sub', `${q}.sub(${q}) -> ${q}`, (a: Quantity, b: Quantity) => a.subtract(b), unitCost),
    overload(
      'quantity_sub_int',
      `${q}.sub(int) -> ${q}`,
      (a: Quantity, b: number | bigint) => a.subtract(ofInt(b)),
      unitCost,
    ),
  ],
};
