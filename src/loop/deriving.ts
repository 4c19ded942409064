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
import { type Judging, type ManifestVerdicts, RuleFailure } from './judging.ts';
import type { LocatedFinding } from './located.ts';
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
  /** Called after each derivation, when what it took is not needed any more. */
  readonly onStep?: (() => void) | undefined;
}

/**
 * Judges what is derived from all objects together, and adds what is found to the verdicts of the object it is about.
 * `extracts` are those of the objects of `verdicts`, in the same order.
 */
export function judgeDerivations(
  verdicts: readonly ManifestVerdicts[],
  extracts: readonly KeptExtract[],
  options: DerivingOptions,
): ManifestVerdicts[] {
  const result = [...verdicts];
  const entries = verdicts.map(({ manifest }, i) => new ManifestEntry(manifest, extracts[i]!));
  const entryOf = new Map(entries.map((entry) => [entry.manifest, entry]));
  const inventory = new Inventory(entries, options.given);
  // It takes as much memory as the entries, and is seldom asked for again.
  let second: Inventory | undefined;
  const remade = (): Inventory => (second ??= new Inventory(entries, options.given));
  const indexes = new Map<Entry, number>(entries.map((entry, i) => [entry, i]));
  const plans = new Plans();
  const names = new Set(verdicts.flatMap(({ manifest }) => [...options.rulesetOf(manifest).derivations]));
  for (const name of names) {
    const again = new Again(name, remade, entryOf, options.elements);
    let question: Question | undefined;
    for (const derived of derivations[name].derive(inventory)) {
      const at = indexes.get(derived.entry)!;
      const before = result[at]!;
      const ruleset = options.rulesetOf(before.manifest);
      if (ruleset.derivations.has(name)) {
        if (question?.ruleset !== ruleset)
          question = new Question(name, ruleset, plans, again, options.judging);
        result[at] = add(before, derived, question, options);
      }
      if (name === 'roles') result[at] = raiseBound(result[at]!, derived);
    }
    options.onStep?.();
  }
  return result;
}

/** An object of the input, as small as can be: a dump has a hundred thousand. */
class ManifestEntry implements Entry {
  readonly extract: Entry['extract'];
  readonly isPartial: boolean;
  readonly file: string;
  readonly manifest: Manifest;

  constructor(manifest: Manifest, { extract, isPartial }: KeptExtract) {
    this.extract = extract;
    this.isPartial = isPartial;
    // What is rendered together is applied together.
    this.file = manifest.rendered?.rendering ?? manifest.origin.file;
    this.manifest = manifest;
  }

  reload(): Entry['extract'] {
    return extract(this.manifest.value);
  }
}

/** Raises what is said of a role that somebody has, as far as its controls are more severe then. */
function raiseBound(before: ManifestVerdicts, { seen }: Derived): ManifestVerdicts {
  const boundBy = seen['boundBy'] as readonly string[];
  if (boundBy.length === 0) return before;
  const [first, ...others] = boundBy;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  const failures = before.failures.map((failure) => {
    const { severityWhenBound } = failure.rule;
    return severityWhenBound === undefined
      ? failure
      : failure.raised(severityWhenBound, `bound by ${first}${more}`);
  });
  return { ...before, failures };
}

/**
 * Derived objects for those who look at a finding later. All of them are much larger than what is kept of the objects they
 * are made of, so but for a few they are derived again when the first one is asked for.
 */
class Again {
  private readonly name: DerivationName;
  private readonly inventory: () => Inventory;
  private readonly entryOf: ReadonlyMap<Manifest, Entry>;
  private readonly held = new Map<Entry, Derived>();
  private readonly most: number;
  private rest: Iterator<Derived> | undefined;
  private last: Derived | undefined;
  private passes = 0;
  private known: Map<Entry, Derived> | undefined;

  constructor(
    name: DerivationName,
    inventory: () => Inventory,
    entryOf: ReadonlyMap<Manifest, Entry>,
    keepsAll: boolean,
  ) {
    this.name = name;
    this.inventory = inventory;
    this.entryOf = entryOf;
    this.most = keepsAll ? Infinity : mostHeld;
  }

  /** Holds a derived object that will be asked for, unless there are many already. */
  hold(derived: Derived): void {
    if (this.held.size < this.most) this.held.set(derived.entry, derived);
  }

  /** The object derived of a manifest. */
  of(manifest: Manifest): Derived {
    const entry = this.entryOf.get(manifest)!;
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

/** How many derived objects of a derivation are held for failures: those that the first screen shows are among them. */
const mostHeld = 500;

/** How often a derivation is made again for those who ask in another order, before all of it is held. */
const mostPasses = 3;

/** What is asked about all derived objects of a derivation; what explains an answer is the same for all of them. */
class Question {
  readonly name: DerivationName;
  readonly ruleset: Ruleset;
  readonly plans: Plans;
  readonly again: Again;
  readonly explain: (manifest: Manifest, rule: Rule) => readonly LocatedFinding[];
  private readonly messages = new Map<Rule, (finding: LocatedFinding) => string>();

  constructor(name: DerivationName, ruleset: Ruleset, plans: Plans, again: Again, judging: Judging) {
    this.name = name;
    this.ruleset = ruleset;
    this.plans = plans;
    this.again = again;
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
}

/** No path: the whole object. */
const whole: Path = [];

/** The verdicts of a manifest with those about a derived object; each rule has said "not applicable" to the manifest itself. */
function add(
  before: ManifestVerdicts,
  derived: Derived,
  question: Question,
  options: DerivingOptions,
): ManifestVerdicts {
  const { name, ruleset, plans, again } = question;
  const { rules, seen, assumed } = plans.verdicts(ruleset, name, derived);
  // Most derived objects are about one or two of the rules; those about none leave everything as it is.
  if (seen.every((one) => one === 'not-applicable') && assumed.every((one) => one === 'not-applicable'))
    return before;
  const given: Verdict[] = [];
  const failures: RuleFailure[] = [];
  const others = [...before.others];
  for (const [i, rule] of rules.entries()) {
    const said =
      seen[i] === 'other' || assumed[i] === 'other'
        ? judgeDerived(rule.bound, name, derived, contextOf(ruleset, false))
        : saidPlainly(seen[i] as Verdict, assumed[i] as Verdict);
    const { verdict, reason } = said;
    given.push(verdict);
    if (verdict === 'not-applicable') continue;
    if (options.showAll) {
      const about = others.findIndex((one) => one.control === rule.id && one.verdict === 'not-applicable');
      if (about >= 0) others.splice(about, 1);
    }
    if (verdict === 'fail') {
      again.hold(derived);
      failures.push(new RuleFailure(rule, before.manifest, question.explain));
    } else if (verdict !== 'pass' || options.showAll) {
      if (verdict === 'unknown' && options.elements) again.hold(derived);
      const message = verdict === 'unknown' ? question.messageOf(rule) : verdict === 'error' ? reason : '';
      others.push(options.judging.finding({ rule, at: whole, verdict, reason, message }, before.manifest));
    }
  }
  return {
    ...before,
    ...plans.total(before, rules, given),
    failures: failures.length === 0 ? before.failures : before.failures.concat(failures),
    others: options.showAll || others.length > before.others.length ? others.slice() : before.others,
  };
}

type Total = Pick<ManifestVerdicts, 'verdicts' | 'judgedBy'>;

/** The sum of what was said of a manifest before and of what is said of an object derived from it. */
function totalOf(before: Total, rules: readonly Rule[], given: readonly Verdict[]): Total {
  const verdicts: Record<Verdict, number> = { ...before.verdicts };
  for (const verdict of given) {
    verdicts['not-applicable']--;
    verdicts[verdict]++;
  }
  const judging = rules.filter((_, i) => given[i] !== 'not-applicable');
  return { verdicts, judgedBy: before.judgedBy.concat(judging) };
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

/** Of all derived objects of a derivation the rules and what they need are the same. */
class Plans {
  private readonly known = new Map<
    Ruleset,
    Map<DerivationName, { rules: readonly Rule[]; plan: VerdictPlan }>
  >();

  private readonly totals = new WeakMap<Total['judgedBy'], Map<Total['verdicts'], Map<string, Total>>>();

  /** Thousands of objects share what was said of them before and what is said now. */
  total({ verdicts, judgedBy }: Total, rules: readonly Rule[], given: readonly Verdict[]): Total {
    let byVerdicts = this.totals.get(judgedBy);
    if (byVerdicts === undefined) this.totals.set(judgedBy, (byVerdicts = new Map()));
    let bySaid = byVerdicts.get(verdicts);
    if (bySaid === undefined) byVerdicts.set(verdicts, (bySaid = new Map()));
    const said = `${rules[0]?.derivation ?? ''} ${given.join()}`;
    let total = bySaid.get(said);
    if (total === undefined) bySaid.set(said, (total = totalOf({ verdicts, judgedBy }, rules, given)));
    return total;
  }

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
