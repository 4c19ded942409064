import { CelError, Unknown } from '../../../cel/value.ts';
import type { Operation } from '../../request.ts';
import { failingPlace } from '../failing-place.ts';
import { describeReach, type LintedPolicy, type Reach } from '../linted-policy.ts';
import type { Sighting, Trap } from '../trap.ts';

/** `object` is null on DELETE: reading a field of it is an error, which failurePolicy then decides. */
export const objectOnDelete: Trap = {
  id: 'object-on-delete',
  title: 'reads object where a DELETE has none',
  severity: 'high',
  why: 'A DELETE has no object: `object` is null and reading a field of it is an error. With failurePolicy Fail nobody can delete what the policy matches, with Ignore the rule does not hold for deletes.',
  fix: "Read `oldObject` on DELETE, guard with `object == null || ...`, or take DELETE out of the rule's operations.",
  inPolicy: (linted) => nullReads(linted, ['DELETE'], 'object'),
};

/** `oldObject` is null on CREATE and CONNECT. */
export const oldObjectOnCreate: Trap = {
  id: 'old-object-on-create',
  title: 'reads oldObject where a CREATE has none',
  severity: 'high',
  why: 'A CREATE has no old object: `oldObject` is null and reading a field of it is an error. With failurePolicy Fail nobody can create what the policy matches, with Ignore the rule does not hold for new objects.',
  fix: "Guard with `oldObject == null || ...` or `request.operation == 'CREATE' || ...`, or take CREATE out of the rule's operations.",
  inPolicy: (linted) => nullReads(linted, ['CREATE', 'CONNECT'], 'oldObject'),
};

function* nullReads(
  linted: LintedPolicy,
  operations: readonly Operation[],
  name: 'object' | 'oldObject',
): Generator<Sighting> {
  const seen = new Set<string>();
  for (const reach of linted.reaches) {
    if (!operations.includes(reach.operation)) continue;
    for (const sighting of readsIn(linted, reach, name)) {
      const key = JSON.stringify([sighting.path, sighting.span]);
      if (!seen.has(key)) yield sighting;
      seen.add(key);
    }
  }
}

function* readsIn(linted: LintedPolicy, reach: Reach, name: 'object' | 'oldObject'): Generator<Sighting> {
  const { policy } = linted;
  const probe = linted.probe(reach);
  const conditions = probe.conditions();
  if (conditions.kind === 'not-met') return;
  const skips = policy.definition.failurePolicy === 'Ignore';
  const outcome = skips ? 'the rule is then skipped' : 'the request is then denied';
  for (const expression of [...policy.matchConditions, ...linted.rules, ...policy.auditAnnotations]) {
    const result = probe.result(expression);
    if (!(result instanceof CelError) && !(result instanceof Unknown)) continue;
    const place = failingPlace(probe, expression);
    if (place === undefined || !readsName(linted, place.path, place.span, name)) continue;
    yield {
      path: place.path,
      span: place.span,
      message: `${describeReach(reach)} has no ${name}: "${place.error}", and ${outcome}`,
    };
  }
}

/** Whether the failing part stands on the object, perhaps through variables: another error is not this trap's. */
function readsName(
  linted: LintedPolicy,
  path: Sighting['path'],
  { start, end }: { start: number; end: number },
  name: string,
): boolean {
  const expression = linted.expressions.find((one) => one.path.join() === path.join());
  const part = expression?.text.slice(start, end) ?? '';
  const reads = new RegExp(`(?<![\\w.])${name}(?!\\w)`);
  const { variables } = linted.policy.definition;
  const open = [part];
  const met = new Set<string>();
  for (let text = open.pop(); text !== undefined; text = open.pop()) {
    if (reads.test(text)) return true;
    for (const [, variable = ''] of text.matchAll(/(?<![\w.])variables\.(\w+)/g)) {
      if (met.has(variable)) continue;
      met.add(variable);
      open.push(...variables.filter((one) => one.name === variable).map((one) => one.expression));
    }
  }
  return false;
}
