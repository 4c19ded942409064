import { controlsCalled } from '../../catalogue/cross-walk.ts';
import { formatMinorVersion } from '../../catalogue/versions.ts';
import { type Collection, collectTextInSteps, type Manifest } from '../../collect/manifests.ts';
import { type Extract, extract, type KeptExtract } from '../../derive/extract.ts';
import { kindRegistry } from '../../kube/kinds.ts';
import type { Problem } from '../../model/finding.ts';
import { groupBy } from '../../model/group-by.ts';
import type { JsonObject, Path } from '../../model/object.ts';
import { compareSeverity } from '../../model/severity.ts';
import { lintedKind } from '../../policy/lint/compile-object.ts';
import { LineIndex } from '../../yaml/index.ts';
import { judgeDerivations } from '../deriving.ts';
import { foldImplied } from '../fold-implied.ts';
import { Judging, namespacesOf } from '../judging.ts';
import { lintManifests } from '../lint.ts';
import { type LocatedFinding, placeOf, Places } from '../located.ts';
import { type ManifestVerdicts, type RuleFailure, unjudged } from '../manifest-verdicts.ts';
import type { Ruleset } from '../ruleset.ts';
import { suppress } from '../suppress.ts';
import type { Neighbours } from './neighbours.ts';
import { findingNotice, type Notice, problemNotice, trapNotice } from './notice.ts';
import { nameOf, type OpenText } from './open-text.ts';
import type { Pace } from './pace.ts';
import type { FileRules, Rulebook } from './rulebook.ts';

/** What there is to say about a version of a text. */
export interface JudgedText {
  readonly text: OpenText;
  readonly notices: readonly Notice[];
  /** Its objects, and what of them can matter to others. */
  readonly manifests: readonly Manifest[];
  readonly extracts: readonly Extract[];
  /** What counts, for those who mend it. */
  readonly failures: readonly RuleFailure[];
  /** Whether all objects together were asked for something, so that another file can change what is said. */
  readonly derives: boolean;
}

/** What a text is judged by and among. */
export interface Around {
  readonly rulebook: Rulebook;
  readonly rules: FileRules;
  readonly neighbours: Neighbours;
  /** `YYYY-MM-DD`, for suppressions that expire. */
  readonly today: string;
  /** Also say, once an object and reason, what is unknown. */
  readonly unknown?: boolean | undefined;
}

/** More than this are not shown in one file. */
export const mostNotices = 1000;

/**
 * Judges a text as a scan of the folders would, in slices; undefined where nobody wants it any more. What cannot be told
 * from the text and its neighbours is unknown and said only where that is asked for.
 */
export async function judgeText(text: OpenText, around: Around, pace: Pace): Promise<JudgedText | undefined> {
  return new TextJudge(text, around, pace).run();
}

/** A text about which there is nothing to say. */
export function unjudgedText(text: OpenText, notices: readonly Notice[] = []): JudgedText {
  return { text, notices, manifests: [], extracts: [], failures: [], derives: false };
}

class TextJudge {
  private readonly text: OpenText;
  private readonly around: Around;
  private readonly pace: Pace;
  private readonly places = new Places();
  private readonly lines: LineIndex;

  constructor(text: OpenText, around: Around, pace: Pace) {
    this.text = text;
    this.around = around;
    this.pace = pace;
    this.lines = new LineIndex(text.text);
  }

  async run(): Promise<JudgedText | undefined> {
    const { rulebook, rules, today } = this.around;
    const collection = await this.collect();
    if (collection === undefined) return undefined;
    const { manifests } = collection;
    const judging = this.judging(manifests);
    const judged = await this.judge(manifests, judging);
    if (judged === undefined) return undefined;
    const extracts = await this.extract(manifests);
    if (extracts === undefined) return undefined;
    const verdicts = this.together(judged, extracts, judging);
    const problems: Problem[] = [...collection.problems, ...verdicts.flatMap((one) => one.traits.problems)];
    const known = {
      ids: new Set([...rulebook.catalogue.controls.keys(), ...rules.own.rules.map(({ id }) => id)]),
      called: (name: string) => controlsCalled(name, rulebook.catalogue.controls.values()),
    };
    const exceptions = rulebook.exceptions(today);
    for (const one of verdicts) {
      if (await this.pace.isOver()) return undefined;
      const bad = one.traits.mayBeSuppressed ? suppress(one, rules.ruleset.named, known, today) : [];
      for (const { path, severity, reason } of bad) {
        problems.push({ ...placeOf(one.manifest, path), severity, reason });
      }
      exceptions.apply(one);
      foldImplied([one]);
    }
    const linted = this.lint(manifests);
    const failures = verdicts.flatMap((one) => one.failures);
    const found = await this.findings(failures);
    if (found === undefined) return undefined;
    const notices = [
      ...distinct([...problems, ...linted.flatMap((one) => one.problems)]).map((one) =>
        problemNotice(one, this.lines),
      ),
      ...linted.flatMap(({ findings, manifest }) =>
        findings
          .filter(({ suppression }) => suppression === undefined)
          .map((one) => trapNotice(one, one.location!, manifest)),
      ),
      ...errorsOf(verdicts),
      ...(this.around.unknown === true ? unknownsOf(verdicts) : []),
      ...found,
    ];
    return {
      text: this.text,
      notices,
      manifests,
      extracts,
      failures: failures.filter(({ isSuppressed }) => !isSuppressed),
      derives: rules.ruleset.derivations.size > 0 || linted.length > 0,
    };
  }

  private async collect(): Promise<Collection | undefined> {
    const steps = collectTextInSteps(nameOf(this.text), this.text.text);
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      if (await this.pace.isOver()) return undefined;
    }
  }

  private async judge(
    manifests: readonly Manifest[],
    judging: Judging,
  ): Promise<ManifestVerdicts[] | undefined> {
    const { rules } = this.around;
    const verdicts: ManifestVerdicts[] = [];
    for (const manifest of manifests) {
      if (await this.pace.isOver()) return undefined;
      verdicts.push(judging.judge(manifest, rules.ruleset, manifest));
    }
    return verdicts;
  }

  private async extract(manifests: readonly Manifest[]): Promise<Extract[] | undefined> {
    const extracts: Extract[] = [];
    for (const { value } of manifests) {
      if (await this.pace.isOver()) return undefined;
      extracts.push(extract(value));
    }
    return extracts;
  }

  private judging(manifests: readonly Manifest[]): Judging {
    const { neighbours, rules } = this.around;
    const all = [...neighbours.others(this.text.file).manifests, ...manifests];
    const definitions = all.filter(({ reference }) => reference.kind === 'CustomResourceDefinition');
    const kinds = kindRegistry(definitions.map(({ value }) => value));
    const takesParameters = rules.own.rules.some(
      ({ bound }) => bound.policy.definition.paramKind !== undefined,
    );
    const parameters: readonly JsonObject[] = takesParameters
      ? [...rules.own.objects, ...all.map(({ value }) => value)]
      : [];
    const surroundings = { kinds, namespaces: namespacesOf(all), parameters };
    return new Judging(surroundings, this.places, { showAll: false, elements: false });
  }

  /** The verdicts with those about what all objects together show. */
  private together(
    verdicts: readonly ManifestVerdicts[],
    ownExtracts: readonly Extract[],
    judging: Judging,
  ): readonly ManifestVerdicts[] {
    const { neighbours, rules } = this.around;
    if (rules.ruleset.derivations.size === 0 || verdicts.length === 0) return verdicts;
    const { extracts, manifests } = neighbours.others(this.text.file);
    const own = new Set(verdicts.map(({ manifest }) => manifest));
    const all = [...manifests.map(unjudged), ...verdicts];
    judgeDerivations(all, [...extracts, ...ownExtracts.map(whole)], {
      given: neighbours.given,
      rulesetOf: (manifest) => (own.has(manifest) ? rules.ruleset : noRules),
      judging,
      showAll: false,
      elements: true,
    });
    return verdicts;
  }

  private lint(manifests: readonly Manifest[]): ReturnType<typeof lintManifests> {
    const { neighbours, rules, today } = this.around;
    const own = new Set(manifests);
    if (!manifests.some(({ value }) => lintedKind(value) !== undefined)) return [];
    return lintManifests([...neighbours.others(this.text.file).manifests, ...manifests], {
      version: formatMinorVersion(rules.version),
      staticManifests: false,
      today,
      isWanted: (manifest) => own.has(manifest),
    });
  }

  /**
   * The failing elements as notices, the worst first where there are too many. All are found before the first is
   * located: each document is then read once for all of its own.
   */
  private async findings(failures: readonly RuleFailure[]): Promise<Notice[] | undefined> {
    const isMuch = failures.length > mostNotices;
    const order = isMuch ? failures.toSorted((a, b) => compareSeverity(a.severity, b.severity)) : failures;
    const found: { finding: LocatedFinding; failure: RuleFailure; name: Path }[] = [];
    const names = new Map<Manifest, Path>();
    for (const failure of order) {
      if (await this.pace.isOver()) return undefined;
      if (found.length >= mostNotices) break;
      for (const finding of failure.findings) {
        if (finding.suppression !== undefined) continue;
        const { manifest } = failure;
        let name = names.get(manifest);
        if (name === undefined) {
          name = [...manifest.origin.path, 'metadata', 'name'];
          names.set(manifest, name);
          this.places.announce(manifest.source, name);
        }
        found.push({ finding, failure, name });
      }
    }
    const notices: Notice[] = [];
    for (const { finding, failure, name } of found.slice(0, mostNotices)) {
      if (await this.pace.isOver()) return undefined;
      const { origin, source } = finding.manifest;
      notices.push(findingNotice(finding, failure, this.places.find(origin.file, source, name)));
    }
    if (found.length > mostNotices || isMuch) notices.push(this.tooMany(failures.length));
    return notices;
  }

  private tooMany(failures: number): Notice {
    const start = { line: 1, column: 1, endLine: 1, endColumn: this.lines.line(1).length + 1 };
    return {
      location: { file: nameOf(this.text), ...start },
      loudness: 'information',
      code: undefined,
      href: undefined,
      message: `${failures} failures in this file, of which the worst are marked; scantling scan lists all`,
      related: [],
    };
  }
}

/** What of each object is unknown: one notice for all controls with the same reason, which mostly are about other files. */
function unknownsOf(verdicts: readonly ManifestVerdicts[]): Notice[] {
  return verdicts.flatMap(({ others }) => {
    const byReason = groupBy(
      others.filter(({ verdict }) => verdict === 'unknown'),
      ({ reason }) => reason,
    );
    return [...byReason].map(([reason, [first, ...more]]): Notice => ({
      location: first!.location,
      loudness: 'hint',
      code: first!.control,
      href: undefined,
      message: `unknown${more.length === 0 ? '' : `, also for ${more.map(({ control }) => control).join(', ')}`}: ${reason}`,
      related: [],
      about: { manifest: first!.manifest, control: first!.control, at: [], failure: undefined },
    }));
  });
}

/** What could not be judged because of an error. */
function errorsOf(verdicts: readonly ManifestVerdicts[]): Notice[] {
  return verdicts.flatMap(({ others }) =>
    others
      .filter(({ verdict }) => verdict === 'error')
      .map(({ control, location, manifest, reason }): Notice => ({
        location,
        loudness: 'error',
        code: control,
        href: undefined,
        message: `cannot be judged: ${reason}`,
        related: [],
        about: { manifest, control, at: [], failure: undefined },
      })),
  );
}

/** A scan and a lint of the same object both tell of annotations that do not count. */
function distinct(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((one) => [JSON.stringify(one), one])).values()];
}

const noRules: Ruleset = {
  rules: [],
  named: new Map(),
  byId: new Map(),
  parameters: [],
  derivations: new Set(),
  hasOwn: false,
};

const whole = (one: Extract): KeptExtract => ({ extract: one, isPartial: false });
