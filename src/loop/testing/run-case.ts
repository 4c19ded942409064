import type { CaseResult } from '../../model/policy-test.ts';
import {
  type AdmissionRequest,
  type BoundPolicy,
  judge,
  type JudgeContext,
  mutate,
  type MutationResult,
} from '../../policy/index.ts';
import type { Places } from '../located.ts';
import { viewOf } from './admission-request.ts';
import { WrittenResult } from './case-result.ts';
import { diagnose } from './diagnose.ts';
import type { Judged, PolicyCase, Trial } from './policy-case.ts';
import type { PolicyShelf } from './policy-shelf.ts';

/** Told of every request that is judged: coverage listens. */
export type Observe = (
  policies: readonly BoundPolicy[],
  request: AdmissionRequest,
  context: JudgeContext,
) => void;

/** What running a case needs besides the case. */
export interface CaseSurroundings {
  readonly shelf: PolicyShelf;
  readonly places: Places;
  readonly observe: Observe | undefined;
}

/** A case that was run, and how many requests it took. */
export interface RunCase {
  readonly result: CaseResult;
  readonly verdicts: number;
}

/** Runs a case: its trials in order, until one does not come out as expected. Never throws on account of the case. */
export function runCase(one: PolicyCase, around: CaseSurroundings): RunCase {
  const { name, place, settled, trials, context } = one;
  const base = new WrittenResult(name, place, around.places);
  if (settled !== undefined)
    return { result: base.with(settled.status, { got: settled.reason }), verdicts: 0 };
  let verdicts = 0;
  let mismatch: CaseResult | undefined;
  for (const trial of trials) {
    const judged = ask(one, trial, around);
    verdicts++;
    if (mismatch !== undefined) continue;
    const unmet = trial.expectation.unmet(judged);
    if (unmet === undefined) continue;
    const details = diagnose(judged, trial, context, around);
    const { what, expectation } = trial;
    mismatch = base.with(unmet.status, { what, expected: expectation.text, got: unmet.got, ...details });
  }
  return {
    result: mismatch ?? base.with('passed', { expected: trials[0]?.expectation.text ?? '' }),
    verdicts,
  };
}

function ask(
  { policies, mutations = [], context }: PolicyCase,
  trial: Trial,
  { observe }: CaseSurroundings,
): Judged {
  const { mutating, excluded, expectation } = trial;
  if (excluded !== '') return { request: trial.request, judgements: [], excluded, mutation: undefined };
  const mutation = mutating && mutate(mutations, mutating, context);
  const request = mutation === undefined ? trial.request : afterwards(trial.request, mutation);
  // What is refused or not known is not shown to the policies that come after.
  if (mutation !== undefined && mutation.allowed !== true) {
    return { request, judgements: [], excluded, mutation };
  }
  observe?.(policies, request, context);
  const judgements = judge(policies, request, { ...context, findElements: expectation.elements });
  return { request, judgements, excluded, mutation };
}

/** The request as validating policies see it once the object was mutated. */
function afterwards(request: AdmissionRequest, { object }: MutationResult): AdmissionRequest {
  if (object === null) return request;
  const view = viewOf(object, request.namespace ?? '', 'validating');
  return typeof view === 'string' ? request : { ...request, object: view };
}
