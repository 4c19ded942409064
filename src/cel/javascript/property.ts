import { valueFields } from '../select.ts';
import { quote } from './quote.ts';

/** Names that a property load finds on values that have no such field, whatever the load looks like. */
const builtIn = new Set(
  [
    Object.prototype,
    Array.prototype,
    String.prototype,
    Number.prototype,
    BigInt.prototype,
    Boolean.prototype,
    Map.prototype,
    Uint8Array.prototype,
    Object.getPrototypeOf(Uint8Array.prototype) as object,
  ].flatMap((prototype) => Object.getOwnPropertyNames(prototype)),
);

/** The classes among the values whose fields an expression could name by chance; libraries' values are `Opaque`. */
const carriers: Readonly<Record<string, readonly string[]>> = {
  attributes: ['Failure'],
  fields: ['Struct'],
  layout: ['Variables'],
  message: ['Failure'],
  name: ['TypeValue'],
  nanos: ['Duration', 'Timestamp'],
  offset: ['Failure', 'Timestamp'],
  typeName: ['Struct'],
  value: ['Double', 'Optional', 'Uint'],
};

/** What the classes of values inherit, and so every one of them answers to. */
const inherited = new Set([
  'at',
  'cost',
  'costSize',
  'describe',
  'described',
  'equals',
  'get',
  'has',
  'origin',
]);

/**
 * The load of a field of whatever value as an expression: undefined where the value has no such field, or is of a kind
 * that only the exact way (`follow`) knows to look into. Never a part of JavaScript, of our classes, or of a text.
 */
export function fieldLoad(object: string, field: string): string {
  if (builtIn.has(field) || inherited.has(field) || /^\d+$/.test(field))
    return `own(${object},${quote(field)})`;
  const load = `${object}?.[${quote(field)}]`;
  if (!valueFields.includes(field)) return load;
  const classes = [...(carriers[field] ?? []), 'Opaque'];
  const carried = classes.map((name) => `${object} instanceof ${name}`).join('||');
  // Plain objects, which nearly all are, are told by one load, the others by a walk through their prototypes for each class.
  return `(${object}?.constructor===Object?${object}[${quote(field)}]:${carried}?undefined:${load})`;
}
