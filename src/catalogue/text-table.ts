import type { Json, JsonObject } from '../model/object.ts';
import type { Control } from './control.ts';

/** Texts that are stored once and referred to by their number. */
export class TextTable {
  readonly texts: string[] = [];
  readonly #numbers = new Map<string, number>();

  /** The number of a text, which is added where it is new. */
  number(text: string): number {
    let number = this.#numbers.get(text);
    if (number === undefined) this.#numbers.set(text, (number = this.texts.push(text) - 1));
    return number;
  }
}

/** A control in whose policies numbers stand for the expressions, of which most stand in many controls. */
export type SharedControl = Control;

/** A copy of a control whose expressions are in the table. */
export function shareExpressions(control: Control, table: TextTable): SharedControl {
  const copy = structuredClone(control);
  changeExpressions(copy, (text) => (typeof text === 'string' ? table.number(text) : text));
  return copy;
}

/** Makes a control, which is changed, what it was. */
export function restoreExpressions(control: SharedControl, texts: readonly string[]): Control {
  changeExpressions(control, (number) => (typeof number === 'number' ? texts[number]! : number));
  return control;
}

/** Where a policy has expressions: in the entries of these lists under these names. */
const places: readonly (readonly [list: string, names: readonly string[]])[] = [
  ['matchConditions', ['expression']],
  ['variables', ['expression']],
  ['validations', ['expression', 'messageExpression']],
  ['auditAnnotations', ['valueExpression']],
];

function changeExpressions({ variants }: Control, change: (expression: Json) => Json): void {
  for (const { policy } of variants) {
    const spec = policy['spec'] as JsonObject;
    for (const [list, names] of places) {
      const entries = spec[list] as Record<string, Json>[] | undefined;
      if (entries === undefined) continue;
      for (const entry of entries) {
        for (const name of names) if (entry[name] !== undefined) entry[name] = change(entry[name]);
      }
    }
  }
}
