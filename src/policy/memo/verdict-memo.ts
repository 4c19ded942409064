import { Readings } from '../../cel/footprint/place.ts';
import type { JsonObject } from '../../model/object.ts';
import type { CompiledPolicy } from '../policy.ts';
import type { AdmissionRequest } from '../request.ts';
import { type Facet, Facets } from './facet.ts';
import { alikeness, empty, Interner } from './interner.ts';
import { PolicyFootprints } from './policy-footprint.ts';

/** A verdict that needs no words; `other` where it takes more to tell what a policy says. */
export type PlainVerdict = 'pass' | 'fail' | 'not-applicable' | 'other';

/** The places, by their names, of policies of which is told what looks the same to them. */
export type Watched = ReadonlyMap<string, number>;

/**
 * Stands, by the names of the watched, for all that a policy looked at in an object: where two objects have the same thing
 * there, it says the same of the same elements. Other policies may have the same thing, too.
 */
export type Likeness = ReadonlyMap<string, object>;

/** Judges by one of the policies. */
export type JudgeStep = (step: number) => PlainVerdict;

/** Policies to which the same part of an object matters. */
interface Group {
  /** In the order of the chain, which stays: what is known is known by numbers in this order. */
  readonly facets: readonly Facet[];
  /** Stands for all of the facets; undefined where there are none. */
  chain: Chain | undefined;
  readonly steps: readonly number[];
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

/** Some facets one after the other: groups that begin with the same facets share their chains. */
interface Chain {
  readonly before: Chain | undefined;
  readonly facet: Facet;
  /** The number of what the facets hold in the object that was read last, and with which object that changed; `empty` before all. */
  number: number;
  changedAt: number;
}

/** What the policies of a group say. */
interface Saying {
  readonly verdicts: readonly PlainVerdict[];
  /** Its own: it stands for all that the policies of the group looked at. */
  readonly id: number;
  /** Equal for equal verdicts. */
  readonly number: number;
}

/** After so many objects it is looked at which groups are worth their while, and after each time that many times two. */
const firstReview = 48;
/** The share of objects that a group may have to judge all the same. */
const worthwhile = 0.7;
/** Sequences that are kept at most, some 60 bytes each. */
const mostKept = 250_000;
/** Likenesses that are told apart at most. */
const mostAlike = 50_000;

/**
 * Remembers verdicts on what policies look at. Most objects of a kind look alike to most policies: they differ in names and
 * images, and few policies read these. What a policy reads is known from its expressions, so what looks the same in those
 * places gets the same verdict without being judged again.
 */
export class VerdictMemo {
  private readonly facets: Facets;
  private readonly steps: number;
  private groups: readonly Group[];
  /** Of all groups, each behind the one it goes on. */
  private chains: readonly Chain[] = [];
  /** Policies that are asked each time. */
  private direct: readonly number[];
  private interner = new Interner();
  /** The parameters for which the footprints hold. */
  private readonly params: readonly (JsonObject | null | undefined)[];
  private readonly sayings = new Map<number, readonly PlainVerdict[]>();
  private objects = 0;
  private ids = 0;
  private readonly likenesses = new Map<number, Likeness>();
  private seenAlike: Likeness | undefined;
  /** Whether any group looks at the object at all. */
  private isReading = false;
  private review = firstReview;

  /**
   * `sample` stands for all requests to come: they differ from it in the object and its names only; `params` are theirs, too.
   * For `watched` see {@link Likeness}.
   */
  constructor(
    policies: readonly CompiledPolicy[],
    params: readonly (JsonObject | null | undefined)[],
    sample: AdmissionRequest,
    watched: Watched = new Map(),
  ) {
    const footprints = new PolicyFootprints(sample);
    const readings = policies.map((policy, i) => footprints.of(policy, params[i]));
    const all = new Readings();
    for (const one of readings) if (one !== undefined) all.addAll(one);
    this.facets = new Facets(footprints.object, all);
    this.steps = policies.length;
    this.params = params;
    const { groups, direct } = grouped(readings, this.facets, watched);
    this.groups = groups;
    this.direct = direct;
    this.narrow();
  }

  /**
   * One verdict for each policy, the same array for equal ones. `object` makes what the policies see as `object`, `params` holds
   * the parameter of each, undefined where it is not known.
   */
  judge(
    object: () => unknown,
    params: readonly (JsonObject | null | undefined)[],
    ask: JudgeStep,
  ): readonly PlainVerdict[] {
    this.keepHouse();
    const { interner, groups } = this;
    const at = this.isReading ? this.facets.read(object(), interner) : 0;
    renew(this.chains, at, interner);
    const isUsual = params === this.params || params.every((param, i) => param === this.params[i]);
    let number = empty;
    let alike = alikeness;
    const said: Saying[] = [];
    for (let i = 0; i < groups.length; i++) {
      const saying = isUsual ? this.saying(groups[i]!, at, ask) : this.unusual(groups[i]!, at, params, ask);
      number = interner.join(number, saying.number);
      if (groups[i]!.watched.length > 0) alike = interner.join(alike, saying.id);
      said.push(saying);
    }
    this.seenAlike = isUsual && alike !== alikeness ? this.likenessOf(alike, said) : undefined;
    const asked: PlainVerdict[] = [];
    for (const step of this.direct) {
      const verdict = ask(step);
      number = interner.join(number, codes[verdict]);
      asked.push(verdict);
    }
    let verdicts = this.sayings.get(number);
    if (verdicts === undefined) this.sayings.set(number, (verdicts = this.inOrder(said, asked)));
    return verdicts;
  }

  /** What the watched policies looked at in the object that was judged last; undefined where it may be more than is known. */
  get likeness(): Likeness | undefined {
    return this.seenAlike;
  }

  private likenessOf(alike: number, said: readonly Saying[]): Likeness | undefined {
    const known = this.likenesses.get(alike);
    if (known !== undefined || this.likenesses.size >= mostAlike) return known;
    const likeness = new Map<string, object>();
    for (const [i, { watched }] of this.groups.entries())
      for (const name of watched) likeness.set(name, said[i]!);
    this.likenesses.set(alike, likeness);
    return likeness;
  }

  /** What a group says of the object that was read last, the `at`th. */
  private saying(group: Group, at: number, ask: JudgeStep): Saying {
    const { chain, last, lastAt } = group;
    group.asked++;
    if (last !== undefined && (chain === undefined || chain.changedAt <= lastAt)) return last;
    const number = chain === undefined ? empty : chain.number;
    let saying = group.known.get(number);
    if (saying === undefined) {
      group.judged++;
      saying = this.say(group, ask);
      group.known.set(number, saying);
    }
    group.last = saying;
    group.lastAt = at;
    return saying;
  }

  /** The same where the parameters of some policies are others than those for which the footprints hold. */
  private unusual(
    group: Group,
    at: number,
    params: readonly (JsonObject | null | undefined)[],
    ask: JudgeStep,
  ): Saying {
    const isOther = group.steps.some((step) => params[step] !== this.params[step]);
    return isOther ? this.say(group, ask) : this.saying(group, at, ask);
  }

  private say({ steps }: Group, ask: JudgeStep): Saying {
    const verdicts: PlainVerdict[] = [];
    let number = empty;
    for (const step of steps) {
      const verdict = ask(step);
      verdicts.push(verdict);
      number = this.interner.join(number, codes[verdict]);
    }
    return { verdicts, number, id: this.ids++ };
  }

  private inOrder(said: readonly Saying[], asked: readonly PlainVerdict[]): readonly PlainVerdict[] {
    const verdicts: PlainVerdict[] = Array.from({ length: this.steps });
    for (const [i, { steps }] of this.groups.entries())
      for (const [j, step] of steps.entries()) verdicts[step] = said[i]!.verdicts[j]!;
    for (const [i, step] of this.direct.entries()) verdicts[step] = asked[i]!;
    return verdicts;
  }

  /** Asks directly again where objects differ too much, and forgets all when it gets too much. */
  private keepHouse(): void {
    if (++this.objects >= this.review) {
      this.review *= 2;
      const tooMuch = this.groups.filter(({ asked, judged }) => judged > asked * worthwhile);
      for (const group of this.groups) group.asked = group.judged = 0;
      if (tooMuch.length > 0) {
        this.groups = this.groups.filter((group) => !tooMuch.includes(group));
        this.direct = [...this.direct, ...tooMuch.flatMap(({ steps }) => steps)];
        this.sayings.clear();
        this.likenesses.clear();
        this.narrow();
      }
    }
    if (this.interner.size > mostKept) {
      this.interner = new Interner();
      this.sayings.clear();
      this.likenesses.clear();
      this.facets.forget();
      for (const chain of this.chains) chain.number = empty;
      for (const group of this.groups) {
        group.known.clear();
        group.last = undefined;
      }
    }
  }

  private narrow(): void {
    const read = new Set(this.groups.flatMap(({ facets }) => facets));
    this.isReading = read.size > 0;
    this.chains = chained(this.groups);
    this.facets.narrow(read);
  }
}

/** Numbers the chains by what the facets hold in the object that was read last, the `at`th. */
function renew(chains: readonly Chain[], at: number, interner: Interner): void {
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

/** Gives each group its chain. */
function chained(groups: readonly Group[]): readonly Chain[] {
  const chains: Chain[] = [];
  const first = new Map<Facet, Chain>();
  const following = new Map<Chain, Map<Facet, Chain>>();
  for (const group of groups) {
    let before: Chain | undefined;
    for (const facet of group.facets) {
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
    group.chain = before;
  }
  return chains;
}

/** Puts what most groups look at first, so that they share as much of their chains as can be. */
function mostWantedFirst(
  sets: readonly (readonly Facet[])[],
): (facets: readonly Facet[]) => readonly Facet[] {
  const wanted = new Map<Facet, number>();
  for (const facets of sets) for (const facet of facets) wanted.set(facet, (wanted.get(facet) ?? 0) + 1);
  const sorted = [...wanted].sort(([, a], [, b]) => b - a);
  const order = new Map(sorted.map(([facet], i) => [facet, i]));
  return (facets) => facets.toSorted((a, b) => order.get(a)! - order.get(b)!);
}

const codes: Readonly<Record<PlainVerdict, number>> = { pass: 1, fail: 2, 'not-applicable': 3, other: 4 };

/** Policies by what they look at; those of which that is not known are asked directly. */
function grouped(
  readings: readonly (Readings | undefined)[],
  facets: Facets,
  watched: Watched,
): { groups: Group[]; direct: number[] } {
  const numbers = new Map<Facet, number>();
  const bySet = new Map<string, { facets: readonly Facet[]; steps: number[] }>();
  const direct: number[] = [];
  for (const [step, one] of readings.entries()) {
    if (one === undefined) {
      direct.push(step);
      continue;
    }
    const held = [...facets.holding(one)];
    for (const facet of held) if (!numbers.has(facet)) numbers.set(facet, numbers.size);
    const key = held
      .map((facet) => numbers.get(facet)!)
      .sort((a, b) => a - b)
      .join();
    const group = bySet.get(key);
    if (group === undefined) bySet.set(key, { facets: held, steps: [step] });
    else group.steps.push(step);
  }
  const ordered = mostWantedFirst([...bySet.values()].map((group) => group.facets));
  const groups = [...bySet.values()].map((group) => ({
    ...group,
    facets: ordered(group.facets),
    chain: undefined,
    known: new Map<number, Saying>(),
    asked: 0,
    judged: 0,
    last: undefined,
    lastAt: 0,
    watched: [...watched].filter(([, step]) => group.steps.includes(step)).map(([name]) => name),
  }));
  return { groups, direct };
}
