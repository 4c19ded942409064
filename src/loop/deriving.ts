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
  const entries = verdicts.map(({ manifest }, i): Entry => ({
    ...extracts[i]!,
    file: manifest.origin.file,
    reload: () => extract(manifest.value),
  }));
  const inventory = new Inventory(entries, options.given);
  const indexes = new Map(entries.map((entry, i) => [entry, i]));
  const plans = new Plans();
  const names = new Set(verdicts.flatMap(({ manifest }) => [...options.rulesetOf(manifest).derivations]));
  for (const name of names) {
    const again = new Again(name, inventory, options.elements);
    for (const derived of derivations[name].derive(inventory)) {
      const at = indexes.get(derived.entry)!;
      const before = result[at]!;
      const ruleset = options.rulesetOf(before.manifest);
      if (ruleset.derivations.has(name))
        result[at] = add(before, derived, { name, ruleset, plans, again }, options);
    }
  }
  inventory.forget();
  return result;
}

/**
 * Derived objects for those who look at a finding later. All of them are much larger than what is kept of the objects they
 * are made of, so but for a few they are derived again when the first one is asked for.
 */
class Again {
  private readonly name: DerivationName;
  private readonly inventory: Inventory;
  private left: number;
  private known: Map<Entry, Derived> | undefined;

  constructor(name: DerivationName, inventory: Inventory, keepsAll: boolean) {
    this.name = name;
    this.inventory = inventory;
    this.left = keepsAll ? Infinity : mostHeld;
  }

  /** Gives back the derived object whenever it is asked for. */
  hold(derived: Derived, isFailing: boolean): () => Derived {
    return this.left === Infinity || (isFailing && this.left-- > 0)
      ? always(derived)
      : this.later(derived.entry);
  }

  /** By itself, so that what it returns holds the entry and nothing else. */
  private later(entry: Entry): () => Derived {
    return () => this.find(entry);
  }

  private find(entry: Entry): Derived {
    this.known ??= new Map(
      [...derivations[this.name].derive(this.inventory)].map((derived) => [derived.entry, derived]),
    );
    return this.known.get(entry)!;
  }
}

function always(derived: Derived): () => Derived {
  return () => derived;
}

/** How many derived objects of a derivation are held for failures: those that the first screen shows are among them. */
const mostHeld = 500;

interface Question {
  readonly name: DerivationName;
  readonly ruleset: Ruleset;
  readonly plans: Plans;
  readonly again: Again;
}

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
  if (seen?.every((one) => one === 'not-applicable') && assumed?.every((one) => one === 'not-applicable'))
    return before;
  const verdicts: Record<Verdict, number> = { ...before.verdicts };
  const failures = [...before.failures];
  const others = [...before.others];
  const judgedBy = [...before.judgedBy];
  for (const [i, rule] of rules.entries()) {
    const said =
      seen === undefined || assumed === undefined
        ? judgeDerived(rule.bound, name, derived, contextOf(ruleset, false))
        : saidPlainly(seen[i]!, assumed[i]!);
    const { verdict, reason } = said;
    if (verdict === 'not-applicable') continue;
    verdicts['not-applicable']--;
    verdicts[verdict]++;
    judgedBy.push(rule);
    if (options.showAll) {
      const about = others.findIndex((one) => one.control === rule.id && one.verdict === 'not-applicable');
      if (about >= 0) others.splice(about, 1);
    }
    if (verdict === 'fail') {
      const held = again.hold(derived, true);
      failures.push(
        new RuleFailure(rule, before.manifest, () =>
          elementsOf(rule, before.manifest, held(), question, options.judging),
        ),
      );
    } else if (verdict !== 'pass' || options.showAll) {
      const held = verdict === 'unknown' ? again.hold(derived, false) : undefined;
      const message =
        held === undefined ? (verdict === 'error' ? reason : '') : () => messageOf(rule, held(), question);
      others.push(options.judging.finding({ rule, at: [], verdict, reason, message }, before.manifest));
    }
  }
  return { ...before, verdicts, failures, others, judgedBy };
}

/** What two plain verdicts come to: see `judgeDerived`. */
function saidPlainly(seen: PlainVerdict, assumed: PlainVerdict): { verdict: Verdict; reason: string } {
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

  verdicts(
    ruleset: Ruleset,
    name: DerivationName,
    { seen, assumed }: Derived,
  ): {
    rules: readonly Rule[];
    seen?: readonly PlainVerdict[] | undefined;
    assumed?: readonly PlainVerdict[] | undefined;
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
