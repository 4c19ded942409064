import { extendsPath } from '../../../cel/explain/path.ts';
import { CelError } from '../../../cel/value.ts';
import type { JsonObject } from '../../../model/object.ts';
import { failingPlace } from '../failing-place.ts';
import type { LintedPolicy } from '../linted-policy.ts';
import type { Sighting, Trap } from '../trap.ts';
import type { Witness } from '../witnesses.ts';

/** A field that valid objects need not have, read without asking for it. */
export const unguardedField: Trap = {
  id: 'unguarded-field',
  title: 'reads a field that need not be there',
  severity: 'medium',
  why: 'A field that is not set is no field: reading it is an error and not false. With failurePolicy Fail objects without it are denied with a text that nobody understands, with Ignore they pass unjudged.',
  fix: 'Ask first with `has(object.spec.x) && ...`, or read `object.spec.?x.orValue(...)`.',
  *inPolicy(linted) {
    const reported = new Set<string>();
    for (const { doubtful, isValid, object, probe } of linted.witnesses) {
      if (!isValid || probe.conditions().kind === 'not-met') continue;
      for (const expression of linted.rules) {
        if (!(probe.result(expression) instanceof CelError)) continue;
        const place = failingPlace(probe, expression);
        if (place === undefined || !/^(?:no such key|index out of bounds)/.test(place.error)) continue;
        const { reads } = place;
        if (reads !== undefined && doubtful.some((path) => extendsPath(reads, ['object', ...path]))) continue;
        const key = JSON.stringify([place.path, place.span]);
        if (reported.has(key)) continue;
        reported.add(key);
        const skips = linted.policy.definition.failurePolicy === 'Ignore';
        yield {
          path: place.path,
          span: place.span,
          message: `"${place.error}" for a valid ${kindOf(object)}, which is then ${skips ? 'let through' : 'denied'}`,
          severity: skips ? 'high' : 'medium',
        };
      }
    }
  },
};

/** A messageExpression that fails, or says nothing, just when it is needed. */
export const messageCanFail: Trap = {
  id: 'message-can-fail',
  title: 'a messageExpression that fails when it is needed',
  severity: 'low',
  why: 'Where a messageExpression is an error, empty or more than one line the API server shows `message` or the bare expression, and says nothing of it.',
  fix: 'Ask for fields with `.?field.orValue(...)` in messages as well, and write a `message` to fall back on.',
  *inPolicy(linted) {
    const reported = new Set<string>();
    for (const { object, probe } of linted.witnesses) {
      if (probe.conditions().kind === 'not-met') continue;
      for (const validation of linted.policy.validations) {
        const message = validation.messageExpression;
        if (message?.program === undefined || probe.result(validation) !== false) continue;
        const key = message.path.join();
        if (reported.has(key)) continue;
        const sighting = failingMessage(probe, message, withArticle(kindOf(object)));
        if (sighting === undefined) continue;
        reported.add(key);
        yield sighting;
      }
    }
  },
};

function failingMessage(
  probe: Witness['probe'],
  message: NonNullable<LintedPolicy['policy']['validations'][number]['messageExpression']>,
  kind: string,
): Sighting | undefined {
  const result = probe.result(message);
  if (result instanceof CelError) {
    const place = failingPlace(probe, message);
    const at = place ?? {
      path: message.path,
      span: { start: 0, end: message.text.length },
      error: result.message,
    };
    return { path: at.path, span: at.span, message: `"${at.error}" for ${kind} that fails the validation` };
  }
  if (typeof result !== 'string') return undefined;
  if (result.trim() === '')
    return { path: message.path, message: `empty for ${kind} that fails the validation` };
  return undefined;
}

/** A policy that does not let go what is being deleted. */
export const blocksDeletion: Trap = {
  id: 'blocks-deletion',
  title: 'keeps objects that are being deleted from going away',
  severity: 'medium',
  why: 'Removing a finalizer is an UPDATE: an object that was there before the policy and fails it can be deleted, but never loses its finalizers and stays terminating.',
  fix: 'Add the match condition `!has(object.metadata.deletionTimestamp)`, and let updates pass that do not change what is judged.',
  *inPolicy(linted) {
    const { policy, bindings, reaches } = linted;
    const denies =
      bindings.length === 0 ||
      bindings.some(({ definition }) => definition.validationActions.includes('Deny'));
    if (!denies) return;
    for (const { object, reach, probe } of linted.witnesses) {
      const update = reaches.find(
        (one) => one.operation === 'UPDATE' && one.subresource === '' && one.resource === reach.resource,
      );
      if (update === undefined || probe.conditions().kind === 'not-met') continue;
      const failing = policy.validations.find((one) => probe.result(one) === false);
      if (failing === undefined) continue;
      const going = deleting(object, []);
      const removal = linted.probeWith(update, {
        object: going,
        oldObject: deleting(object, ['example.com/finalizer']),
      });
      if (removal.conditions().kind === 'not-met' || removal.result(failing) !== false) continue;
      yield {
        path: failing.path,
        message: `${withArticle(kindOf(object))} that fails this cannot lose its finalizers: it stays terminating`,
      };
      return;
    }
  },
};

function deleting(object: JsonObject, finalizers: readonly string[]): JsonObject {
  const metadata = object['metadata'] as JsonObject;
  const going = { ...metadata, deletionTimestamp: '2026-01-01T00:00:00Z', deletionGracePeriodSeconds: 0 };
  return { ...object, metadata: finalizers.length === 0 ? going : { ...going, finalizers } };
}

const kindOf = (object: JsonObject): string => String(object['kind']);

const withArticle = (kind: string): string => `${/^[AEIO]/.test(kind) ? 'an' : 'a'} ${kind}`;
