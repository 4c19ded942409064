import type { CaseResult } from '../../model/policy-test.ts';
import { type BoundPolicy, judge, type JudgeContext } from '../../policy/index.ts';
import type { AdmissionRequest } from '../../policy/index.ts';
import type { Places } from '../located.ts';
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

function ask({ policies, context }: PolicyCase, trial: Trial, { observe }: CaseSurroundings): Judged {
  const { request, excluded, expectation } = trial;
  if (excluded !== '') return { request, judgements: [], excluded };
  observe?.(policies, request, context);
  const judgements = judge(policies, request, { ...context, findElements: expectation.elements });
  return { request, judgements, excluded };
}
