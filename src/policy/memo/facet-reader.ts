import { chained, type Chain, type Onlooker, renew } from './chain.ts';
import type { Facets } from './facet.ts';
import { empty, Interner } from './interner.ts';

/** Pairs that are kept at most, some 60 bytes each. */
const mostKept = 250_000;

/** Reads objects for those who look at parts of them. */
export class FacetReader {
  /** The number of the object that was read last. */
  at = 0;
  /** Another one once the numbers of chains start anew: what was known by them is to be forgotten. */
  era = 0;
  private readonly facets: Facets;
  private readonly onlookers = new Set<Onlooker>();
  private interner = new Interner();
  private chains: readonly Chain[] = [];

  constructor(facets: Facets) {
    this.facets = facets;
  }

  /** Reads for these, too, and no longer for those. */
  change(added: readonly Onlooker[], gone: readonly Onlooker[]): void {
    for (const onlooker of gone) this.onlookers.delete(onlooker);
    for (const onlooker of added) this.onlookers.add(onlooker);
    this.chains = chained(this.onlookers);
    this.facets.narrow(new Set([...this.onlookers].flatMap(({ facets }) => facets)));
  }

  /** Numbers the chains of the onlookers by an object, which is asked for only if anybody looks at it. */
  read(object: () => unknown): void {
    if (this.interner.size > mostKept) this.forget();
    if (this.chains.length === 0) return;
    this.at = this.facets.read(object(), this.interner);
    renew(this.chains, this.at, this.interner);
  }

  private forget(): void {
    this.interner = new Interner();
    this.facets.forget();
    for (const chain of this.chains) chain.number = empty;
    this.era++;
  }
}
