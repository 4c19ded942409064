import { Readings } from '../../cel/footprint/place.ts';
import type { CompiledPolicy } from '../policy.ts';
import type { AdmissionRequest } from '../request.ts';
import { type CommonVerdicts, type Param, partsFinder } from './common-verdicts.ts';
import { FacetReader } from './facet-reader.ts';
import { Facets } from './facet.ts';
import { type Alike, commonGroups, type Group, groupOfKind, ownGroups, type Saying } from './group.ts';
import { alikeness, empty, Interner } from './interner.ts';
import { codes, type PlainVerdict } from './plain-verdict.ts';
import { PolicyFootprints } from './policy-footprint.ts';

/** The places, by their names, of policies of which is told what looks the same to them. */
export type Watched = ReadonlyMap<string, number>;

/**
 * Stands, by the names of the watched, for all that a policy looked at in an object: where two objects have the same thing
 * there, it says the same of the same elements. Other policies may have the same thing, too.
 */
export type Likeness = ReadonlyMap<string, Alike>;

/** What a memo remembers beside verdicts, and with whom. */
export interface VerdictMemory {
  /** For {@link Likeness}. */
  readonly watched?: Watched | undefined;
  /** What memos of other kinds remember with this one. */
  readonly common?: CommonVerdicts | undefined;
}

/** Judges by one of the policies. */
export type JudgeStep = (step: number) => PlainVerdict;

/** After so many objects it is looked at which groups are worth their while, and after each time that many times two. */
const firstReview = 48;
/** The share of objects that a group may have to judge all the same. */
const worthwhile = 0.7;
/** Sequences of verdicts that are kept at most, some 60 bytes each. */
const mostKept = 250_000;
/** Likenesses that are told apart at most. */
const mostAlike = 50_000;

/**
 * Remembers verdicts on what policies look at. Most objects of a kind look alike to most policies: they differ in names and
 * images, and few policies read these. What a policy reads is known from its expressions, so what looks the same in those
 * places gets the same verdict without being judged again.
 */
export class VerdictMemo {
  private readonly steps: number;
  private groups: readonly Group[];
  /** Policies that are asked each time. */
  private direct: readonly number[];
  /** Reads what only the policies of this memo look at. */
  private readonly own: FacetReader;
  private readonly common: CommonVerdicts | undefined;
  /** Undefined where there is nothing in common. */
  private readonly findParts: ((object: unknown) => unknown) | undefined;
  /** What the numbers of the two readers mean changes with these. */
  private eras = '';
  /** Numbers verdicts. */
  private numbers = new Interner();
  /** The parameters for which the footprints hold. */
  private readonly params: readonly Param[];
  private readonly sayings = new Map<number, readonly PlainVerdict[]>();
  private objects = 0;
  private ids = 0;
  private readonly likenesses = new Map<number, Likeness>();
  private seenAlike: Likeness | undefined;
  private review = firstReview;

  /**
   * `sample` stands for all requests to come: they differ from it in the object and its names only; `params` are theirs, too.
   */
  constructor(
    policies: readonly CompiledPolicy[],
    params: readonly Param[],
    sample: AdmissionRequest,
    { watched = new Map(), common }: VerdictMemory = {},
  ) {
    this.common = common;
    this.steps = policies.length;
    this.params = params;
    const names = new Map([...watched].map(([name, step]) => [step, name]));
    const inCommon = common === undefined ? [] : commonGroups(common, policies, params, sample);
    this.findParts = inCommon.length === 0 ? undefined : partsFinder(inCommon, sample.kind.kind);
    const places = new Map(policies.map((policy, i) => [policy, i]));
    const shared = inCommon.map((group) =>
      groupOfKind(group, sample.kind.kind, common!.reader!, places, names),
    );
    const isShared = new Set(shared.flatMap(({ steps }) => steps));
    const footprints = new PolicyFootprints(sample);
    const readings = policies.map((policy, i) =>
      isShared.has(i) ? undefined : footprints.of(policy, params[i]),
    );
    const all = new Readings();
    for (const one of readings) if (one !== undefined) all.addAll(one);
    const facets = new Facets(footprints.root, all);
    this.own = new FacetReader(facets);
    const own = ownGroups(readings, facets, this.own, names);
    this.groups = [...shared, ...own];
    this.direct = readings.flatMap((one, step) => (one === undefined && !isShared.has(step) ? [step] : []));
    this.own.change(own, []);
    if (shared.length > 0) common!.reader!.change(shared, []);
  }

  /**
   * One verdict for each policy, the same array for equal ones. `object` makes what the policies see as `object`, `params` holds
   * the parameter of each, undefined where it is not known.
   */
  judge(object: () => unknown, params: readonly Param[], ask: JudgeStep): readonly PlainVerdict[] {
    this.reviewGroups();
    const hasParts = this.read(object);
    const { numbers, groups } = this;
    const isUsual = params === this.params || params.every((param, i) => param === this.params[i]);
    let number = empty;
    let alike = alikeness;
    const said: Saying[] = [];
    for (let i = 0; i < groups.length; i++) {
      const group = groups[i]!;
      const isRead = group.common === undefined || hasParts;
      const saying = isUsual && isRead ? this.saying(group, ask) : this.unusual(group, params, isRead, ask);
      number = numbers.join(number, saying.number);
      if (group.watched.length > 0) alike = numbers.join(alike, saying.id);
      said.push(saying);
    }
    const isAllRead = this.findParts === undefined || hasParts;
    this.seenAlike = isUsual && isAllRead && alike !== alikeness ? this.likenessOf(alike, said) : undefined;
    const asked: PlainVerdict[] = [];
    for (const step of this.direct) {
      const verdict = ask(step);
      number = numbers.join(number, codes[verdict]);
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
    const likeness = new Map<string, Alike>();
    for (const [i, { watched }] of this.groups.entries())
      for (const name of watched) likeness.set(name, said[i]!);
    this.likenesses.set(alike, likeness);
    return likeness;
  }

  /** Reads what the groups look at; returns whether the object has the parts at which groups look that have something in common. */
  private read(object: () => unknown): boolean {
    let made: unknown;
    const once = (): unknown => (made ??= object());
    this.own.read(once);
    const found = this.findParts?.(once());
    if (found !== undefined) this.common!.read(found);
    const eras = `${this.own.era} ${this.common?.reader?.era}`;
    if (eras !== this.eras || this.numbers.size > mostKept) this.forget();
    this.eras = eras;
    return found !== undefined;
  }

  /** What a group says of the object that was read last. */
  private saying(group: Group, ask: JudgeStep): Saying {
    const { chain, last, reader } = group;
    group.asked++;
    if (last !== undefined && (chain === undefined || chain.changedAt <= group.lastAt)) return last;
    const number = chain === undefined ? empty : chain.number;
    let saying = group.known.get(number);
    if (saying === undefined) {
      saying = this.say(group, number, ask);
      group.known.set(number, saying);
    }
    group.last = saying;
    group.lastAt = reader.at;
    return saying;
  }

  /** The same where something is not as in other objects: the parameters of some policies, or the parts are not there. */
  private unusual(group: Group, params: readonly Param[], isRead: boolean, ask: JudgeStep): Saying {
    const isOther = !isRead || group.steps.some((step) => params[step] !== this.params[step]);
    return isOther ? this.counted(group.steps.map(ask)) : this.saying(group, ask);
  }

  /** What a group says of what it has not seen, unless the same policies have seen it in an object of another kind. */
  private say(group: Group, number: number, ask: JudgeStep): Saying {
    const { common, steps } = group;
    const known = common?.said.get(number);
    if (known === undefined) group.judged++;
    const said = known ?? steps.map((step) => ask(step));
    common?.said.set(number, said);
    return { ...this.counted(said), elsewhere: common && { said, parts: common.parts } };
  }

  private counted(verdicts: readonly PlainVerdict[]): Saying {
    let number = empty;
    for (const verdict of verdicts) number = this.numbers.join(number, codes[verdict]);
    return { verdicts, number, id: this.ids++ };
  }

  private inOrder(said: readonly Saying[], asked: readonly PlainVerdict[]): readonly PlainVerdict[] {
    const verdicts = Array.from({ length: this.steps }, (): PlainVerdict => 'other');
    const put = (steps: readonly number[], given: readonly PlainVerdict[]): void => {
      for (let i = 0; i < steps.length; i++) verdicts[steps[i]!] = given[i]!;
    };
    for (let i = 0; i < said.length; i++) put(this.groups[i]!.steps, said[i]!.verdicts);
    put(this.direct, asked);
    return verdicts;
  }

  /** Asks directly again where objects differ too much. */
  private reviewGroups(): void {
    if (++this.objects < this.review) return;
    this.review *= 2;
    const tooMuch = this.groups.filter(({ asked, judged }) => judged > asked * worthwhile);
    for (const group of this.groups) group.asked = group.judged = 0;
    if (tooMuch.length === 0) return;
    this.groups = this.groups.filter((group) => !tooMuch.includes(group));
    this.direct = [...this.direct, ...tooMuch.flatMap(({ steps }) => steps)];
    for (const reader of new Set(tooMuch.map((group) => group.reader)))
      reader.change(
        [],
        tooMuch.filter((group) => group.reader === reader),
      );
    this.sayings.clear();
    this.likenesses.clear();
  }

  /** Forgets what is known by numbers. */
  private forget(): void {
    this.numbers = new Interner();
    this.sayings.clear();
    this.likenesses.clear();
    for (const group of this.groups) {
      group.known.clear();
      group.last = undefined;
    }
  }
}
