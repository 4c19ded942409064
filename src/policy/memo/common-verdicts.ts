import { Readings } from '../../cel/footprint/place.ts';
import type { JsonObject } from '../../model/object.ts';
import type { CompiledPolicy } from '../policy.ts';
import type { AdmissionRequest } from '../request.ts';
import { keysOfSets, mostWantedFirst } from './chain.ts';
import { FacetReader } from './facet-reader.ts';
import { type Facet, Facets, isMap } from './facet.ts';
import { whereaboutsOf } from './part.ts';
import { missingOf, type Part, PolicyFootprints } from './policy-footprint.ts';
import type { PlainVerdict } from './plain-verdict.ts';

/** What a group says of what it sees: the same array for objects of all kinds. */
export type Said = readonly PlainVerdict[];

/** The parameter with which a policy judges; `null` where it has none, undefined where that is not known. */
export type Param = JsonObject | null | undefined;

/** Policies to which the same parts matter, of objects of any kind. */
export interface CommonGroup {
  /** In an order that stays. */
  readonly facets: readonly Facet[];
  readonly policies: readonly CompiledPolicy[];
  /** Of each policy. */
  readonly params: readonly Param[];
  /** Those at which they look. */
  readonly parts: readonly Part[];
  /** A verdict of each, by the number of what the facets hold. */
  readonly said: Map<number, Said>;
}

/**
 * What the verdict memos of several kinds have in common. Most policies on workloads look for the pod's specification by the kind
 * and at nothing else, so what they said of a Deployment holds for a CronJob with the same one.
 */
export class CommonVerdicts {
  /** Reads what {@link partsFinder} finds. */
  reader: FacetReader | undefined;
  private groups: readonly CommonGroup[] = [];
  private sample: AdmissionRequest | undefined;
  private era = 0;

  /** Takes the policies that only look at parts; the first who calls it decides. */
  open(policies: readonly CompiledPolicy[], params: readonly Param[], sample: AdmissionRequest): void {
    if (this.reader !== undefined) return;
    const footprints = new PolicyFootprints(sample, true);
    const all = new Readings();
    const found: Looking[] = [];
    for (const [i, policy] of policies.entries()) {
      const param = params[i];
      const readings = param === undefined ? undefined : footprints.of(policy, param);
      if (readings === undefined) continue;
      const places = [...readings.places.keys(), ...readings.tests.keys()];
      if (!places.some((place) => footprints.isPart(place))) continue;
      all.addAll(readings);
      found.push({ policy, param, readings });
    }
    if (found.length === 0) return;
    const facets = new Facets(footprints.root, all);
    this.sample = sample;
    this.groups = grouped(found, facets, [...footprints.parts.values()]);
    this.reader = new FacetReader(facets);
  }

  /** The groups whose policies are all asked about the objects for which another sample stands, with the same parameters. */
  groupsOf(
    policies: readonly CompiledPolicy[],
    params: readonly Param[],
    { operation, oldObject }: AdmissionRequest,
  ): readonly CommonGroup[] {
    const { sample } = this;
    if (operation !== sample?.operation || (oldObject === null) !== (sample.oldObject === null)) return [];
    const asked = new Map(policies.map((policy, i) => [policy, params[i]]));
    const isAsked = (group: CommonGroup): boolean =>
      group.policies.every((policy, i) => asked.get(policy) === group.params[i]);
    return this.groups.filter(isAsked);
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

/**
 * Finds all that groups look at in an object of a kind; what it returns is undefined where a part is not there, or takes more to be
 * found.
 */
export function partsFinder(groups: readonly CommonGroup[], kind: string): (object: unknown) => unknown {
  const parts = [...new Set(groups.flatMap((group) => group.parts))];
  const places = parts.map(({ name, plan }) => ({
    name,
    missing: missingOf(name),
    ...whereaboutsOf(plan, kind)!,
  }));
  return (object) => {
    if (!isMap(object)) return undefined;
    const found: Record<string, unknown> = {};
    if (Object.hasOwn(object, 'metadata')) found['metadata'] = object['metadata'];
    for (const { name, missing, find } of places) {
      const part = find(object);
      if (part === undefined) return undefined;
      found[name] = part.value;
      found[missing] = part.missing;
    }
    return found;
  };
}

/** A policy with what it looks at. */
interface Looking {
  readonly policy: CompiledPolicy;
  readonly param: Param;
  readonly readings: Readings;
}

function grouped(found: readonly Looking[], facets: Facets, parts: readonly Part[]): readonly CommonGroup[] {
  const keyOf = keysOfSets();
  const groups = new Map<
    string,
    Omit<CommonGroup, 'said'> & { policies: CompiledPolicy[]; params: Param[] }
  >();
  for (const { policy, param, readings } of found) {
    const held = [...facets.holding(readings)];
    // Policies on the same resources are asked about the same objects.
    const key = `${keyOf(held)} ${JSON.stringify(policy.definition.matchConstraints)}`;
    const group = groups.get(key);
    if (group === undefined) {
      const read = parts.filter(({ missing }) => readings.places.has(missing));
      groups.set(key, { facets: held, policies: [policy], params: [param], parts: read });
    } else {
      group.policies.push(policy);
      group.params.push(param);
    }
  }
  const ordered = mostWantedFirst([...groups.values()].map((group) => group.facets));
  return [...groups.values()].map((group) => ({ ...group, facets: ordered(group.facets), said: new Map() }));
}
