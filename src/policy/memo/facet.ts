import { longestTested } from '../../cel/footprint/footprint.ts';
import type { Place, Reading, Readings, StringTest } from '../../cel/footprint/place.ts';
import { absent, deepest, empty, type Interner, isPlain, level, present } from './interner.ts';

/**
 * A part of an object that is compared as one: all that any policy reads of a field, or of the same field of all elements
 * of a list (`spec.containers[].securityContext.privileged`).
 */
export interface Facet {
  /** The number of what the object that was read last has there. */
  number: number;
  /** The number before that, and with which object it changed. */
  before: number;
  changedAt: number;
}

/** A place with what is read at it and below. */
interface Part {
  /** All of it, answers to questions about a text, whether it is there, or more than that. */
  readonly how: 'whole' | 'questions' | 'presence' | 'below';
  readonly reading: Reading;
  readonly tests: readonly StringTest[];
  /** The answers to texts that were seen before, a bit for each question. */
  readonly answers: Map<string, number>;
  readonly fields: readonly (readonly [string, Part])[];
  readonly items: Part | undefined;
  readonly entries: Part | undefined;
}

interface ReadFacet {
  readonly facet: Facet;
  readonly part: Part;
}

/** How an object is taken apart into facets; `facets` are all of them. */
interface Cut {
  readonly facets: readonly Facet[];
  /** What is read here as one. */
  readonly here: readonly ReadFacet[];
  readonly fields: ReadonlyMap<string, Cut>;
  /** The elements of a list. */
  readonly items: Cut | undefined;
  /** The number of the map that had this field last. */
  found: number;
}

/** The facets of the objects of one resource. */
export class Facets {
  /** The facet of what is read at a place itself. */
  private readonly here = new Map<Place, Facet>();
  /** The facet of the answers to questions, at places of which more is read. */
  private readonly answers = new Map<Place, Facet>();
  /** The facet of how long a list is or which keys a map has, at places of which more is read. */
  private readonly shapes = new Map<Place, Facet>();
  /** The facet of whether there is a value, at places of which more is read. */
  private readonly presence = new Map<Place, Facet>();
  /** All of which whether there is a value at the place is a part. */
  private readonly below = new Map<Place, readonly Facet[]>();
  private readonly readings: Readings;
  private readonly all: Cut;
  private cut: Cut;
  private maps = 0;
  private objects = 0;

  /** `readings` is what all policies together read below `root`. */
  constructor(root: Place, readings: Readings) {
    this.readings = readings;
    this.all = this.cutAt(root, 0, false);
    this.cut = this.all;
  }

  /** The facets that together tell everything of these readings. */
  holding({ places, tests }: Readings): ReadonlySet<Facet> {
    const facets = new Set<Facet>();
    const shown: (readonly Facet[])[] = [];
    for (const place of new Set([...places.keys(), ...tests.keys()])) {
      const facet = this.here.get(place);
      const below = this.below.get(place);
      const isMore = (places.get(place) ?? 'presence') !== 'presence' || tests.has(place);
      const presence = this.presence.get(place);
      const reading = places.get(place) ?? 'presence';
      const answers = reading === 'presence' ? this.answers.get(place) : undefined;
      const shape = reading === 'shape' && !tests.has(place) ? this.shapes.get(place) : undefined;
      if (facet !== undefined && isMore) facets.add(answers ?? shape ?? facet);
      else if (below === undefined) facets.add((presence ?? facet)!);
      else shown.push(presence === undefined ? below : [presence, ...below]);
    }
    for (const found of shown)
      if (found.length > 0 && !found.some((facet) => facets.has(facet))) facets.add(found[0]!);
    return facets;
  }

  /** From now on only these are read. */
  narrow(wanted: ReadonlySet<Facet>): void {
    this.cut = narrowed(this.all, wanted);
  }

  /** Numbers the facets by what an object has there; returns the number of the object for {@link Facet.changedAt}. */
  read(object: unknown, interner: Interner): number {
    const { facets } = this.cut;
    for (let i = 0; i < facets.length; i++) facets[i]!.number = empty;
    this.readCut(this.cut, object, 0, interner);
    const at = ++this.objects;
    for (let i = 0; i < facets.length; i++) {
      const facet = facets[i]!;
      if (facet.number === facet.before) continue;
      facet.before = facet.number;
      facet.changedAt = at;
    }
    return at;
  }

  /** Lets every facet count as changed: for numbers of another interner. */
  forget(): void {
    for (const facet of this.all.facets) facet.before = empty;
  }

  /** Lets the numbers of the facets go on with what is read of a value. */
  private readCut(cut: Cut, value: unknown, depth: number, interner: Interner): void {
    const { here, fields, items } = cut;
    for (let i = 0; i < here.length; i++) {
      const { facet, part } = here[i]!;
      facet.number = joinPart(facet.number, part, value, interner);
    }
    if (items !== undefined) {
      if (Array.isArray(value)) {
        // Lists in lists are not taken apart, so nothing has been read of these facets yet.
        const start = interner.joinLength(empty, value.length);
        for (const facet of items.facets) facet.number = start;
        for (let i = 0; i < value.length; i++) this.readCut(items, value[i], depth + 1, interner);
      } else readOther(items.facets, value, depth, interner);
    }
    if (fields.size === 0) return;
    if (isMap(value)) this.readFields(fields, value, depth, interner);
    else for (const field of fields.values()) readOther(field.facets, value, depth, interner);
  }

  /** Goes through the keys that are there, which are few, and not through all that could be: so each is a lookup that hits. */
  private readFields(
    fields: ReadonlyMap<string, Cut>,
    value: Readonly<Record<string, unknown>>,
    depth: number,
    interner: Interner,
  ): void {
    const map = ++this.maps;
    let missing = fields.size;
    for (const key in value) {
      const field = fields.get(key);
      if (field === undefined) continue;
      missing--;
      field.found = map;
      this.readCut(field, value[key], depth + 1, interner);
    }
    if (missing === 0) return;
    for (const field of fields.values())
      if (field.found !== map) readOther(field.facets, undefined, depth + 1, interner);
  }

  /** Fields become facets of their own, but those of lists in lists. */
  private cutAt(place: Place, depth: number, inList: boolean): Cut {
    const { items, entries } = place.named;
    if (depth >= deepest) return this.leaf(place);
    const reading = this.readings.places.get(place) ?? 'presence';
    const isCut = !inList && items !== undefined && items.fields.size > 0;
    const own = this.partAt(place);
    const here: ReadFacet[] = [];
    const isRead = reading !== 'presence' || this.readings.tests.has(place);
    if (isRead || (place.fields.size === 0 && entries === undefined)) {
      const part = partOf({ ...own, fields: [], entries: undefined, items: isCut ? undefined : own.items });
      here.push({ facet: unread(), part });
      this.here.set(place, here[0]!.facet);
      if (isRead) {
        // For those who ask for no more than whether it is there.
        here.push({ facet: unread(), part: onlyPresence });
        this.presence.set(place, here[1]!.facet);
      }
      if (reading === 'members' || reading === 'whole') {
        const facet = unread();
        here.push({ facet, part: partOf({ ...onlyPresence, reading: 'shape' }) });
        this.shapes.set(place, facet);
      }
      if (reading !== 'presence' && own.tests.length > 0 && own.tests.length <= mostTests) {
        // And for those who only ask questions where others read all.
        const facet = unread();
        here.push({ facet, part: onlyTests(own.tests) });
        this.answers.set(place, facet);
      }
      if (!isCut && items !== undefined) this.assign(items, here[0]!.facet);
    }
    if (entries !== undefined) {
      const facet = unread();
      const shaped = { ...onlyPresence, reading: 'shape' } as const;
      here.push({ facet, part: partOf({ ...shaped, entries: own.entries }) });
      this.assign(entries, facet);
      const { tests } = own.entries!;
      if (own.entries!.reading !== 'presence' && tests.length > 0 && tests.length <= mostTests) {
        const answering = unread();
        here.push({ facet: answering, part: partOf({ ...shaped, entries: onlyTests(tests) }) });
        this.answers.set(entries, answering);
      }
    }
    const fields = new Map(
      [...place.fields].map(([name, field]) => [name, this.cutAt(field, depth + 1, inList)] as const),
    );
    const cutItems = isCut ? this.cutAt(items, depth + 1, true) : undefined;
    const facets = [
      ...here.map(({ facet }) => facet),
      ...[...fields.values()].flatMap((cut) => cut.facets),
      ...(cutItems?.facets ?? []),
    ];
    if (facets.length > here.length || entries !== undefined) this.below.set(place, facets);
    return { facets, here, fields, items: cutItems, found: 0 };
  }

  private leaf(place: Place): Cut {
    const here = { facet: unread(), part: this.partAt(place) };
    this.assign(place, here.facet);
    return { facets: [here.facet], here: [here], fields: new Map(), items: undefined, found: 0 };
  }

  private assign(place: Place, facet: Facet): void {
    this.here.set(place, facet);
    for (const field of place.fields.values()) this.assign(field, facet);
    const { items, entries } = place.named;
    if (items !== undefined) this.assign(items, facet);
    if (entries !== undefined) this.assign(entries, facet);
  }

  private partAt(place: Place): Part {
    const { places, tests } = this.readings;
    const asked = [...(tests.get(place)?.values() ?? [])];
    const { items, entries } = place.named;
    return partOf({
      reading: asked.length > mostTests ? 'whole' : (places.get(place) ?? 'presence'),
      tests: asked,
      answers: new Map(),
      fields: [...place.fields].map(([name, field]) => [name, this.partAt(field)] as const),
      items: items === undefined ? undefined : this.partAt(items),
      entries: entries === undefined ? undefined : this.partAt(entries),
    });
  }
}

function partOf(part: Omit<Part, 'how'>): Part {
  return { ...part, how: howToRead(part) };
}

function howToRead({ reading, tests, fields, items, entries }: Omit<Part, 'how'>): Part['how'] {
  if (reading === 'whole') return 'whole';
  if (reading !== 'presence' || fields.length > 0 || entries !== undefined) return 'below';
  if (tests.length > 0) return 'questions';
  return items === undefined ? 'presence' : 'below';
}

const onlyPresence: Part = partOf({
  reading: 'presence',
  tests: [],
  answers: new Map(),
  fields: [],
  items: undefined,
  entries: undefined,
});

function onlyTests(tests: readonly StringTest[]): Part {
  return partOf({ ...onlyPresence, tests, answers: new Map() });
}

function unread(): Facet {
  return { number: empty, before: empty, changedAt: 0 };
}

/** As many answers as there are bits in a small integer. */
const mostTests = 30;
/** Texts whose answers are kept at a place. */
const mostAnswered = 4096;

function narrowed(cut: Cut, wanted: ReadonlySet<Facet>): Cut {
  const fields = [...cut.fields].map(([name, field]) => [name, narrowed(field, wanted)] as const);
  return {
    facets: cut.facets.filter((facet) => wanted.has(facet)),
    here: cut.here.filter(({ facet }) => wanted.has(facet)),
    fields: new Map(fields.filter(([, field]) => field.facets.length > 0)),
    items: cut.items === undefined ? undefined : narrowed(cut.items, wanted),
    found: 0,
  };
}

/** What stands where there should be a list or a map: the level tells it from the same in other places. */
function readOther(facets: readonly Facet[], value: unknown, depth: number, interner: Interner): void {
  const at = interner.join(empty, level + depth);
  const other = value === undefined ? at : interner.joinValue(at, value);
  for (let i = 0; i < facets.length; i++) facets[i]!.number = interner.join(facets[i]!.number, other);
}

/** A sequence that goes on with what is read of a value. */
function joinPart(sequence: number, part: Part, value: unknown, interner: Interner): number {
  const { how } = part;
  if (value === undefined) return interner.join(sequence, absent);
  if (how === 'whole') return interner.joinValue(sequence, value);
  if (how === 'questions' && typeof value === 'string' && value.length <= longestTested)
    return joinTests(sequence, part, value, interner);
  if (how === 'presence' && value !== null && !isUnusual(value)) return interner.join(sequence, present);
  const { reading, tests, fields, items, entries } = part;
  if (Array.isArray(value)) {
    const isWhole = fields.length > 0 || tests.length > 0 || reading === 'members';
    if (isWhole) return interner.joinValue(sequence, value);
    let joined = interner.joinLength(sequence, value.length);
    for (const item of value) {
      if (items !== undefined) joined = joinPart(joined, items, item, interner);
      if (entries !== undefined) joined = joinPart(joined, entries, item, interner);
    }
    return joined;
  }
  if (!isMap(value) || tests.length > 0) return interner.joinValue(sequence, value);
  const isShape = reading !== 'presence' || entries !== undefined;
  let joined = isShape ? interner.joinKeys(sequence, value) : interner.join(sequence, present);
  for (const [name, field] of fields) {
    // Fields may be called like what every object of JavaScript has: `constructor`, `__proto__`.
    const held = Object.hasOwn(value, name) ? value[name] : undefined;
    joined = joinPart(joined, field, held, interner);
  }
  if (entries !== undefined)
    for (const key of Object.keys(value)) joined = joinPart(joined, entries, value[key], interner);
  return joined;
}

function joinTests(sequence: number, { tests, answers }: Part, text: string, interner: Interner): number {
  let answer = answers.get(text);
  if (answer === undefined) {
    answer = 0;
    for (let i = 0; i < tests.length; i++) if (tests[i]!.holds(text)) answer |= 1 << i;
    if (answers.size >= mostAnswered) answers.clear();
    answers.set(text, answer);
  }
  return interner.joinAnswers(sequence, answer);
}

/** Whether it is a map of JSON. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && isPlain(value);
}

/** A value of a class, of which being there is not all there is to it. */
function isUnusual(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isPlain(value);
}
