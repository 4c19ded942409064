/**
 * A place in the values of a variable, whatever the value: `object.spec.containers[].image`. Places form a tree, and each
 * stands in it once, so that two expressions that read the same fields name the same places.
 */
export class Place {
  readonly fields = new Map<string, Place>();
  private ofItems: Place | undefined;
  private ofEntries: Place | undefined;
  private readonly root: Place;

  private constructor(root: Place | undefined) {
    this.root = root ?? this;
  }

  /** The place of a whole value, in a tree of its own. */
  static root(): Place {
    return new Place(undefined);
  }

  /** Whether it belongs to the tree of a root. */
  isBelow(root: Place): boolean {
    return this.root === root;
  }

  /** The place of a field by its name, or of a map's entry by its key. */
  field(name: string): Place {
    let place = this.fields.get(name);
    if (place === undefined) this.fields.set(name, (place = new Place(this.root)));
    return place;
  }

  /** The place that all elements of a list share; a map has none there, since whoever goes through a map goes through its keys. */
  items(): Place {
    return (this.ofItems ??= new Place(this.root));
  }

  /** The place that all elements of a list or all values of a map share. */
  entries(): Place {
    return (this.ofEntries ??= new Place(this.root));
  }

  /** The places of items and entries where anything names them. */
  get named(): { readonly items: Place | undefined; readonly entries: Place | undefined } {
    return { items: this.ofItems, entries: this.ofEntries };
  }
}

/**
 * What is read at a place: whether there is a value, and whether it is null (`presence`); of what type it is, and how long a
 * list or which keys a map has (`shape`, all of a scalar); the same and all of a list (`members`); or all of it (`whole`).
 * Each includes the ones before.
 */
export type Reading = 'presence' | 'shape' | 'members' | 'whole';

const order: readonly Reading[] = ['presence', 'shape', 'members', 'whole'];

/** A question about a string whose answer is all that is read of it; equal keys for equal questions. */
export interface StringTest {
  readonly key: string;
  readonly holds: (text: string) => boolean;
}

/** What is read at each place. */
export class Readings {
  readonly places = new Map<Place, Reading>();
  /** What is asked of strings at places that are read no further. */
  readonly tests = new Map<Place, ReadonlyMap<string, StringTest>>();

  add(place: Place, reading: Reading): void {
    const known = this.places.get(place);
    if (known === undefined || order.indexOf(known) < order.indexOf(reading)) this.places.set(place, reading);
  }

  addTest(place: Place, test: StringTest): void {
    this.tests.set(place, new Map(this.tests.get(place)).set(test.key, test));
  }

  addAll({ places, tests }: Readings): void {
    for (const [place, reading] of places) this.add(place, reading);
    for (const [place, asked] of tests)
      this.tests.set(place, new Map([...(this.tests.get(place) ?? []), ...asked]));
  }
}
