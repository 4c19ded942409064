import { derivations, type DerivationName } from '../derive/derivation.ts';
import type { Derived } from '../derive/derived.ts';
import type { Verdict } from '../model/finding.ts';
import type { JsonObject } from '../model/object.ts';
import {
  type AdmissionRequest,
  type BoundPolicy,
  judge,
  type JudgeContext,
  type Judgement,
} from '../policy/index.ts';

/** What a policy says of a derived object, what is not in the input considered. */
export interface DerivedJudgement {
  readonly verdict: Verdict;
  /** Why it is unknown, not applicable or an error; empty otherwise. */
  readonly reason: string;
  /** The judgement that the verdict comes from; its paths are those of the derived object. */
  readonly judgement: Judgement;
}

const group = 'scantling.dev';
const version = 'v1alpha1';

/** The kind and resource of a derivation's requests, the same objects in all of them. */
const namesOf = new Map<DerivationName, Pick<AdmissionRequest, 'kind' | 'resource'>>();

/** The request that a policy on the objects of a derivation is asked about. */
export function derivedRequest(name: DerivationName, object: JsonObject): AdmissionRequest {
  const { kind, resource } = derivations[name];
  let names = namesOf.get(name);
  if (names === undefined) {
    names = { kind: { group, version, kind }, resource: { group, version, resource } };
    namesOf.set(name, names);
  }
  const metadata = object['metadata'] as { name: string; namespace?: string };
  return {
    ...names,
    operation: 'CREATE',
    subresource: '',
    name: metadata.name,
    namespace: metadata.namespace ?? '',
    scope: 'Namespaced',
    object,
    oldObject: null,
  };
}

/**
 * Judges a derived object twice where it has two readings. What fails even if everything exists that could stand elsewhere
 * fails; what fails in one reading only is unknown.
 */
export function judgeDerived(
  bound: BoundPolicy,
  name: DerivationName,
  { seen, assumed }: Derived,
  context: JudgeContext,
): DerivedJudgement {
  const ask = (object: JsonObject): Judgement => judge([bound], derivedRequest(name, object), context)[0]!;
  const asSeen = ask(seen);
  if (seen === assumed) return plain(asSeen);
  const asAssumed = ask(assumed);
  if (asSeen.verdict === asAssumed.verdict) return plain(asAssumed);
  if (asAssumed.verdict === 'error') return plain(asAssumed);
  if (asSeen.verdict === 'error') return plain(asSeen);
  const failing = asSeen.verdict === 'fail' ? asSeen : asAssumed;
  return { verdict: 'unknown', reason: elsewhere, judgement: failing };
}

/** Why a verdict that depends on what is not in the input is unknown; its judgement says what that is. */
export const elsewhere =
  'what is not in this input may exist elsewhere (--complete says that this is the whole cluster)';

function plain(judgement: Judgement): DerivedJudgement {
  const { verdict, reason } = judgement;
  return { verdict, reason, judgement };
}
