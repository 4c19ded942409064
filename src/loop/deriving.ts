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
    for (const derived of derivations[name].derive(inventory)) {
      const at = indexes.get(derived.entry)!;
      const before = result[at]!;
      const ruleset = options.rulesetOf(before.manifest);
      if (ruleset.derivations.has(name)) result[at] = add(before, { name, derived, ruleset, plans }, options);
    }
  }
  return result;
}

interface Question {
  readonly name: DerivationName;
  readonly derived: Derived;
  readonly ruleset: Ruleset;
  readonly plans: Plans;
}

/** The verdicts of a manifest with those about a derived object; each rule has said "not applicable" to the manifest itself. */
function add(before: ManifestVerdicts, question: Question, options: DerivingOptions): ManifestVerdicts {
  const { name, derived, ruleset, plans } = question;
  const { rules, seen, assumed } = plans.verdicts(ruleset, name, derived);
  const verdicts: Record<Verdict, number> = { ...before.verdicts };
  const failures = [...before.failures];
  const others = [...before.others];
  const judgedBy = [...before.judgedBy];
  for (const [i, rule] of rules.entries()) {
    const isPlain = seen !== undefined && assumed !== undefined && seen[i] === assumed[i];
    const said = isPlain ? { verdict: seen[i]!, reason: '', message: '' } : askAgain(rule, question);
    if (said.verdict === 'not-applicable') continue;
    verdicts['not-applicable']--;
    verdicts[said.verdict]++;
    judgedBy.push(rule);
    if (options.showAll) {
      const about = others.findIndex(
        ({ control, verdict }) => control === rule.id && verdict === 'not-applicable',
      );
      if (about >= 0) others.splice(about, 1);
    }
    if (said.verdict === 'fail') {
      failures.push(
        new RuleFailure(rule, before.manifest, () =>
          elementsOf(rule, before.manifest, question, options.judging),
        ),
      );
    } else if (said.verdict !== 'pass' || options.showAll) {
      others.push(options.judging.finding({ rule, at: [], ...said }, before.manifest));
    }
  }
  return { ...before, verdicts, failures, others, judgedBy };
}

/** What a rule says where a plain verdict is not all there is to say. */
function askAgain(
  rule: Rule,
  { name, derived, ruleset }: Question,
): { verdict: Verdict; reason: string; message: string } {
  const { verdict, reason, judgement } = judgeDerived(rule.bound, name, derived, contextOf(ruleset, false));
  if (verdict === 'error') return { verdict, reason, message: reason };
  const messages = reason === elsewhere ? judgement.validations.map(({ message }) => message) : [];
  return { verdict, reason, message: messages.filter((one) => one !== '').join('; ') };
}

/** The failing elements of a rule, at the places of the manifest that they are about. */
function elementsOf(
  rule: Rule,
  manifest: Manifest,
  { name, derived, ruleset }: Question,
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
  ): { rules: readonly Rule[]; seen?: PlainVerdict[] | undefined; assumed?: PlainVerdict[] | undefined } {
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
