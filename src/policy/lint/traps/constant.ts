import { CelError } from '../../../cel/value.ts';
import { trimSpace } from '../../go-text.ts';
import { describeReach, type LintedPolicy } from '../linted-policy.ts';
import type { Sighting, Trap } from '../trap.ts';

/** A validation that is true, or a match condition that is false, whatever the request. */
export const neverFails: Trap = {
  id: 'never-fails',
  title: 'an expression that decides nothing',
  severity: 'high',
  why: 'A validation that is true for every request the policy matches, or one behind a match condition that is never true, denies nothing: it looks like protection and is none.',
  fix: 'Compare with what the rules match: the operations, kinds and subresources of matchConstraints. Take out what cannot happen.',
  inPolicy: constants,
};

function* constants(linted: LintedPolicy): Generator<Sighting> {
  const { policy, reaches } = linted;
  // With a rule for everything only examples are known, and of unknown resources nothing.
  if (reaches.length === 0 || isOpen(linted)) return;
  const probes = reaches.map((reach) => linted.probe(reach));
  for (const condition of policy.matchConditions) {
    if (condition.program === undefined) continue;
    if (probes.every((probe) => probe.result(condition) === false)) {
      const message = `match condition "${condition.name}" is false for ${every(linted)}: the policy judges nothing`;
      yield { path: condition.path, message };
      return;
    }
  }
  const judged = probes.filter((probe) => probe.conditions().kind !== 'not-met');
  if (judged.length === 0) {
    yield { path: ['spec', 'matchConditions'], message: `no request meets all match conditions` };
    return;
  }
  const seen = new Map<string, number>();
  for (const [index, validation] of policy.validations.entries()) {
    const text = trimSpace(validation.text);
    const first = seen.get(text);
    if (first !== undefined && text !== '') {
      const message = `the same as validation ${first + 1}: that one fails first, and this one is never reported`;
      yield { path: validation.path, message, severity: 'low' };
      continue;
    }
    seen.set(text, index);
    if (validation.program === undefined) continue;
    if (!judged.every((probe) => probe.result(validation) === true)) continue;
    yield { path: validation.path, message: `true for ${every(linted)}: it denies nothing` };
  }
}

/** Whether requests may come that are not among the known ones. */
function isOpen({ policy, surroundings: { resources } }: LintedPolicy): boolean {
  return (policy.definition.matchConstraints?.resourceRules ?? []).some(
    ({ apiGroups, resources: entries, operations }) =>
      entries.some((entry) => entry.includes('*') || entry.includes('/')) ||
      operations.includes('CONNECT') ||
      apiGroups.some((group) => group === '*' || !resources.isComplete(group)),
  );
}

function every({ reaches }: LintedPolicy): string {
  return reaches.length === 1 ? describeReach(reaches[0]!) : 'every request that the rules match';
}

/** A validation that is an error whatever the request. */
export const alwaysFails: Trap = {
  id: 'always-an-error',
  title: 'an expression that is an error for every request',
  severity: 'high',
  why: 'An expression that always fails to evaluate denies everything with failurePolicy Fail and is passed over with Ignore.',
  fix: 'Correct the expression; `scantling eval` shows what each part of it is for an object.',
  *inPolicy(linted) {
    const { policy, reaches } = linted;
    const probes = reaches
      .map((reach) => linted.probe(reach))
      .filter((probe) => probe.conditions().kind !== 'not-met');
    if (probes.length === 0 || isOpen(linted)) return;
    for (const expression of policy.validations) {
      if (expression.program === undefined) continue;
      const results = probes.map((probe) => probe.result(expression));
      const errors = new Set(results.map((one) => (one instanceof CelError ? one.message : undefined)));
      const [error] = errors;
      // Reads of null have traps of their own.
      if (errors.size !== 1 || error === undefined || /no such key/.test(error)) continue;
      yield { path: expression.path, message: `"${error}" for ${every(linted)}` };
    }
  },
};
