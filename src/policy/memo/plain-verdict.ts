/** A verdict that needs no words; `other` where it takes more to tell what a policy says. */
export type PlainVerdict = 'pass' | 'fail' | 'not-applicable' | 'other';

/** A small number for each. */
export const codes: Readonly<Record<PlainVerdict, number>> = {
  pass: 1,
  fail: 2,
  'not-applicable': 3,
  other: 4,
};
