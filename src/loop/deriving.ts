import {
  type DerivedJudgement,
  derivedRequest,
  elsewhere,
  judgeDerived,
} from '../catalogue/derived-judgement.ts';
import type { Manifest } from '../collect/manifests.ts';
import { type DerivationName, derivations } from '../derive/derivation.ts';
import type { Derived } from '../derive/derived.ts';
import { extract, type KeptExtract } from '../derive/extract.ts';
import { type Entry, type Given, Inventory } from '../derive/inventory.ts';
import type { Verdict } from '../model/finding.ts';
import type { Path } from '../model/object.ts';
import { formatPath } from '../model/path.ts';
import { type JudgeContext, type PlainVerdict, VerdictPlan } from '../policy/index.ts';
import { DerivedAgain } from './derived-again.ts';
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
    const again = new DerivedAgain(name, remade, entryOf, options.elements);
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

/** After how many derived objects `onStep` is called. */
const stepLength = 1024;

/** What is asked about all derived objects of a derivation; what explains an answer is the same for all of them. */
class Question {
  readonly name: DerivationName;
  readonly ruleset: Ruleset;
  readonly again: DerivedAgain;
  readonly explain: Explain;
  private readonly judging: Judging;
  private readonly messages = new Map<Rule, (finding: LocatedFinding) => string>();
  private readonly remarks = new Map<Rule, Remark>();
  private readonly standings = new WeakMap<Standing, Map<readonly Verdict[] | string, Standing>>();
  private readonly plain = new Map<readonly PlainVerdict[], Map<readonly PlainVerdict[], Said>>();

  constructor(name: DerivationName, ruleset: Ruleset, again: DerivedAgain, judging: Judging) {
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

  /** What plain verdicts in both readings come to: the same object for the same verdicts, which are mostly the same arrays. */
  plainly(rules: readonly Rule[], seen: readonly PlainVerdict[], assumed: readonly PlainVerdict[]): Said {
    let bySeen = this.plain.get(seen);
    if (bySeen === undefined) this.plain.set(seen, (bySeen = new Map()));
    let said = bySeen.get(assumed);
    if (said === undefined)
      bySeen.set(
        assumed,
        (said = saidBy(rules, (_, i) => saidPlainly(seen[i] as Verdict, assumed[i] as Verdict))),
      );
    return said;
  }

  /**
   * Thousands of objects share what was said of them before and what is said now; `given` are the verdicts of `rules`, the same array
   * for the same ones where they are plain.
   */
  standing(
    before: Standing,
    rules: readonly Rule[],
    given: readonly Verdict[],
    isPlain: boolean,
    withRemarks: boolean,
  ): Standing {
    let bySaid = this.standings.get(before);
    if (bySaid === undefined) this.standings.set(before, (bySaid = new Map()));
    const said = isPlain ? given : given.join();
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
  const isPlain = !seen.includes('other') && !assumed.includes('other');
  const said = isPlain
    ? question.plainly(rules, seen, assumed)
    : saidBy(rules, (rule, i) =>
        seen[i] === 'other' || assumed[i] === 'other'
          ? judgeDerived(rule.bound, name, derived, contextOf(ruleset, false))
          : saidPlainly(seen[i] as Verdict, assumed[i] as Verdict),
      );
  const { answers, given, failing } = said;
  // Most derived objects are about one or two of the rules; those about none leave everything as it is.
  if (said.isNothing) return;
  if (failing.length > 0 || (options.elements && given.includes('unknown'))) again.hold(derived, failing);
  if (isPlain && !options.showAll) {
    before.become(question.standing(before.standing, rules, given, true, true));
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
  const standing = question.standing({ ...before.standing, remarks: [] }, rules, given, isPlain, false);
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

/** What the rules say of a derived object. */
interface Said {
  readonly answers: readonly Answer[];
  readonly given: readonly Verdict[];
  readonly failing: readonly Rule[];
  /** Whether it is about none of the rules. */
  readonly isNothing: boolean;
}

type Answer = Pick<DerivedJudgement, 'verdict' | 'reason'>;

function saidBy(rules: readonly Rule[], ask: (rule: Rule, i: number) => Answer): Said {
  const answers = rules.map(ask);
  const given = answers.map(({ verdict }) => verdict);
  const failing = rules.filter((_, i) => given[i] === 'fail');
  return { answers, given, failing, isNothing: given.every((verdict) => verdict === 'not-applicable') };
}

/** What two plain verdicts come to: see `judgeDerived`. */
function saidPlainly(seen: Verdict, assumed: Verdict): Answer {
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
