import { formatPath } from '../../../model/path.ts';
import { crashingObjects } from '../../mutation/crash.ts';
import { mutate } from '../../mutation/mutate.ts';
import type { CompiledMutation } from '../../mutation/policy.ts';
import type { MutationResult } from '../../mutation/result.ts';
import { noParams } from '../../params.ts';
import type { LintedPolicy } from '../linted-policy.ts';
import { seenByMutations, smallest } from '../samples.ts';
import { requestOf } from '../scenario.ts';
import type { Trap } from '../trap.ts';

/** A patch that makes the request handler of the API server panic. */
export const mutationCrash: Trap = {
  id: 'mutation-crash',
  title: 'a patch that makes the API server panic',
  severity: 'critical',
  why: 'An `Object{}` inside of a list or map in a JSONPatch value makes the request handler of the API server panic: the client gets no answer, and failurePolicy Ignore does not help.',
  fix: 'Write plain maps inside of patch values: `{"name": "x"}` in place of `Object.spec.containers{name: "x"}`.',
  *inPolicy({ mutations }) {
    for (const mutation of mutations) {
      for (const { typeName, start, end } of crashingObjects(mutation)) {
        const message = `${typeName}{} inside of a list or map of a patch value: the API server panics on it`;
        yield { path: mutation.path, span: { start, end }, message };
      }
    }
  },
};

/** A mutation that may run again and does the same once more. */
export const mutationRepeats: Trap = {
  id: 'mutation-repeats',
  title: 'a mutation that changes its own result when it runs again',
  severity: 'medium',
  why: 'With reinvocationPolicy IfNeeded a policy runs a second time, and every later update runs it again: a mutation that is not idempotent adds its part each time.',
  fix: 'Ask in a match condition or in the expression whether the change is there already, or set reinvocationPolicy Never.',
  *inPolicy(linted) {
    const reported = new Set<CompiledMutation>();
    for (const { kind, result } of outcomes(linted)) {
      for (const { changes, index, outcome, pass } of result.steps) {
        const mutation = index === undefined ? undefined : linted.mutations[index];
        if (mutation === undefined || pass !== 2 || outcome !== 'mutated' || reported.has(mutation)) continue;
        reported.add(mutation);
        const at = changes[0] === undefined ? 'its result' : formatPath(changes[0].path);
        yield { path: mutation.path, message: `run a second time it changes ${at} of a ${kind} once more` };
      }
    }
  },
};

/** A mutation that fails on objects that are valid. */
export const mutationFails: Trap = {
  id: 'mutation-fails',
  title: 'a mutation that fails on a valid object',
  severity: 'medium',
  why: 'A patch for a path whose parent is missing, or an expression that reads what is not there, is an error: with failurePolicy Fail the object is denied, with Ignore it stays as it is.',
  fix: 'Prefer ApplyConfiguration, which makes what is missing; in a JSONPatch add the parent first, and read optional fields with `.?field.orValue(...)`.',
  *inPolicy(linted) {
    const reported = new Set<CompiledMutation>();
    for (const { kind, result } of outcomes(linted)) {
      for (const { index, outcome, reason } of result.steps) {
        const mutation = index === undefined ? undefined : linted.mutations[index];
        if (mutation?.program === undefined || outcome !== 'error' || reported.has(mutation)) continue;
        reported.add(mutation);
        const skips = linted.policy.definition.failurePolicy === 'Ignore';
        const then = skips ? 'left as it is' : 'denied';
        yield { path: mutation.path, message: `a valid ${kind} is ${then}: ${reason}` };
      }
    }
  },
};

/** What the policy makes of the smallest object of each kind; nothing where that is not certain. */
function* outcomes(
  linted: LintedPolicy,
): Generator<{ readonly kind: string; readonly result: MutationResult }> {
  const { policy, reaches } = linted;
  if (!('mutations' in policy)) return;
  for (const reach of reaches) {
    const { resource, subresource, operation } = reach;
    const written = smallest(resource);
    if (subresource !== '' || operation === 'DELETE' || written === undefined) continue;
    const object = seenByMutations(written);
    if (object === undefined || policy.definition.paramKind !== undefined) continue;
    const request = requestOf({
      ...reach,
      object,
      oldObject: operation === 'UPDATE' ? object : null,
      params: null,
    });
    const result = mutate([{ policy, binding: undefined }], request, {
      findNamespace: () => undefined,
      params: noParams,
    });
    yield { kind: resource.kind, result };
  }
}
