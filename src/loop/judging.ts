import type { Manifest } from '../collect/manifests.ts';
import type { KindRegistry } from '../kube/kinds.ts';
import { serverView } from '../kube/view/server-view.ts';
import type { Verdict } from '../model/finding.ts';
import type { JsonObject, Path } from '../model/object.ts';
import { formatPath, valueAt } from '../model/path.ts';
import { judge, type JudgeContext, type Judgement, type Likeness, ScopeCache } from '../policy/index.ts';
import { mayMatch, RulePicker, type Tally } from './applicable.ts';
import { type FindingParts, LocatedFinding, placeOf, type Places } from './located.ts';
import { failingPaths, knownPaths } from './failing-paths.ts';
import { type Explain, failingBy, ManifestVerdicts, type Standing, traitsOf } from './manifest-verdicts.ts';
import type { Rule, Ruleset } from './ruleset.ts';
import { saysIgnore } from './suppress.ts';
import { type Subject, type Subjects, subjectsOf } from './subject.ts';
import { tellingAmong } from './telling.ts';

/** What those who asked for the judging will look at. */
export interface JudgingOptions {
  /** Findings for passes and not-applicables too. */
  readonly showAll: boolean;
  /** Work out every failing element at once: for those who read them all. */
  readonly elements: boolean;
}

/** What is known beside the manifests being judged. */
export interface Surroundings {
  readonly kinds: KindRegistry;
  readonly namespaces: ReadonlyMap<string, JsonObject>;
  /** Objects that the user's own policies may take as parameters. */
  readonly parameters: readonly JsonObject[];
}

/** Judges manifests one by one. */
export class Judging {
  private readonly picker = new RulePicker();
  private readonly plain = new Map<Ruleset, JudgeContext>();
  private readonly explaining = new Map<Ruleset, Explain>();
  private readonly standings = new WeakMap<Omit<Tally, 'open'>, Standing>();
  private readonly completions = new WeakMap<Tally, Map<string, Standing>>();
  private readonly surroundings: Surroundings;
  private readonly places: Places;
  private readonly options: JudgingOptions;
  /** The manifest explained last: those who ask for one of its findings mostly ask for another. */
  private last:
    | { readonly manifest: Manifest; readonly subjects: readonly (readonly [Subject, ScopeCache])[] }
    | undefined;

  constructor(surroundings: Surroundings, places: Places, options: JudgingOptions) {
    this.surroundings = surroundings;
    this.places = places;
    this.options = options;
  }

  /** Keeps `kept` in the place of the manifest: the same, shelved. */
  judge<M extends Manifest>(manifest: Manifest, ruleset: Ruleset, kept: M): ManifestVerdicts<M> {
    const found = subjectsOf(manifest, this.surroundings.kinds);
    const { subjects, unknowns } = found;
    const problems = found.problems.map(({ path, severity, reason }) => ({
      ...placeOf(manifest, path),
      severity,
      reason,
    }));
    const traits = traitsOf({
      problems,
      mayBeSuppressed: saysIgnore(manifest),
      hasOwner: namesOwner(manifest),
    });
    const plainly = this.options.showAll ? undefined : this.plainly(found, ruleset);
    if (plainly !== undefined) {
      const { plain, likeness } = plainly;
      if (this.options.elements) {
        const { standing, others } = this.withElements(plain, subjects[0]!, kept, ruleset);
        return new ManifestVerdicts(kept, traits, standing, others);
      }
      if (likeness !== undefined) this.notePlaces(manifest, subjects[0]!, plain.failing, likeness, ruleset);
      if (plain.open.length === 0)
        return new ManifestVerdicts(kept, traits, this.standing(plain, ruleset), [], likeness);
      const { standing, others } = this.completed(plain, subjects[0]!, kept, ruleset);
      return new ManifestVerdicts(kept, traits, standing, others);
    }
    const outcome = new Outcome(kept, this.places, this.options.showAll);
    for (const { request, reason } of unknowns) {
      for (const rule of this.picker.for(ruleset, request).rules) {
        if (mayMatch(rule, request)) outcome.whole(rule, 'unknown', reason);
      }
    }
    const judgedBy = new Set<Rule>();
    for (const subject of subjects) {
      const { rules } = this.picker.for(ruleset, subject.request);
      for (const [rule, judgement] of this.ask(rules, ruleset, subject, !this.options.elements)) {
        const named = ruleset.named.get(rule.id)!;
        if (judgement.verdict !== 'not-applicable') judgedBy.add(named);
        outcome.add(named, judgement, subject);
      }
    }
    if (subjects.length + unknowns.length > 0) outcome.rest(ruleset.named);
    const explain: Explain = this.options.elements
      ? (_, rule) => outcome.elements(rule)
      : this.explainBy(ruleset);
    const standing: Standing = {
      verdicts: outcome.verdicts,
      judgedBy: [...judgedBy],
      failing: failingBy(outcome.failing(), explain),
      remarks: [],
    };
    return new ManifestVerdicts(kept, traits, standing, outcome.others);
  }

  /** The verdicts of a manifest about which there is nothing else to say, as of nearly all. */
  private plainly({ subjects, unknowns }: Subjects, ruleset: Ruleset): Plainly | undefined {
    if (subjects.length !== 1 || unknowns.length > 0 || ruleset.hasOwn) return undefined;
    const { request } = subjects[0]!;
    let context = this.plain.get(ruleset);
    if (context === undefined)
      this.plain.set(ruleset, (context = this.context(ruleset.parameters, true, true)));
    const applicable = this.picker.for(ruleset, request);
    const plan = applicable.plan(request, context);
    return { plain: applicable.tally(plan.judge(request)), likeness: plan.likeness };
  }

  /**
   * Finds out where an object fails rules that tell others, and those others, while it is at hand: `foldImplied` will ask for it.
   */
  private notePlaces(
    manifest: Manifest,
    subject: Subject,
    failing: readonly Rule[],
    likeness: Likeness,
    ruleset: Ruleset,
  ): void {
    for (const { told, tellers } of tellingAmong(failing)) {
      for (const i of [told, ...tellers]) {
        const rule = failing[i]!;
        const alike = likeness.get(rule.id);
        if (alike === undefined || knownPaths(alike, rule.id) !== undefined) continue;
        if (this.last?.manifest !== manifest) {
          const scopes = new ScopeCache(subject.request, this.context([], true, false));
          this.last = { manifest, subjects: [[subject, scopes]] };
        }
        failingPaths(alike, rule.id, () => this.explain(manifest, rule, ruleset).map(({ path }) => path));
      }
    }
  }

  /** What plain verdicts come to where no rule has more to say; thousands of objects share it. */
  private standing(plain: Omit<Tally, 'open'>, ruleset: Ruleset): Standing {
    let standing = this.standings.get(plain);
    if (standing === undefined) {
      const { verdicts, judgedBy, failing } = plain;
      standing = { verdicts, judgedBy, failing: failingBy(failing, this.explainBy(ruleset)), remarks: [] };
      this.standings.set(plain, standing);
    }
    return standing;
  }

  /** Plain verdicts with what the other rules say. */
  private completed(
    plain: Tally,
    subject: Subject,
    kept: Manifest,
    ruleset: Ruleset,
  ): Pick<ManifestVerdicts, 'standing' | 'others'> {
    const outcome = new Outcome(kept, this.places, false);
    const said = new Set<Rule>();
    for (const [rule, judgement] of this.ask(plain.open, ruleset, subject, true)) {
      if (judgement.verdict !== 'not-applicable') said.add(rule);
      outcome.add(rule, judgement, subject);
    }
    outcome.rest(new Map(plain.open.map((rule) => [rule.id, rule])));
    const numbers = (rules: Iterable<Rule>): number[] => [...rules].map((rule) => plain.open.indexOf(rule));
    const key = [numbers(said), numbers(outcome.failing()), Object.values(outcome.verdicts)].join(' ');
    let known = this.completions.get(plain);
    if (known === undefined) this.completions.set(plain, (known = new Map()));
    let standing = known.get(key);
    if (standing === undefined) {
      const verdicts = outcome.countedWith(plain.verdicts);
      const applied = new Set([...plain.judgedBy, ...said]);
      const failed = new Set([...plain.failing, ...outcome.failing()]);
      const { rules } = this.picker.for(ruleset, subject.request);
      const failing = rules.filter((rule) => failed.has(rule));
      const judgedBy = rules.filter((rule) => applied.has(rule));
      known.set(key, (standing = this.standing({ verdicts, failing, judgedBy }, ruleset)));
    }
    return { standing, others: outcome.others };
  }

  /**
   * Lets go what is remembered for judging other manifests, some megabytes: to be called behind the last of them. What was judged is
   * explained as before.
   */
  forget(): void {
    this.picker.forget();
  }

  /** Plain verdicts with all findings of the rules that fail or have more to say. */
  private withElements(
    plain: Tally,
    subject: Subject,
    kept: Manifest,
    ruleset: Ruleset,
  ): Pick<ManifestVerdicts, 'standing' | 'others'> {
    const outcome = new Outcome(kept, this.places, false);
    const { rules } = this.picker.for(ruleset, subject.request);
    const wanted = new Set([...plain.failing, ...plain.open]);
    const asked = rules.filter((rule) => wanted.has(rule));
    const applied = new Set(plain.judgedBy);
    for (const [rule, judgement] of this.ask(asked, ruleset, subject, false)) {
      if (judgement.verdict !== 'not-applicable') applied.add(rule);
      outcome.add(rule, judgement, subject);
    }
    outcome.rest(new Map(asked.map((rule) => [rule.id, rule])));
    const standing: Standing = {
      // What fails was asked once more, and is counted with it.
      verdicts: outcome.countedWith({ ...plain.verdicts, fail: 0 }),
      judgedBy: rules.filter((rule) => applied.has(rule)),
      failing: failingBy(outcome.failing(), (_, rule) => outcome.elements(rule)),
      remarks: [],
    };
    return { standing, others: outcome.others };
  }

  /** What explains why a manifest fails a rule of a ruleset, when somebody looks: the same function every time. */
  explainBy(ruleset: Ruleset): Explain {
    let explain = this.explaining.get(ruleset);
    if (explain === undefined) {
      explain = (manifest, rule) => this.explain(manifest, rule, ruleset);
      this.explaining.set(ruleset, explain);
    }
    return explain;
  }

  /** A finding about a manifest that this or another thread has judged. */
  finding(
    parts: Pick<FindingParts, 'verdict' | 'message' | 'reason' | 'at'> & { readonly rule: Rule },
    manifest: Manifest,
  ): LocatedFinding {
    const { rule, verdict, message, reason, at } = parts;
    const { id: control, severity } = rule;
    return new LocatedFinding({ control, severity, verdict, message, reason, manifest, at }, this.places);
  }

  /** Judges a manifest once more by one rule, down to the failing elements. */
  private explain(manifest: Manifest, rule: Rule, ruleset: Ruleset): readonly LocatedFinding[] {
    const outcome = new Outcome(manifest, this.places, false);
    const same = ruleset.byId.get(rule.id) ?? [];
    for (const [subject, scopes] of this.explained(manifest)) {
      for (const [, judgement] of this.ask(same, ruleset, subject, false, scopes))
        outcome.add(rule, judgement, subject);
    }
    return outcome.elements(rule);
  }

  /** The subjects of a manifest, with what has been found out about them by explaining other rules. */
  private explained(manifest: Manifest): readonly (readonly [Subject, ScopeCache])[] {
    if (this.last?.manifest === manifest) return this.last.subjects;
    const context = this.context([], true, false);
    const { subjects } = subjectsOf(manifest, this.surroundings.kinds);
    const explained = subjects.map((subject) => [subject, new ScopeCache(subject.request, context)] as const);
    this.last = { manifest, subjects: explained };
    return explained;
  }

  /** All rules at once, so that what their policies have in common is computed once. */
  private *ask(
    rules: readonly Rule[],
    ruleset: Ruleset,
    subject: Subject,
    verdictsOnly: boolean,
    scopes?: ScopeCache,
  ): Generator<[Rule, Judgement]> {
    const catalogued = rules.filter((rule) => !rule.isOwn && mayAsk(rule, subject));
    // In a cluster no policy of the user's would see a template inside of a custom resource.
    const own = subject.derived ? [] : rules.filter(({ isOwn }) => isOwn);
    // Not for the user's own policies: they come from another compiler, which counts what is shared anew.
    yield* this.askIn(catalogued, subject, this.context(ruleset.parameters, true, verdictsOnly), scopes);
    if (own.length > 0)
      yield* this.askIn(own, subject, this.context(this.surroundings.parameters, false, verdictsOnly));
  }

  private *askIn(
    rules: readonly Rule[],
    { request }: Subject,
    context: JudgeContext,
    scopes?: ScopeCache,
  ): Generator<[Rule, Judgement]> {
    const judgements = judge(
      rules.map(({ bound }) => bound),
      request,
      context,
      scopes,
    );
    // Judgements come in the order of the rules, one for each parameter.
    let at = 0;
    for (const judgement of judgements) {
      while (rules[at]!.bound.policy !== judgement.policy || rules[at]!.bound.binding !== judgement.binding)
        at++;
      yield [rules[at]!, judgement];
    }
  }

  private context(objects: readonly JsonObject[], complete: boolean, verdictsOnly: boolean): JudgeContext {
    const { kinds, namespaces } = this.surroundings;
    return {
      verdictsOnly,
      findNamespace: (name) => namespaces.get(name),
      params: {
        objects,
        complete,
        scopeOf: ({ apiVersion, kind }) => {
          const { namespaced } = kinds.resolve(apiVersion, kind);
          return namespaced === undefined ? undefined : namespaced ? 'Namespaced' : 'Cluster';
        },
      },
    };
  }
}

/** Plain verdicts, and what {@link ManifestVerdicts.likeness} is. */
interface Plainly {
  readonly plain: Tally;
  readonly likeness: Likeness | undefined;
}

/** Gathers what is said about one manifest. */
class Outcome {
  readonly verdicts: Record<Verdict, number> = {
    pass: 0,
    fail: 0,
    'not-applicable': 0,
    unknown: 0,
    error: 0,
  };
  readonly others: LocatedFinding[] = [];
  private readonly said = new Map<Rule, Verdict>();
  private readonly failed = new Map<Rule, Map<string, LocatedFinding>>();
  private readonly manifest: Manifest;
  private readonly places: Places;
  private readonly showAll: boolean;

  constructor(manifest: Manifest, places: Places, showAll: boolean) {
    this.manifest = manifest;
    this.places = places;
    this.showAll = showAll;
  }

  failing(): Rule[] {
    return [...this.failed.keys()];
  }

  /** How many rules gave each verdict, those of `others` included. */
  countedWith(others: Standing['verdicts']): Standing['verdicts'] {
    const sum = { ...others };
    for (const [verdict, count] of Object.entries(this.verdicts) as [Verdict, number][])
      sum[verdict] += count;
    return sum;
  }

  /** The failing elements of a rule; the whole object where none is named. */
  elements(rule: Rule): readonly LocatedFinding[] {
    return [...(this.failed.get(rule)?.values() ?? [])];
  }

  add(rule: Rule, judgement: Judgement, subject: Subject): void {
    if (judgement.policy.refused && judgement.verdict !== 'not-applicable' && judgement.verdict !== 'error') {
      return this.whole(rule, 'error', 'the API server refuses this policy: see what is wrong with it');
    }
    if (judgement.verdict === 'error') return this.failedToJudge(rule, judgement);
    if (judgement.verdict !== 'fail') return this.whole(rule, judgement.verdict, judgement.reason);
    let elements = this.failed.get(rule);
    if (elements === undefined) {
      this.failed.set(rule, (elements = new Map()));
      this.verdicts.fail++;
    }
    this.said.set(rule, 'fail');
    for (const { verdict, message, elements: found } of judgement.validations) {
      if (verdict !== 'fail') continue;
      for (const { path } of found) {
        const at = subject.toManifest(path);
        const key = formatPath(at);
        const said = elements.get(key)?.message;
        if (said === undefined) elements.set(key, this.finding(rule, 'fail', at, message, ''));
        else if (said !== message)
          elements.set(key, this.finding(rule, 'fail', at, `${said}; ${message}`, ''));
      }
    }
  }

  /** The server denies a request that a policy cannot judge, unless failurePolicy Ignore lets it pass. */
  private failedToJudge(rule: Rule, { policy, reason }: Judgement): void {
    if (policy.definition.failurePolicy === 'Ignore') {
      this.whole(rule, 'not-applicable', `${reason}; failurePolicy Ignore lets the request pass`);
    } else {
      this.whole(rule, 'error', reason, reason);
    }
  }

  /** What nobody has said anything about is about other kinds; most rules are, for most objects. */
  rest(rules: ReadonlyMap<string, Rule>): void {
    if (this.showAll) {
      for (const rule of rules.values())
        if (!this.said.has(rule)) this.whole(rule, 'not-applicable', 'it is about other kinds');
    } else {
      this.verdicts['not-applicable'] += rules.size - this.said.size;
    }
  }

  /** A verdict about the manifest as a whole. Not applicable to an embedded template says nothing about the rest. */
  whole(rule: Rule, verdict: Verdict, reason: string, message = ''): void {
    const before = this.said.get(rule);
    if (before !== undefined && (verdict === 'not-applicable' || verdict === 'pass' || before === verdict))
      return;
    this.said.set(rule, before === 'fail' ? before : verdict);
    this.verdicts[verdict]++;
    const isQuiet = verdict === 'pass' || verdict === 'not-applicable';
    if (!isQuiet || this.showAll) this.others.push(this.finding(rule, verdict, [], message, reason));
  }

  private finding(
    { id, severity }: Rule,
    verdict: Verdict,
    at: Path,
    message: string,
    reason: string,
  ): LocatedFinding {
    const parts = { control: id, severity, verdict, message, reason, manifest: this.manifest, at };
    return new LocatedFinding(parts, this.places);
  }
}

/** The namespaces of the input in the server view, by name. */
export function namespacesOf(manifests: readonly Manifest[]): ReadonlyMap<string, JsonObject> {
  const namespaces = new Map<string, JsonObject>();
  for (const { reference, value } of manifests) {
    if (reference.apiVersion !== 'v1' || reference.kind !== 'Namespace') continue;
    const { object } = serverView(value);
    if (object !== null) namespaces.set(reference.name, object as JsonObject);
  }
  return namespaces;
}

/** Whether a policy sees a version that no server takes any more: only one that names it. */
export function mayAsk({ bound }: Pick<Rule, 'bound'>, { exactly }: Subject): boolean {
  return exactly !== true || bound.policy.definition.matchConstraints?.matchPolicy === 'Exact';
}

function namesOwner({ value }: Manifest): boolean {
  return valueAt(value, ['metadata', 'ownerReferences']) !== undefined;
}
