import type { Manifest } from '../collect/manifests.ts';
import type { KindRegistry } from '../kube/kinds.ts';
import { serverView } from '../kube/view/server-view.ts';
import type { Verdict } from '../model/finding.ts';
import type { JsonObject, Path } from '../model/object.ts';
import { formatPath } from '../model/path.ts';
import { judge, type JudgeContext, type Judgement } from '../policy/index.ts';
import { ApplicableRules, mayMatch } from './applicable.ts';
import { LocatedFinding, type Places } from './located.ts';
import type { Rule, Ruleset } from './ruleset.ts';
import { type Subject, type SubjectProblem, subjectsOf } from './subject.ts';

/** What the rules say about one manifest. */
export interface ManifestVerdicts {
  readonly manifest: Manifest;
  /** Failures, unknowns and errors; passes and not-applicables too when everything is shown. */
  readonly findings: LocatedFinding[];
  /** How often each verdict was given. */
  readonly verdicts: Readonly<Record<Verdict, number>>;
  /** The rules that applied, pass or not. */
  readonly judgedBy: readonly Rule[];
  readonly problems: readonly SubjectProblem[];
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
  private readonly applicable = new ApplicableRules();
  private readonly surroundings: Surroundings;
  private readonly places: Places;
  private readonly showAll: boolean;

  constructor(surroundings: Surroundings, places: Places, showAll: boolean) {
    this.surroundings = surroundings;
    this.places = places;
    this.showAll = showAll;
  }

  judge(manifest: Manifest, ruleset: Ruleset): ManifestVerdicts {
    const { subjects, problems, unknown } = subjectsOf(manifest, this.surroundings.kinds);
    const outcome = new Outcome(manifest, this.places, this.showAll);
    if (unknown !== undefined) {
      for (const rule of this.applicable.for(ruleset, unknown.request))
        if (mayMatch(rule, unknown.request)) outcome.whole(rule, 'unknown', unknown.reason);
    }
    const judgedBy = new Set<Rule>();
    for (const subject of subjects) {
      const rules = this.applicable.for(ruleset, subject.request);
      for (const [rule, judgement] of this.ask(rules, ruleset, subject)) {
        if (judgement.verdict !== 'not-applicable') judgedBy.add(rule);
        outcome.add(rule, judgement, subject);
      }
    }
    if (subjects.length > 0 || unknown !== undefined) {
      for (const rule of ruleset.rules)
        if (!outcome.has(rule)) outcome.whole(rule, 'not-applicable', 'it is about other kinds');
    }
    return {
      manifest,
      findings: outcome.findings(),
      verdicts: outcome.verdicts,
      judgedBy: [...judgedBy],
      problems,
    };
  }

  /** All rules at once, so that what their policies have in common is computed once. */
  private *ask(rules: readonly Rule[], ruleset: Ruleset, subject: Subject): Generator<[Rule, Judgement]> {
    const catalogued = rules.filter(({ isOwn }) => !isOwn);
    const own = catalogued.length === rules.length ? [] : rules.filter(({ isOwn }) => isOwn);
    yield* this.askIn(catalogued, subject, this.context(ruleset.parameters, true));
    if (own.length > 0) yield* this.askIn(own, subject, this.context(this.surroundings.parameters, false));
  }

  private *askIn(
    rules: readonly Rule[],
    { request }: Subject,
    context: JudgeContext,
  ): Generator<[Rule, Judgement]> {
    const judgements = judge(
      rules.map(({ bound }) => bound),
      request,
      context,
    );
    // Judgements come in the order of the rules, one for each parameter.
    let at = 0;
    for (const judgement of judgements) {
      while (rules[at]!.bound.policy !== judgement.policy || rules[at]!.bound.binding !== judgement.binding)
        at++;
      yield [rules[at]!, judgement];
    }
  }

  private context(objects: readonly JsonObject[], complete: boolean): JudgeContext {
    const { kinds, namespaces } = this.surroundings;
    return {
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

/** Gathers what is said about one manifest: one finding for each rule and failing element. */
class Outcome {
  readonly verdicts: Record<Verdict, number> = {
    pass: 0,
    fail: 0,
    'not-applicable': 0,
    unknown: 0,
    error: 0,
  };
  private readonly byElement = new Map<string, LocatedFinding>();
  private readonly said = new Map<Rule, Verdict>();
  private readonly manifest: Manifest;
  private readonly places: Places;
  private readonly showAll: boolean;

  constructor(manifest: Manifest, places: Places, showAll: boolean) {
    this.manifest = manifest;
    this.places = places;
    this.showAll = showAll;
  }

  has(rule: Rule): boolean {
    return this.said.has(rule);
  }

  findings(): LocatedFinding[] {
    return [...this.byElement.values()];
  }

  add(rule: Rule, judgement: Judgement, subject: Subject): void {
    if (judgement.verdict !== 'fail') return this.whole(rule, judgement.verdict, judgement.reason);
    this.said.set(rule, 'fail');
    for (const { verdict, message, elements } of judgement.validations) {
      if (verdict !== 'fail') continue;
      const places = elements.length === 0 ? [[]] : elements.map(({ path }) => path);
      for (const path of places) this.put(rule, 'fail', subject.toManifest(path), message, '');
    }
  }

  /** A verdict about the manifest as a whole. Not applicable to an embedded template says nothing about the rest. */
  whole(rule: Rule, verdict: Verdict, reason: string): void {
    const before = this.said.get(rule);
    if (before !== undefined && (verdict === 'not-applicable' || verdict === 'pass')) return;
    this.said.set(rule, verdict);
    const isQuiet = verdict === 'pass' || verdict === 'not-applicable';
    if (isQuiet && !this.showAll) this.verdicts[verdict]++;
    else this.put(rule, verdict, [], '', reason);
  }

  private put(rule: Rule, verdict: Verdict, at: Path, message: string, reason: string): void {
    const key = `${rule.id} ${verdict} ${formatPath(at)}`;
    if (this.byElement.has(key)) return;
    const { id: control, severity } = rule;
    this.verdicts[verdict]++;
    this.byElement.set(
      key,
      new LocatedFinding(
        { control, severity, verdict, message, reason, manifest: this.manifest, at },
        this.places,
      ),
    );
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
