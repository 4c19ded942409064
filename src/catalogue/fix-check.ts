import { serverView } from '../kube/view/server-view.ts';
import type { JsonObject } from '../model/object.ts';
import { formatPath } from '../model/path.ts';
import {
  type AdmissionRequest,
  type BoundMutation,
  judge,
  type JudgeContext,
  mutate,
  type MutationResult,
} from '../policy/index.ts';
import type { BoundControl } from './bind.ts';

/**
 * What is wrong with what a control's fix makes of an object, in words; undefined where it is as it should be: what fails
 * passes afterwards, what does not fail stays as it is, and a second time changes nothing more.
 */
export function wrongWithFix(
  fix: BoundMutation,
  control: BoundControl,
  written: JsonObject,
  request: AdmissionRequest,
  fails: boolean,
  context: JudgeContext,
): string | undefined {
  const once = mended(fix, written, request, context);
  if (typeof once === 'string') return once;
  const [changed] = once.changes;
  if (!fails)
    return changed === undefined
      ? undefined
      : `the fix changes ${formatPath(changed.path)} of what does not fail`;
  const object = once.object!;
  const view = serverView(object);
  if (view.object === null) return `the fixed object cannot be read: ${view.problems[0]?.message ?? ''}`;
  const [judgement] = judge([control.bound], { ...request, object: view.object as JsonObject }, context);
  if (judgement?.verdict === 'fail' || judgement?.verdict === 'error') {
    return `after the fix it still fails: ${judgement.validations.map(({ message }) => message).join(', ') || judgement.reason}`;
  }
  const twice = mended(fix, object, request, context);
  if (typeof twice === 'string') return `the second time: ${twice}`;
  const [again] = twice.changes;
  return again === undefined ? undefined : `the fix changes ${formatPath(again.path)} again the second time`;
}

/** What a fix makes of an object as it is written; a text where it fails. */
export function mended(
  fix: BoundMutation,
  written: JsonObject,
  request: AdmissionRequest,
  context: Pick<JudgeContext, 'findNamespace' | 'params'>,
): MutationResult | string {
  const view = serverView(written, { stage: 'mutating' });
  if (view.object === null) return 'the object cannot be read';
  const result = mutate([fix], { ...request, object: view.object as JsonObject }, context);
  if (result.crash !== undefined) return `the API server would crash: ${result.crash}`;
  if (result.denial !== undefined) return result.denial.message;
  const failed = result.steps.find(({ outcome }) => outcome === 'error');
  if (failed !== undefined) return failed.reason;
  return result.unknown.length > 0 ? result.unknown.join('; ') : result;
}
