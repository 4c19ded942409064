import type { Json, JsonObject } from '../../../model/object.ts';
import { differences, type Judgement } from '../../../policy/index.ts';
import { viewOf } from '../admission-request.ts';
import { isMapping } from '../files.ts';
import type { Expectation, Judged } from '../policy-case.ts';
import { deviationsText, messagesOf, overall, refusedPolicy } from '../verdict.ts';

/** The results a test may expect. */
export const outcomes = ['pass', 'fail', 'skip', 'warn', 'error'] as const;
/** What a Kyverno test may expect of a policy. */
export type Outcome = (typeof outcomes)[number];

/** What else a result says besides its outcome. */
export interface ResultContext {
  /** What mutations should make of the resource. */
  readonly patched: JsonObject | undefined;
  /** Whether the result names the resource; else it is one of all, and those that the policy leaves out do not count. */
  readonly isNamed: boolean;
  readonly resource: JsonObject;
}

/** The expectation of a result. */
export function expectationOf(expected: Outcome, { patched, isNamed, resource }: ResultContext): Expectation {
  return {
    text: expected,
    elements: false,
    unmet: (judged) => {
      const refused = refusedPolicy(judged);
      if (refused !== undefined)
        return { status: 'error', got: `the API server refuses the policy "${refused}"` };
      const { outcomes: got, reason } =
        judged.mutation === undefined
          ? outcomeOf(judged, isScored(resource['metadata']))
          : mutationOutcome(judged, patched);
      const [outcome] = got;
      if (outcome === 'unknown') return { status: 'unknown', got: reason };
      if (got.includes(expected)) return undefined;
      if (outcome === 'skip' && !isNamed) return { status: 'skipped', got: `left out: ${reason}` };
      // Kyverno counts a resource that the policy leaves out as passed.
      if (outcome === 'skip' && expected === 'pass') return undefined;
      return { status: 'failed', got: `${outcome}${reason === '' ? '' : `: ${reason}`}` };
    },
  };
}

/** How a result came out. */
interface Came {
  /** The outcome, then what else Kyverno takes it for. */
  readonly outcomes: readonly (Outcome | 'unknown')[];
  readonly reason: string;
}

/** The first validation of a policy that does not pass decides; of several bindings the worst. */
function outcomeOf({ judgements }: Judged, scored: boolean): Came {
  const rank: readonly (Outcome | 'unknown')[] = ['fail', 'warn', 'error', 'unknown', 'pass', 'skip'];
  const all = judgements.map((judgement) => ({ outcome: single(judgement, scored), judgement }));
  all.sort((a, b) => rank.indexOf(a.outcome) - rank.indexOf(b.outcome));
  const [worst] = all;
  if (worst === undefined) return { outcomes: ['skip'], reason: 'no policy was asked' };
  const said = messagesOf({ judgements: [worst.judgement], mutation: undefined }).map((message) =>
    JSON.stringify(message),
  );
  return {
    outcomes: [worst.outcome],
    reason: worst.outcome === 'fail' || worst.outcome === 'warn' ? said.join(', ') : worst.judgement.reason,
  };
}

/**
 * A mutation passes where it makes the object that the test shows, both with the defaults of an API server. What it leaves
 * as it is counts as skipped too: Kyverno's versions differ in that. Every other end is what a test calls `fail`.
 */
function mutationOutcome(judged: Judged, patched: JsonObject | undefined): Came {
  const { verdict, reason } = overall(judged);
  if (verdict === 'not-applicable') return { outcomes: ['skip'], reason };
  if (verdict === 'fail') return { outcomes: ['error', 'fail'], reason: messagesOf(judged).join(', ') };
  if (verdict === 'error') return { outcomes: ['error', 'fail'], reason };
  const isUnchanged = judged.mutation?.steps.every(({ outcome }) => outcome !== 'mutated') === true;
  const passed: readonly Outcome[] = isUnchanged ? ['pass', 'skip'] : ['pass'];
  if (verdict !== 'pass') return { outcomes: [verdict], reason };
  if (patched === undefined) return { outcomes: passed, reason };
  const namespace = judged.request.namespace ?? '';
  const [made, wanted] = [judged.mutation!.object!, patched].map((one) =>
    viewOf(one, namespace, 'validating'),
  );
  if (typeof made === 'string' || typeof wanted === 'string') {
    return { outcomes: ['error'], reason: typeof wanted === 'string' ? wanted : String(made) };
  }
  const wrong = differences(wanted!, made!);
  return wrong.length === 0
    ? { outcomes: passed, reason: '' }
    : { outcomes: ['fail'], reason: `another object: ${deviationsText(wrong)}` };
}

function single({ policy, verdict, validations }: Judgement, scored: boolean): Outcome | 'unknown' {
  if (verdict === 'not-applicable') return 'skip';
  const first = validations.find((one) => one.verdict !== 'pass')?.verdict ?? verdict;
  const counts = scored && isScored(policy.definition.metadata);
  return first === 'fail' && !counts ? 'warn' : first;
}

/** Whether failures count as such: an annotation of the policy or of the resource may make them warnings. */
function isScored(metadata: unknown): boolean {
  const { annotations } = (metadata ?? {}) as { readonly annotations?: Json };
  return !isMapping(annotations) || annotations['policies.kyverno.io/scored'] !== 'false';
}
