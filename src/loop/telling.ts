import type { Rule } from './ruleset.ts';

/** Of one rule among others: who of them may tell what it says, by their places. */
export interface Telling {
  readonly told: number;
  readonly tellers: readonly number[];
}

const known = new WeakMap<readonly Rule[], readonly Telling[]>();

/** Which rules may tell others among these, remembered for the array: thousands of objects fail the same rules. */
export function tellingAmong(rules: readonly Rule[]): readonly Telling[] {
  let found = known.get(rules);
  if (found === undefined) known.set(rules, (found = findTelling(rules)));
  return found;
}

function findTelling(rules: readonly Rule[]): readonly Telling[] {
  return rules.flatMap(({ impliedBy }, told): Telling | readonly [] => {
    // Few rules are, and what objects fail is of thousands of kinds.
    if (impliedBy === undefined) return [];
    const tellers = impliedBy
      .map((teller) => rules.findIndex((rule) => rule.id === teller))
      .filter((i) => i >= 0);
    return tellers.length === 0 ? [] : { told, tellers };
  });
}
