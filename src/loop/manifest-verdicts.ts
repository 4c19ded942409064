import type { Likeness } from '../policy/index.ts';
import type { Manifest } from '../collect/manifests.ts';
import type { Failure, Problem, Verdict } from '../model/finding.ts';
import type { ObjectReference } from '../model/object.ts';
import type { Severity } from '../model/severity.ts';
import type { LocatedFinding } from './located.ts';
import type { Rule } from './ruleset.ts';

/** Works out the findings of a failure, one for each failing element; the same function for thousands of objects. */
export type Explain = (manifest: Manifest, rule: Rule) => readonly LocatedFinding[];

/** Rules that objects fail, in the order in which they are told, each with what explains it: `explains[i]` of `rules[i]`. */
export interface Failing {
  readonly rules: readonly Rule[];
  readonly explains: readonly Explain[];
}

/** Something that is said of many objects besides failures, an unknown say, made into a finding of one when somebody looks. */
export interface Remark {
  readonly control: string;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly about: (manifest: Manifest) => LocatedFinding;
}

/** How rules judged an object; a dump has a hundred thousand objects and some thousand different standings. */
export interface Standing {
  /** How many rules gave each verdict. */
  readonly verdicts: Readonly<Record<Verdict, number>>;
  /** The rules that applied, pass or not. */
  readonly judgedBy: readonly Rule[];
  readonly failing: Failing;
  readonly remarks: readonly Remark[];
}

/** What a manifest says about itself that a scan comes back to. */
export interface Traits {
  readonly problems: readonly Problem[];
  /** Whether it says anything about suppressions. */
  readonly mayBeSuppressed: boolean;
  /** Whether it names an owner. */
  readonly hasOwner: boolean;
}

/** A rule that a manifest fails: a view of its verdicts, of which there may be several at a time. */
export class RuleFailure implements Failure {
  readonly rule: Rule;
  private readonly explain: Explain;
  private readonly of: Known;

  constructor(rule: Rule, explain: Explain, of: Known) {
    this.rule = rule;
    this.explain = explain;
    this.of = of;
  }

  get manifest(): Manifest {
    return this.of.manifest;
  }

  get control(): string {
    return this.rule.id;
  }

  get severity(): Severity {
    return this.rule.severity;
  }

  get object(): ObjectReference {
    return this.of.manifest.reference;
  }

  /** One for each failing element, worked out when first asked for. */
  get findings(): readonly LocatedFinding[] {
    const known = this.of.known?.get(this.rule);
    if (known !== undefined) return known;
    return this.remember(this.look());
  }

  /** The same for somebody who reads them once: what was not asked for before is not kept. */
  look(): readonly LocatedFinding[] {
    const known = this.of.known?.get(this.rule);
    if (known !== undefined) return known;
    const all = this.explain(this.of.manifest, this.rule);
    const leftOut = this.of.leftOut?.get(this.rule);
    return leftOut === undefined ? all : all.filter(({ path }) => !leftOut.includes(path));
  }

  /** Leaves out the findings at these places, but not all, before anybody looks at them. */
  leaveOut(paths: readonly string[]): void {
    (this.of.leftOut ??= new Map()).set(this.rule, paths);
  }

  /** Whether every element is suppressed; nobody can have suppressed what nobody has looked at. */
  get isSuppressed(): boolean {
    return isSuppressed(this.of.known?.get(this.rule));
  }

  /** Leaves out findings; says whether any is left. */
  keep(wanted: (finding: LocatedFinding) => boolean): boolean {
    const all = this.look();
    const left = all.filter(wanted);
    if (left.length < all.length) this.remember(left);
    return left.length > 0;
  }

  private remember(findings: readonly LocatedFinding[]): readonly LocatedFinding[] {
    (this.of.known ??= new Map()).set(this.rule, findings);
    return findings;
  }
}

/** The findings of failures that somebody has looked at, changed or suppressed. */
interface Known {
  readonly manifest: Manifest;
  known: Map<Rule, readonly LocatedFinding[]> | undefined;
  /** Places whose findings are left out of those that nobody has looked at. */
  leftOut: Map<Rule, readonly string[]> | undefined;
}

function isSuppressed(known: readonly LocatedFinding[] | undefined): boolean {
  return known !== undefined && known.every(({ suppression }) => suppression !== undefined);
}

/** What the rules say about one manifest, as small as can be: what many manifests have in common they share. */
export class ManifestVerdicts<M extends Manifest = Manifest> implements Known {
  readonly manifest: M;
  readonly traits: Traits;
  /**
   * Tells manifests apart that may fail rules which tell others, and those others, at other elements; undefined where that is not
   * known, and when nobody will ask any more.
   */
  likeness: Likeness | undefined;
  /** Changes while rules on all objects together are asked. */
  standing: Standing;
  /** The failures that are left after what is told elsewhere was taken out. */
  failing: Failing;
  known: Map<Rule, readonly LocatedFinding[]> | undefined;
  leftOut: Map<Rule, readonly string[]> | undefined;
  private own: readonly LocatedFinding[];
  private told: Failing = nothing;

  /** `own` are remarks on this manifest alone, which come before those of its standing. */
  constructor(
    manifest: M,
    traits: Traits,
    standing: Standing,
    own: readonly LocatedFinding[],
    likeness?: Likeness,
  ) {
    this.likeness = likeness;
    this.manifest = manifest;
    this.traits = traits;
    this.standing = standing;
    this.failing = standing.failing;
    this.own = own.length === 0 ? none : own;
  }

  get verdicts(): Standing['verdicts'] {
    return this.standing.verdicts;
  }

  get judgedBy(): Standing['judgedBy'] {
    return this.standing.judgedBy;
  }

  /** Made anew for each who asks; who only counts asks for {@link failing} or {@link counting}. */
  get failures(): RuleFailure[] {
    return failuresOf(this.failing, this);
  }

  /** What fails too and is told by other failures: it counts for frameworks, and is in no report. */
  get implied(): RuleFailure[] {
    return failuresOf(this.told, this);
  }

  /** The rules that it fails in a way that is not suppressed; the array that others share where nothing is. */
  get counting(): readonly Rule[] {
    const { failing, known } = this;
    return known === undefined
      ? failing.rules
      : failing.rules.filter((rule) => !isSuppressed(known.get(rule)));
  }

  /** Failures that are not suppressed. */
  get countingFailures(): RuleFailure[] {
    const { failures } = this;
    return this.known === undefined ? failures : failures.filter((one) => !one.isSuppressed);
  }

  /** Unknowns and errors; passes and not-applicables too when everything is shown. Made anew for each who asks. */
  get others(): readonly LocatedFinding[] {
    const { remarks } = this.standing;
    if (remarks.length === 0) return this.own;
    return [...this.own, ...remarks.map((remark) => remark.about(this.manifest))];
  }

  /** The same for somebody who only counts. */
  get remarks(): readonly Pick<Remark, 'control' | 'verdict' | 'reason'>[] {
    const { remarks } = this.standing;
    if (this.own.length === 0) return remarks;
    return remarks.length === 0 ? this.own : [...this.own, ...remarks];
  }

  /** Says more of the manifest; to be called before failures are taken out. */
  become(standing: Standing, own = this.own): void {
    this.standing = standing;
    this.failing = standing.failing;
    this.own = own;
  }

  /** Takes out failures. */
  retain(isWanted: (failure: RuleFailure) => boolean): void {
    const { failing } = this;
    const left = this.failures.map(isWanted);
    this.failing = partOf(failing, (i) => left[i]!);
  }

  /** One of the failures, by its place in {@link failing}. */
  failure(index: number): RuleFailure {
    return new RuleFailure(this.failing.rules[index]!, this.failing.explains[index]!, this);
  }

  /** Takes out the failures at these places of {@link failing}, in order: others tell them, which makes them {@link implied}. */
  imply(told: readonly number[]): void {
    if (told.length === 0) return;
    const { failing } = this;
    let known = divided.get(failing);
    if (known === undefined) divided.set(failing, (known = new Map()));
    const key = told.join();
    let parts = known.get(key);
    if (parts === undefined) {
      const isTold = (i: number): boolean => told.includes(i);
      parts = { left: partOf(failing, (i) => !isTold(i)), told: partOf(failing, isTold) };
      known.set(key, parts);
    }
    this.failing = parts.left;
    this.told = parts.told;
  }
}

const none: readonly LocatedFinding[] = [];
const nothing: Failing = { rules: [], explains: [] };

function failuresOf({ rules, explains }: Failing, of: Known): RuleFailure[] {
  return rules.map((rule, i) => new RuleFailure(rule, explains[i]!, of));
}

/** What is left of what objects fail, and what is told, by the places of what is told. */
const divided = new WeakMap<Failing, Map<string, { readonly left: Failing; readonly told: Failing }>>();

/** Parts of what objects fail: pods of one template have the same part left. */
const parts = new WeakMap<Failing, Map<string, Failing>>();

function partOf(all: Failing, isLeft: (index: number) => boolean): Failing {
  const left = [...all.rules.keys()].filter(isLeft);
  if (left.length === all.rules.length) return all;
  if (left.length === 0) return nothing;
  let known = parts.get(all);
  if (known === undefined) parts.set(all, (known = new Map()));
  const key = left.join();
  let part = known.get(key);
  if (part === undefined) {
    part = { rules: left.map((i) => all.rules[i]!), explains: left.map((i) => all.explains[i]!) };
    known.set(key, part);
  }
  return part;
}

/** What objects fail of both. */
export function joined(before: Failing, rules: readonly Rule[], explain: Explain): Failing {
  if (rules.length === 0) return before;
  return {
    rules: before.rules.concat(rules),
    explains: before.explains.concat(rules.map(() => explain)),
  };
}

/** What objects fail, all explained by the same. */
export function failingBy(rules: readonly Rule[], explain: Explain): Failing {
  return joined(nothing, rules, explain);
}

const unasked: Standing = {
  verdicts: { pass: 0, fail: 0, 'not-applicable': 0, unknown: 0, error: 0 },
  judgedBy: [],
  failing: nothing,
  remarks: [],
};

const plainTraits = [false, true].map((mayBeSuppressed) =>
  [false, true].map((hasOwner): Traits => ({ problems: [], mayBeSuppressed, hasOwner })),
);

/** The traits of a manifest; those of nearly all are the same. */
export function traitsOf({ problems, mayBeSuppressed, hasOwner }: Traits): Traits {
  if (problems.length > 0) return { problems, mayBeSuppressed, hasOwner };
  return plainTraits[Number(mayBeSuppressed)]![Number(hasOwner)]!;
}

/** A manifest of which nothing is said but what all objects together show. */
export function unjudged(manifest: Manifest): ManifestVerdicts {
  return new ManifestVerdicts(manifest, plainTraits[0]![0]!, unasked, none);
}
