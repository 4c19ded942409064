import { listCost } from '../../src/cel/extension/call-cost.ts';
import type { Library, Overload } from '../../src/cel/library.ts';
import { CelError, type Value } from '../../src/cel/value.ts';

/** A generated expression that is a literal or one call of a library function with such arguments. */
export interface Call {
  readonly text: string;
  readonly value: Value | CelError;
  /** What the API server charges; undefined where an argument failed, which this does not model. */
  readonly cost: number | undefined;
}

/** A literal, which costs nothing. */
export const literal = (text: string, value: Value): Call => ({ text, value, cost: 0 });

/** A string literal that survives every character. */
export function stringLiteral(value: string): Call {
  let text = '';
  for (const character of value)
    text += /[ !#-&(-[\]-~]/.test(character) ? character : escapeCharacter(character);
  return literal(`'${text}'`, value);
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0)!;
  return code < 0x10000
    ? `\\u${code.toString(16).padStart(4, '0')}`
    : `\\U${code.toString(16).padStart(8, '0')}`;
}

/** A list literal of literals, which the planner folds. */
export function listLiteral(elements: readonly Call[]): Call {
  return literal(
    `[${elements.map(({ text }) => text).join(', ')}]`,
    elements.map(({ value }) => value as Value),
  );
}

/** A list with an element that is no literal: it is built anew at every evaluation. */
export function builtList(elements: readonly Call[]): Call {
  const failed = elements.find(({ value }) => value instanceof CelError)?.value;
  const cost = elements.reduce<number | undefined>(
    (sum, element) => (sum === undefined || element.cost === undefined ? undefined : sum + element.cost),
    listCost(0, 0) - 1,
  );
  return {
    text: `[${elements.map(({ text }) => text).join(', ')}]`,
    value: failed ?? elements.map(({ value }) => value as Value),
    cost: failed === undefined ? cost : undefined,
  };
}

/** A call of one overload: its implementation and its cost are what is under test. */
export function call(overload: Overload, ...args: Call[]): Call {
  const inner = args.map(({ text }) => text);
  const text = overload.member
    ? `${inner[0]}.${overload.name}(${inner.slice(1).join(', ')})`
    : `${overload.name}(${inner.join(', ')})`;
  const failed = args.find(({ value }) => value instanceof CelError)?.value;
  if (failed !== undefined) return { text, value: failed, cost: undefined };
  const values = args.map(({ value }) => value as Value);
  const value = overload.implementation(...values);
  const own = overload.cost === undefined ? 1 : overload.cost(values, value);
  const cost = args.reduce<number | undefined>(
    (sum, arg) => (sum === undefined || arg.cost === undefined ? undefined : sum + arg.cost),
    own,
  );
  return { text, value, cost };
}

/** The overload of a library by id. */
export function overloadOf(library: Library, id: string): Overload {
  const found = library.overloads.find((overload) => overload.id === id);
  if (found === undefined) throw new Error(`${library.name} has no overload ${id}`);
  return found;
}
