import type { Manifest } from '../collect/manifests.ts';
import { type DerivationName, derivations } from '../derive/derivation.ts';
import type { Derived } from '../derive/derived.ts';
import type { Entry, Inventory } from '../derive/inventory.ts';
import type { Rule } from './ruleset.ts';

/** How many derived objects of a derivation are held for failures, whatever they fail. */
const mostHeld = 250;
/** How many are held for each rule at least: those that the first screen shows are among them. */
const fewHeld = 16;

/** How often a derivation is made again for those who ask in another order, before all of it is held. */
const mostPasses = 3;

/**
 * Derived objects for those who look at a finding later. All of them are much larger than what is kept of the objects they
 * are made of, so but for a few they are derived again when the first one is asked for.
 */
export class DerivedAgain {
  private readonly name: DerivationName;
  private readonly inventory: () => Inventory;
  private readonly entryOf: (manifest: Manifest) => Entry;
  private readonly held = new Map<Entry, Derived>();
  private readonly heldFor = new Map<Rule, number>();
  private readonly most: number;
  private rest: Iterator<Derived> | undefined;
  private last: Derived | undefined;
  private passes = 0;
  private known: Map<Entry, Derived> | undefined;

  constructor(
    name: DerivationName,
    inventory: () => Inventory,
    entryOf: (manifest: Manifest) => Entry,
    keepsAll: boolean,
  ) {
    this.name = name;
    this.inventory = inventory;
    this.entryOf = entryOf;
    this.most = keepsAll ? Infinity : mostHeld;
  }

  /** Holds a derived object that will be asked for, unless there are many already that fail the same. */
  hold(derived: Derived, failing: readonly Rule[]): void {
    const isFew = failing.some((rule) => (this.heldFor.get(rule) ?? 0) < fewHeld);
    if (this.held.size >= this.most && !isFew) return;
    this.held.set(derived.entry, derived);
    for (const rule of failing) this.heldFor.set(rule, (this.heldFor.get(rule) ?? 0) + 1);
  }

  /** The object derived of a manifest. */
  of(manifest: Manifest): Derived {
    const entry = this.entryOf(manifest);
    return this.held.get(entry) ?? this.find(entry);
  }

  /** Whoever reads all findings asks in the order of the input: then one pass finds them all, and holds none of them. */
  private find(entry: Entry): Derived {
    const known = this.known?.get(entry);
    if (known !== undefined) return known;
    if (this.last?.entry === entry) return this.last;
    for (; this.passes <= mostPasses; this.passes++) {
      this.rest ??= derivations[this.name].derive(this.inventory())[Symbol.iterator]();
      for (let next = this.rest.next(); next.done !== true; next = this.rest.next()) {
        this.last = next.value;
        if (next.value.entry === entry) return next.value;
      }
      this.rest = undefined;
    }
    const all = [...derivations[this.name].derive(this.inventory())];
    this.known = new Map(all.map((derived) => [derived.entry, derived]));
    return this.known.get(entry)!;
  }
}
