import type { Readings } from '../../cel/footprint/place.ts';
import type { CompiledPolicy } from '../policy.ts';
import type { AdmissionRequest } from '../request.ts';
import { keysOfSets, mostWantedFirst, type Onlooker } from './chain.ts';
import type { CommonGroup, CommonVerdicts, Param } from './common-verdicts.ts';
import type { FacetReader } from './facet-reader.ts';
import type { Facet, Facets } from './facet.ts';
import { whereaboutsOf } from './part.ts';
import type { PlainVerdict } from './plain-verdict.ts';

/** Stands for all that a policy looked at in an object. */
export interface Alike {
  /** Undefined where nothing is known of objects of other kinds. */
  readonly elsewhere?: Elsewhere | undefined;
}

/** Objects of several kinds look the same to a policy, each in places of its own. */
export interface Elsewhere {
  /** The same one for all of them. */
  readonly said: object;
  /** The fields that lead to the parts at which policies look, in the same order for each kind. */
  readonly parts: readonly (readonly string[])[];
}

/** The share of its policies that a memo has to have in common with others. */
const muchInCommon = 0.4;

/** Policies to which the same part of an object matters. */
export interface Group extends Onlooker {
  /** Who reads what it looks at. */
  readonly reader: FacetReader;
  readonly steps: readonly number[];
  /** Undefined where its policies are asked about objects of one kind only. */
  readonly common: InCommon | undefined;
  /** What they said of what has been seen, by the number of what the facets hold and of the parameters. */
  readonly known: Map<number, Saying>;
  /** Since the last review: how often it was asked, and how often it had to judge. */
  asked: number;
  judged: number;
  /** Those of its policies of which likeness is asked. */
  readonly watched: readonly string[];
  /** What they said last, and of which object. */
  last: Saying | undefined;
  lastAt: number;
}

/** What a group has in common with those of other kinds. */
interface InCommon {
  /** What its policies said of objects of any kind, by the same numbers. */
  readonly said: CommonGroup['said'];
  readonly parts: Elsewhere['parts'];
}

/** What the policies of a group say. */
export interface Saying extends Alike {
  readonly verdicts: readonly PlainVerdict[];
  /** Its own: it stands for all that the policies of the group looked at. */
  readonly id: number;
  /** Equal for equal verdicts. */
  readonly number: number;
}

/** The groups that a memo has in common with those of other kinds. */
export function commonGroups(
  common: CommonVerdicts,
  policies: readonly CompiledPolicy[],
  params: readonly Param[],
  sample: AdmissionRequest,
): readonly CommonGroup[] {
  common.open(policies, params, sample);
  const groups = common.groupsOf(policies, params, sample);
  // Of a kind that has little in common with the others it is not worth while to look for the parts.
  const count = groups.reduce((sum, group) => sum + group.policies.length, 0);
  return count < policies.length * muchInCommon ? [] : groups;
}

/** Policies by what they look at, where that is known. */
export function ownGroups(
  readings: readonly (Readings | undefined)[],
  facets: Facets,
  reader: FacetReader,
  names: ReadonlyMap<number, string>,
): readonly Group[] {
  const keyOf = keysOfSets();
  const bySet = new Map<string, { facets: readonly Facet[]; steps: number[] }>();
  for (const [step, one] of readings.entries()) {
    if (one === undefined) continue;
    const held = [...facets.holding(one)];
    const key = keyOf(held);
    const group = bySet.get(key);
    if (group === undefined) bySet.set(key, { facets: held, steps: [step] });
    else group.steps.push(step);
  }
  const sets = [...bySet.values()];
  const ordered = mostWantedFirst(sets.map((set) => set.facets));
  return sets.map((set) => newGroup(reader, ordered(set.facets), set.steps, names, undefined));
}

/** A group of a memo on objects of a kind; `steps` are the places of its policies there. */
export function groupOfKind(
  { facets, policies, parts, said }: CommonGroup,
  kind: string,
  reader: FacetReader,
  steps: ReadonlyMap<CompiledPolicy, number>,
  names: ReadonlyMap<number, string>,
): Group {
  const places = policies.map((policy) => steps.get(policy)!);
  const fields = parts.map(({ plan }) => whereaboutsOf(plan, kind)!.fields);
  return newGroup(reader, facets, places, names, { said, parts: fields });
}

function newGroup(
  reader: FacetReader,
  facets: readonly Facet[],
  steps: readonly number[],
  names: ReadonlyMap<number, string>,
  common: InCommon | undefined,
): Group {
  const watched = steps.flatMap((step) => names.get(step) ?? []);
  const none = { chain: undefined, asked: 0, judged: 0, last: undefined, lastAt: 0 };
  return { reader, facets, steps, watched, common, known: new Map(), ...none };
}
