import { derivations } from '../derive/derivation.ts';
import { extract } from '../derive/extract.ts';
import { type Entry, Inventory } from '../derive/inventory.ts';
import { serverView } from '../kube/view/server-view.ts';
import type { Verdict } from '../model/finding.ts';
import type { JsonObject } from '../model/object.ts';
import { formatPath } from '../model/path.ts';
import type { BoundControl } from './bind.ts';
import type { ControlCase } from './case.ts';
import type { Control } from './control.ts';
import { type DerivedJudgement, judgeDerived } from './derived-judgement.ts';

/** What the verdict on several objects is, the first of these that one of them has. */
const order: readonly Verdict[] = ['error', 'fail', 'unknown', 'pass', 'not-applicable'];

/**
 * Why the verdict on the objects of a case, which stand in one folder, is not the expected one; undefined where it is. A
 * failing case names each place as `Kind/name path`, or `Kind/name` for an object as a whole.
 */
export function wrongTogether(
  { derivation }: Control,
  one: ControlCase,
  { bound, parameters }: BoundControl,
  findElements: boolean,
): string | undefined {
  if (derivation === undefined) return 'a case of several "objects" is for a control with a "derivation"';
  if (one.objects === undefined) return 'a control with a "derivation" is tested by "objects"';
  const unreadable = one.objects.map(wrongWithObject).find((reason) => reason !== undefined);
  if (unreadable !== undefined) return unreadable;
  const entries = one.objects.map((object): Entry => {
    const whole = extract(object);
    return { extract: whole, isPartial: false, file: 'tests.yaml', reload: () => whole };
  });
  const inventory = new Inventory(entries, one.isComplete ? 'cluster' : 'folder');
  const judgements = [...derivations[derivation].derive(inventory)].map((derived) => {
    const context = {
      findNamespace: () => undefined,
      params: { objects: parameters, complete: true, scopeOf: () => 'Namespaced' as const },
      findElements,
    };
    return { derived, said: judgeDerived(bound, derivation, derived, context) };
  });
  const verdict =
    order.find((each) => judgements.some(({ said }) => said.verdict === each)) ?? 'not-applicable';
  if (verdict !== one.expect) {
    return `expected ${one.expect}, got ${verdict}${judgements.map(({ said }) => wordsOf(said)).join('')}`;
  }
  if (verdict !== 'fail') return undefined;
  const failing = judgements.filter(({ said }) => said.verdict === 'fail');
  const messages = failing.flatMap(({ said }) => messagesOf(said));
  if (one.message !== undefined && !messages.includes(one.message)) {
    return `expected the message ${JSON.stringify(one.message)}, got ${JSON.stringify(messages)}`;
  }
  if (!findElements) return undefined;
  const places = new Set(
    failing.flatMap(({ derived, said }) => {
      const { kind, name } = derived.entry.extract;
      return said.judgement.validations.flatMap(({ verdict: each, elements }) =>
        each === 'fail'
          ? elements.map(({ path }) => `${kind}/${name} ${formatPath(derived.toObject(path))}`.trim())
          : [],
      );
    }),
  );
  const isSame = places.size === one.paths.length && one.paths.every((path) => places.has(path));
  return isSame
    ? undefined
    : `expected to fail at ${one.paths.join(', ')}, failed at ${[...places].join(', ') || 'no place'}`;
}

/** An object with a field that Kubernetes does not have proves nothing. */
function wrongWithObject(object: JsonObject): string | undefined {
  const { object: seen, problems, unknownFields } = serverView(object);
  const name = String(object['kind']);
  if (seen === null) return `the object ${name} cannot be read: ${problems[0]?.message ?? ''}`;
  const [unknown] = unknownFields;
  return unknown === undefined ? undefined : `${name} has no field ${formatPath(unknown)}`;
}

function messagesOf({ judgement }: DerivedJudgement): string[] {
  return judgement.validations.filter(({ verdict }) => verdict === 'fail').map(({ message }) => message);
}

function wordsOf(said: DerivedJudgement): string {
  const words = [said.reason, ...messagesOf(said)].filter((text) => text !== '');
  return words.length === 0 ? '' : `; ${words.join(', ')}`;
}
