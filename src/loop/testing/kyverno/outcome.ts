import type { JsonObject } from '../../../model/object.ts';
import { differences, type Judgement } from '../../../policy/index.ts';
import { viewOf } from '../admission-request.ts';
import { isMapping } from '../files.ts';
import type { Expectation, Judged } from '../policy-case.ts';
import { deviationsText, messagesOf, overall, refusedPolicy } from '../verdict.ts';

/** The results a test may expect. */
export const outcomes = ['pass', 'fail', 'skip', 'warn', 'error'] as const;
export type Outcome = (typeof outcomes)[number];

/** The expectation of a result; `patched` is what mutations should make of the resource. */
export function expectationOf(expected: Outcome, patched: JsonObject | undefined): Expectation {
  return {
    text: expected,
    elements: false,
    unmet: (judged) => {
      const refused = refusedPolicy(judged);
      if (refused !== undefined)
        return { status: 'error', got: `the API server refuses the policy "${refused}"` };
      const { outcome, reason } =
        judged.mutation === undefined ? outcomeOf(judged) : mutationOutcome(judged, patched);
      if (outcome === 'unknown') return { status: 'unknown', got: reason };
      // Kyverno counts a resource that the policy leaves out as passed.
      const isMet = outcome === expected || (expected === 'pass' && outcome === 'skip');
      return isMet ? undefined : { status: 'failed', got: `${outcome}${reason === '' ? '' : `: ${reason}`}` };
    },
  };
}

/** The first validation of a policy that does not pass decides; of several bindings the worst. */
function outcomeOf({ judgements }: Judged): { outcome: Outcome | 'unknown'; reason: string } {
  const rank: readonly (Outcome | 'unknown')[] = ['fail', 'warn', 'error', 'unknown', 'pass', 'skip'];
  const all = judgements.map((judgement) => ({ outcome: single(judgement), judgement }));
  all.sort((a, b) => rank.indexOf(a.outcome) - rank.indexOf(b.outcome));
  const [worst] = all;
  if (worst === undefined) return { outcome: 'skip', reason: 'no policy was asked' };
  const said = messagesOf({ judgements: [worst.judgement], mutation: undefined }).map((message) =>
    JSON.stringify(message),
  );
  return {
    outcome: worst.outcome,
    reason: worst.outcome === 'fail' || worst.outcome === 'warn' ? said.join(', ') : worst.judgement.reason,
  };
}

/** A mutation passes where it makes the object that the test shows, both with the defaults of an API server. */
function mutationOutcome(
  judged: Judged,
  patched: JsonObject | undefined,
): { outcome: Outcome | 'unknown'; reason: string } {
  const { verdict, reason } = overall(judged);
  if (verdict === 'not-applicable') return { outcome: 'skip', reason };
  if (verdict === 'fail') return { outcome: 'error', reason: messagesOf(judged).join(', ') };
  if (verdict !== 'pass' || patched === undefined) return { outcome: verdict, reason };
  const namespace = judged.request.namespace ?? '';
  const [made, wanted] = [judged.mutation!.object!, patched].map((one) =>
    viewOf(one, namespace, 'validating'),
  );
  if (typeof made === 'string' || typeof wanted === 'string') {
    return { outcome: 'error', reason: typeof wanted === 'string' ? wanted : String(made) };
  }
  const wrong = differences(wanted!, made!);
  return wrong.length === 0
    ? { outcome: 'pass', reason: '' }
    : { outcome: 'fail', reason: `another object: ${deviationsText(wrong)}` };
}

function single({ policy, verdict, validations }: Judgement): Outcome | 'unknown' {
  if (verdict === 'not-applicable') return 'skip';
  const first = validations.find((one) => one.verdict !== 'pass')?.verdict ?? verdict;
  const { annotations } = policy.definition.metadata;
  const isScored = !isMapping(annotations) || annotations['policies.kyverno.io/scored'] !== 'false';
  return first === 'fail' && !isScored ? 'warn' : first;
}
