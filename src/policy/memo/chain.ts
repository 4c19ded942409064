import type { Facet } from './facet.ts';
import { empty, type Interner } from './interner.ts';

/** Some facets one after the other: what looks at sets of facets that begin with the same ones shares their chains. */
export interface Chain {
  readonly before: Chain | undefined;
  readonly facet: Facet;
  /** The number of what the facets hold in the object that was read last, and with which object that changed; `empty` before all. */
  number: number;
  changedAt: number;
}

/** Looks at facets, in an order that stays: a chain's number says nothing without it. */
export interface Onlooker {
  readonly facets: readonly Facet[];
  /** Stands for all of the facets; undefined where there are none. */
  chain: Chain | undefined;
}

/** Gives each onlooker its chain; returns all chains, each behind the one it goes on. */
export function chained(onlookers: Iterable<Onlooker>): readonly Chain[] {
  const chains: Chain[] = [];
  const first = new Map<Facet, Chain>();
  const following = new Map<Chain, Map<Facet, Chain>>();
  for (const onlooker of onlookers) {
    let before: Chain | undefined;
    for (const facet of onlooker.facets) {
      let next = before === undefined ? first : following.get(before);
      if (next === undefined) following.set(before!, (next = new Map<Facet, Chain>()));
      let chain = next.get(facet);
      if (chain === undefined) {
        chain = { before, facet, number: empty, changedAt: 0 };
        next.set(facet, chain);
        chains.push(chain);
      }
      before = chain;
    }
    onlooker.chain = before;
  }
  return chains;
}

/** Numbers the chains by what the facets hold in the object that was read last, the `at`th. */
export function renew(chains: readonly Chain[], at: number, interner: Interner): void {
  for (let i = 0; i < chains.length; i++) {
    const chain = chains[i]!;
    const { before, facet } = chain;
    const isAsBefore = facet.changedAt < at && (before === undefined || before.changedAt < at);
    if (isAsBefore && chain.number !== empty) continue;
    const number = before === undefined ? facet.number : interner.join(before.number, facet.number);
    if (number === chain.number) continue;
    chain.number = number;
    chain.changedAt = at;
  }
}

/** Makes a key of a set of facets, equal for equal sets. */
export function keysOfSets(): (facets: Iterable<Facet>) => string {
  const numbers = new Map<Facet, number>();
  const numberOf = (facet: Facet): number => {
    const number = numbers.get(facet) ?? numbers.size;
    numbers.set(facet, number);
    return number;
  };
  return (facets) =>
    [...facets]
      .map(numberOf)
      .sort((a, b) => a - b)
      .join();
}

/** Puts what most sets hold first, so that they share as much of their chains as can be. */
export function mostWantedFirst(
  sets: readonly (readonly Facet[])[],
): (facets: readonly Facet[]) => readonly Facet[] {
  const wanted = new Map<Facet, number>();
  for (const facets of sets) for (const facet of facets) wanted.set(facet, (wanted.get(facet) ?? 0) + 1);
  const sorted = [...wanted].sort(([, a], [, b]) => b - a);
  const order = new Map(sorted.map(([facet], i) => [facet, i]));
  return (facets) => facets.toSorted((a, b) => order.get(a)! - order.get(b)!);
}
