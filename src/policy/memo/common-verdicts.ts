import { Readings } from '../../cel/footprint/place.ts';
import type { CompiledPolicy } from '../policy.ts';
import type { AdmissionRequest } from '../request.ts';
import { mostWantedFirst } from './chain.ts';
import { FacetReader } from './facet-reader.ts';
import { type Facet, Facets, isMap } from './facet.ts';
import { whereaboutsOf } from './part.ts';
import { missingOf, type Part, PolicyFootprints } from './policy-footprint.ts';
import type { PlainVerdict } from './verdict-memo.ts';

/** What a group says of what it sees: the same array for objects of all kinds. */
export type Said = readonly PlainVerdict[];

/** Policies to which the same parts matter, of objects of any kind. */
export interface CommonGroup {
  /** In an order that stays. */
  readonly facets: readonly Facet[];
  readonly policies: readonly CompiledPolicy[];
  /** A verdict of each, by the number of what the facets hold. */
  readonly said: Map<number, Said>;
}

/** The parts in the objects of one kind. */
export interface Parts {
  /** The fields that lead to each. */
  readonly fields: readonly (readonly string[])[];
  /** All that the groups look at in an object; undefined where a part is not there. */
  readonly find: (object: unknown) => unknown;
}

/**
 * What the verdict memos of several kinds have in common. Most policies on workloads look for the pod's specification by the kind
 * and at nothing else, so what they said of a Deployment holds for a CronJob with the same one.
 */
export class CommonVerdicts {
  /** Reads what {@link partsOf} finds. */
  reader: FacetReader | undefined;
  private groups: readonly CommonGroup[] = [];
  private parts: readonly Part[] = [];
  private sample: AdmissionRequest | undefined;
  private era = 0;

  /** Takes the policies that only look at parts; the first who calls it decides. */
  open(policies: readonly CompiledPolicy[], sample: AdmissionRequest): void {
    if (this.reader !== undefined) return;
    const footprints = new PolicyFootprints(sample, true);
    const all = new Readings();
    const found: { policy: CompiledPolicy; readings: Readings }[] = [];
    for (const policy of policies) {
      if (policy.definition.paramKind !== undefined) continue;
      const readings = footprints.of(policy, null);
      if (readings === undefined) continue;
      const places = [...readings.places.keys(), ...readings.tests.keys()];
      if (!places.some((place) => footprints.isPart(place))) continue;
      all.addAll(readings);
      found.push({ policy, readings });
    }
    if (found.length === 0) return;
    const facets = new Facets(footprints.root, all);
    this.sample = sample;
    this.parts = [...footprints.parts.values()];
    this.groups = grouped(found, facets);
    this.reader = new FacetReader(facets);
  }

  /** The groups whose policies are all asked about the objects for which another sample stands. */
  groupsOf(
    policies: ReadonlySet<CompiledPolicy>,
    { operation, oldObject }: AdmissionRequest,
  ): readonly CommonGroup[] {
    const isAlike =
      operation === this.sample?.operation && (oldObject === null) === (this.sample.oldObject === null);
    return isAlike
      ? this.groups.filter((group) => group.policies.every((policy) => policies.has(policy)))
      : [];
  }

  partsOf(kind: string): Parts {
    const parts = this.parts.map(({ name, plan }) => ({ name, ...whereaboutsOf(plan, kind)! }));
    const find = (object: unknown): unknown => {
      if (!isMap(object)) return undefined;
      const found: Record<string, unknown> = {};
      if (Object.hasOwn(object, 'metadata')) found['metadata'] = object['metadata'];
      for (const part of parts) {
        const there = part.find(object);
        if (there === undefined) return undefined;
        found[part.name] = there.value;
        found[missingOf(part.name)] = there.missing;
      }
      return found;
    };
    return { fields: parts.map(({ fields }) => fields), find };
  }

  /** Numbers what the groups look at; what was said is forgotten once the numbers start anew. */
  read(parts: unknown): void {
    const { reader } = this;
    if (reader === undefined) return;
    reader.read(() => parts);
    if (reader.era === this.era) return;
    this.era = reader.era;
    for (const { said } of this.groups) said.clear();
  }
}

function grouped(
  found: readonly { readonly policy: CompiledPolicy; readonly readings: Readings }[],
  facets: Facets,
): readonly CommonGroup[] {
  const numbers = new Map<Facet, number>();
  const groups = new Map<string, { facets: readonly Facet[]; policies: CompiledPolicy[] }>();
  for (const { policy, readings } of found) {
    const held = [...facets.holding(readings)];
    for (const facet of held) if (!numbers.has(facet)) numbers.set(facet, numbers.size);
    const set = held
      .map((facet) => numbers.get(facet)!)
      .sort((a, b) => a - b)
      .join();
    // Policies on the same resources are asked about the same objects.
    const key = `${set} ${JSON.stringify(policy.definition.matchConstraints)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { facets: held, policies: [policy] });
    else group.policies.push(policy);
  }
  const ordered = mostWantedFirst([...groups.values()].map((group) => group.facets));
  return [...groups.values()].map((group) => ({ ...group, facets: ordered(group.facets), said: new Map() }));
}
