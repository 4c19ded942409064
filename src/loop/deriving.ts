import { derivedRequest, elsewhere, judgeDerived } from '../catalogue/derived-judgement.ts';
import type { Manifest } from '../collect/manifests.ts';
import { type DerivationName, derivations } from '../derive/derivation.ts';
import type { Derived } from '../derive/derived.ts';
import { extract, type KeptExtract } from '../derive/extract.ts';
import { type Entry, type Given, Inventory } from '../derive/inventory.ts';
import type { Verdict } from '../model/finding.ts';
import type { Path } from '../model/object.ts';
import { formatPath } from '../model/path.ts';
import { type JudgeContext, type PlainVerdict, VerdictPlan } from '../policy/index.ts';
import type { Judging } from './judging.ts';
import type { LocatedFinding } from './located.ts';
import {
  type Explain,
  joined,
  type ManifestVerdicts,
  type Remark,
  type Standing,
} from './manifest-verdicts.ts';
import type { Rule, Ruleset } from './ruleset.ts';

/** What judging derived objects needs of a scan. */
export interface DerivingOptions {
  readonly given: Given;
  readonly rulesetOf: (manifest: Manifest) => Ruleset;
  /** Makes the findings. */
  readonly judging: Judging;
  /** Findings for passes too. */
  readonly showAll: boolean;
  /** Whether every finding will be read, so that what they are made of is kept. */
  readonly elements: boolean;
  /** Called now and then, and with `isEnd` after each derivation: what was made by then is mostly not needed any more. */
  readonly onStep?: ((isEnd?: boolean) => void) | undefined;
}

/**
 * Judges what is derived from all objects together, and adds what is found to those of `verdicts` that it is about.
 * `extracts` are those of the objects of `verdicts`, in the same order.
 */
export function judgeDerivations(
  verdicts: readonly ManifestVerdicts[],
  extracts: readonly KeptExtract[],
  options: DerivingOptions,
): void {
  const entries = verdicts.map(({ manifest }, i) => new ManifestEntry(manifest, i, extracts[i]!));
  const entryOf = entriesOf(entries);
  const inventory = new Inventory(entries, options.given);
  // It takes as much memory as the entries, and is seldom asked for again.
  let second: Inventory | undefined;
  const remade = (): Inventory => (second ??= new Inventory(entries, options.given));
  const plans = new Plans();
  const rulesets = new Set(verdicts.map(({ manifest }) => options.rulesetOf(manifest)));
  const names = new Set([...rulesets].flatMap((ruleset) => [...ruleset.derivations]));
  for (const name of names) {
    const again = new Again(name, remade, entryOf, options.elements);
    const questions = new Map<Ruleset, Question>();
    let count = 0;
    for (const derived of derivations[name].derive(inventory)) {
      if (++count % stepLength === 0) options.onStep?.();
      const { at } = derived.entry as ManifestEntry;
      const before = verdicts[at]!;
      const ruleset = options.rulesetOf(before.manifest);
      if (ruleset.derivations.has(name)) {
        let question = questions.get(ruleset);
        if (question === undefined)
          questions.set(ruleset, (question = new Question(name, ruleset, again, options.judging)));
        add(before, derived, { question, plans }, options);
      }
      if (name === 'roles') raiseBound(before, derived);
    }
    inventory.forget();
    options.onStep?.(true);
  }
}

/** An object of the input, as small as can be: a dump has a hundred thousand. */
class ManifestEntry implements Entry {
  readonly extract: Entry['extract'];
  readonly isPartial: boolean;
  readonly manifest: Manifest;
  /** Which of the objects it is. */
  readonly at: number;

  constructor(manifest: Manifest, at: number, { extract, isPartial }: KeptExtract) {
    this.at = at;
    this.extract = extract;
    this.isPartial = isPartial;
    this.manifest = manifest;
  }

  /** What is rendered together is applied together. */
  get file(): string {
    return this.manifest.rendered?.rendering ?? this.manifest.origin.file;
  }

  reload(): Entry['extract'] {
    return extract(this.manifest.value);
  }
}

/** Raises what is said of a role that somebody has, as far as its controls are more severe then. */
function raiseBound(before: ManifestVerdicts, { seen }: Derived): void {
  const boundBy = seen['boundBy'] as readonly string[];
  if (boundBy.length === 0) return;
  const [first, ...others] = boundBy;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  const { rules, explains } = before.failing;
  if (rules.every(({ severityWhenBound }) => severityWhenBound === undefined)) return;
  const why = `bound by ${first}${more}`;
  const failing = {
    rules: rules.map((rule) =>
      rule.severityWhenBound === undefined ? rule : { ...rule, severity: rule.severityWhenBound },
    ),
    explains: rules.map((rule, i): Explain => {
      const { severityWhenBound: severity } = rule;
      if (severity === undefined) return explains[i]!;
      return (manifest) => explains[i]!(manifest, rule).map((one) => one.raised(severity, why));
    }),
  };
  before.become({ ...before.standing, failing });
}

/** Where the entries of manifests are found, by those who look at a finding later. */
function entriesOf(entries: readonly ManifestEntry[]): (manifest: Manifest) => Entry {
  let known: Map<Manifest, Entry> | undefined;
  return (manifest) => (known ??= new Map(entries.map((entry) => [entry.manifest, entry]))).get(manifest)!;
}

/**
 * Derived objects for those who look at a finding later. All of them are much larger than what is kept of the objects they
 * are made of, so but for a few they are derived again when the first one is asked for.
 */
class Again {
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

/** After how many derived objects `onStep` is called. */
const stepLength = 1024;

/** How many derived objects of a derivation are held for failures, whatever they fail. */
const mostHeld = 250;
/** How many are held for each rule at least: those that the first screen shows are among them. */
const fewHeld = 16;

/** How often a derivation is made again for those who ask in another order, before all of it is held. */
const mostPasses = 3;

/** What is asked about all derived objects of a derivation; what explains an answer is the same for all of them. */
class Question {
  readonly name: DerivationName;
  readonly ruleset: Ruleset;
  readonly again: Again;
  readonly explain: Explain;
  private readonly judging: Judging;
  private readonly messages = new Map<Rule, (finding: LocatedFinding) => string>();
  private readonly remarks = new Map<Rule, Remark>();
  private readonly standings = new WeakMap<Standing, Map<string, Standing>>();

  constructor(name: DerivationName, ruleset: Ruleset, again: Again, judging: Judging) {
    this.name = name;
    this.ruleset = ruleset;
    this.again = again;
    this.judging = judging;
    this.explain = (manifest, rule) => elementsOf(rule, manifest, again.of(manifest), this, judging);
  }

  /** Makes the message of an unknown verdict. */
  messageOf(rule: Rule): (finding: LocatedFinding) => string {
    let make = this.messages.get(rule);
    if (make === undefined) {
      make = ({ manifest }) => messageOf(rule, this.again.of(manifest), this);
      this.messages.set(rule, make);
    }
    return make;
  }

  /** Thousands of objects share what was said of them before and what is said now; `given` are the verdicts of `rules`. */
  standing(
    before: Standing,
    rules: readonly Rule[],
    given: readonly Verdict[],
    withRemarks: boolean,
  ): Standing {
    let bySaid = this.standings.get(before);
    if (bySaid === undefined) this.standings.set(before, (bySaid = new Map()));
    const said = given.join();
    let standing = bySaid.get(said);
    if (standing === undefined) {
      const unknown = withRemarks ? rules.filter((_, i) => given[i] === 'unknown') : [];
      const remarks = before.remarks.concat(unknown.map((rule) => this.remark(rule)));
      bySaid.set(said, (standing = { ...sumOf(before, rules, given, this.explain), remarks }));
    }
    return standing;
  }

  private remark(rule: Rule): Remark {
    let remark = this.remarks.get(rule);
    if (remark === undefined) {
      const parts = { rule, at: whole, verdict: 'unknown', reason: elsewhere } as const;
      const message = this.messageOf(rule);
      remark = {
        control: rule.id,
        verdict: 'unknown',
        reason: elsewhere,
        about: (manifest) => this.judging.finding({ ...parts, message }, manifest),
      };
      this.remarks.set(rule, remark);
    }
    return remark;
  }
}

/** No path: the whole object. */
const whole: Path = [];

/** The verdicts of a manifest with those about a derived object; each rule has said "not applicable" to the manifest itself. */
function add(
  before: ManifestVerdicts,
  derived: Derived,
  { question, plans }: { readonly question: Question; readonly plans: Plans },
  options: DerivingOptions,
): void {
  const { name, ruleset, again } = question;
  const { rules, seen, assumed } = plans.verdicts(ruleset, name, derived);
  // Most derived objects are about one or two of the rules; those about none leave everything as it is.
  if (seen.every((one) => one === 'not-applicable') && assumed.every((one) => one === 'not-applicable'))
    return;
  const isPlain = !seen.includes('other') && !assumed.includes('other');
  const answers = rules.map((rule, i) =>
    seen[i] === 'other' || assumed[i] === 'other'
      ? judgeDerived(rule.bound, name, derived, contextOf(ruleset, false))
      : saidPlainly(seen[i] as Verdict, assumed[i] as Verdict),
  );
  const given = answers.map(({ verdict }) => verdict);
  if (given.includes('fail') || (options.elements && given.includes('unknown')))
    again.hold(
      derived,
      rules.filter((_, i) => given[i] === 'fail'),
    );
  if (isPlain && !options.showAll) {
    before.become(question.standing(before.standing, rules, given, true));
    return;
  }
  // What is said of this object alone stands behind what was said before, in the order in which it was.
  const others = [...before.others];
  for (const [i, rule] of rules.entries()) {
    const { verdict, reason } = answers[i]!;
    if (verdict === 'not-applicable') continue;
    if (options.showAll) {
      const about = others.findIndex((one) => one.control === rule.id && one.verdict === 'not-applicable');
      if (about >= 0) others.splice(about, 1);
    }
    if (verdict === 'fail' || (verdict === 'pass' && !options.showAll)) continue;
    const message = verdict === 'unknown' ? question.messageOf(rule) : verdict === 'error' ? reason : '';
    others.push(options.judging.finding({ rule, at: whole, verdict, reason, message }, before.manifest));
  }
  const standing = question.standing({ ...before.standing, remarks: [] }, rules, given, false);
  before.become(standing, others);
}

/** The sum of what was said of a manifest before and of what is said of an object derived from it. */
function sumOf(
  before: Standing,
  rules: readonly Rule[],
  given: readonly Verdict[],
  explain: Explain,
): Omit<Standing, 'remarks'> {
  const verdicts: Record<Verdict, number> = { ...before.verdicts };
  for (const verdict of given) {
    verdicts['not-applicable']--;
    verdicts[verdict]++;
  }
  const failed = rules.filter((_, i) => given[i] === 'fail');
  const judging = rules.filter((_, i) => given[i] !== 'not-applicable');
  return {
    verdicts,
    judgedBy: before.judgedBy.concat(judging),
    failing: joined(before.failing, failed, explain),
  };
}

/** What two plain verdicts come to: see `judgeDerived`. */
function saidPlainly(seen: Verdict, assumed: Verdict): { verdict: Verdict; reason: string } {
  return seen === assumed ? { verdict: seen, reason: '' } : { verdict: 'unknown', reason: elsewhere };
}

/** What an unknown verdict is about: what the policy says where nothing exists beside the input. */
function messageOf(rule: Rule, derived: Derived, { name, ruleset }: Question): string {
  const { judgement } = judgeDerived(rule.bound, name, derived, contextOf(ruleset, false));
  const messages = judgement.validations.map(({ message }) => message);
  return messages.filter((one) => one !== '').join('; ');
}

/** The failing elements of a rule, at the places of the manifest that they are about. */
function elementsOf(
  rule: Rule,
  manifest: Manifest,
  derived: Derived,
  { name, ruleset }: Question,
  judging: Judging,
): readonly LocatedFinding[] {
  const { judgement } = judgeDerived(rule.bound, name, derived, contextOf(ruleset, true));
  const found = new Map<string, { at: Path; messages: Set<string> }>();
  for (const { verdict, message, elements } of judgement.validations) {
    if (verdict !== 'fail') continue;
    for (const { path } of elements) {
      const at = derived.toObject(path);
      const key = formatPath(at);
      const known = found.get(key) ?? { at, messages: new Set<string>() };
      known.messages.add(message);
      found.set(key, known);
    }
  }
  return [...found.values()].map(({ at, messages }) =>
    judging.finding({ rule, verdict: 'fail', reason: '', at, message: [...messages].join('; ') }, manifest),
  );
}

/**
 * Of all derived objects of a derivation the rules and what they need are the same. What is remembered of them is megabytes: whoever
 * looks at findings later must not hold it.
 */
class Plans {
  private readonly known = new Map<
    Ruleset,
    Map<DerivationName, { rules: readonly Rule[]; plan: VerdictPlan }>
  >();

  verdicts(
    ruleset: Ruleset,
    name: DerivationName,
    { seen, assumed }: Derived,
  ): {
    rules: readonly Rule[];
    seen: readonly PlainVerdict[];
    assumed: readonly PlainVerdict[];
  } {
    let byName = this.known.get(ruleset);
    if (byName === undefined) this.known.set(ruleset, (byName = new Map()));
    const request = derivedRequest(name, seen);
    let known = byName.get(name);
    if (known === undefined) {
      const rules = ruleset.rules.filter(({ derivation }) => derivation === name);
      const bound = rules.map((rule) => rule.bound);
      known = { rules, plan: new VerdictPlan(bound, request, contextOf(ruleset, false)) };
      byName.set(name, known);
    }
    const { plan, rules } = known;
    const asSeen = plan.judge(request);
    return {
      rules,
      seen: asSeen,
      assumed: seen === assumed ? asSeen : plan.judge(derivedRequest(name, assumed)),
    };
  }
}

function contextOf({ parameters }: Ruleset, findElements: boolean): JudgeContext {
  return {
    findNamespace: () => undefined,
    params: { objects: parameters, complete: true, scopeOf: () => 'Namespaced' },
    findElements,
  };
}
