import {
  type AdmissionRequest,
  CommonVerdicts,
  type GroupVersionResource,
  type JudgeContext,
  type PlainVerdict,
  VerdictPlan,
  type Watched,
} from '../policy/index.ts';
import type { Verdict } from '../model/finding.ts';
import type { Rule, Ruleset } from './ruleset.ts';
import { tellingAmong } from './telling.ts';

/** The rules that may have something to say about the objects of one resource. */
export class ApplicableRules {
  readonly rules: readonly Rule[];
  private readonly ruleset: Ruleset;
  private readonly common: CommonVerdicts;
  private readonly tallies = new Map<string, Tally>();
  private readonly same = new WeakMap<readonly PlainVerdict[], Tally>();
  private knownPlan: VerdictPlan | undefined;

  /** `common` is what is remembered for all resources together. */
  constructor(rules: readonly Rule[], ruleset: Ruleset, common: CommonVerdicts) {
    this.rules = rules;
    this.ruleset = ruleset;
    this.common = common;
  }

  /** Judges for verdicts alone; the context has to be the same every time. */
  plan(sample: AdmissionRequest, context: JudgeContext): VerdictPlan {
    return (this.knownPlan ??= new VerdictPlan(
      this.rules.map(({ bound }) => bound),
      sample,
      context,
      { watched: tellingAndTold(this.rules), common: this.common },
    ));
  }

  /** What plain verdicts, one for each rule, amount to; thousands of objects have the same ones. */
  tally(verdicts: readonly PlainVerdict[]): Tally {
    let tally = this.same.get(verdicts);
    if (tally !== undefined) return tally;
    // Their first letters tell them apart.
    const key = verdicts.map((verdict) => verdict[0]).join('');
    tally = this.tallies.get(key);
    if (tally === undefined) this.tallies.set(key, (tally = tallyOf(this.rules, verdicts, this.ruleset)));
    this.same.set(verdicts, tally);
    return tally;
  }
}

/** The places of the rules which tell others, and of those others. */
function tellingAndTold(rules: readonly Rule[]): Watched {
  const places = tellingAmong(rules).flatMap(({ told, tellers }) => [told, ...tellers]);
  return new Map(places.map((place) => [rules[place]!.id, place]));
}

/** How the rules of a ruleset judged an object. */
export interface Tally {
  readonly verdicts: Readonly<Record<Verdict, number>>;
  readonly failing: readonly Rule[];
  /** The rules that applied, pass or not. */
  readonly judgedBy: readonly Rule[];
  /** The rules that have more to say than a plain verdict. */
  readonly open: readonly Rule[];
}

function tallyOf(rules: readonly Rule[], given: readonly PlainVerdict[], { named }: Ruleset): Tally {
  const verdicts: Record<Verdict, number> = {
    pass: 0,
    fail: 0,
    // What is about other kinds only is not asked at all.
    'not-applicable': named.size - rules.length,
    unknown: 0,
    error: 0,
  };
  for (const verdict of given) if (verdict !== 'other') verdicts[verdict]++;
  const said = (wanted: PlainVerdict): readonly Rule[] => rules.filter((_, i) => given[i] === wanted);
  const judgedBy = rules.filter((_, i) => given[i] === 'pass' || given[i] === 'fail');
  return { verdicts, failing: said('fail'), judgedBy, open: said('other') };
}

/** What is known of a ruleset. */
interface OfRuleset {
  readonly applicable: WeakMap<GroupVersionResource, ApplicableRules>;
  readonly common: CommonVerdicts;
}

/**
 * Picks the rules that may have something to say about a request. Rules that select by resource alone are asked once for
 * each resource, which equal requests name by the same object; a scan of thousands of Services does not ask the rules on pods each time.
 */
export class RulePicker {
  private readonly byResource = new Map<Ruleset, OfRuleset>();

  /** Lets go what was found out about requests so far. */
  forget(): void {
    this.byResource.clear();
  }

  for(ruleset: Ruleset, request: AdmissionRequest): ApplicableRules {
    let known = this.byResource.get(ruleset);
    if (known === undefined)
      this.byResource.set(ruleset, (known = { applicable: new WeakMap(), common: new CommonVerdicts() }));
    let applicable = known.applicable.get(request.resource);
    if (applicable === undefined) {
      const rules = ruleset.rules.filter(
        (rule) =>
          rule.derivation === undefined &&
          (!rule.bound.policy.matcher.readsResourceOnly || mayMatch(rule, request)),
      );
      applicable = new ApplicableRules(rules, ruleset, known.common);
      known.applicable.set(request.resource, applicable);
    }
    return applicable;
  }
}

/** Whether a rule may be about a request, whatever the namespace's labels are. */
export function mayMatch({ bound }: Rule, request: AdmissionRequest): boolean {
  return bound.policy.matcher.match(request, () => undefined).matches !== 'no';
}
