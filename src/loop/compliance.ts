import type { Catalogue } from '../catalogue/catalogue.ts';
import { policyFor } from '../catalogue/control.ts';
import { controlsFor, type Framework, type Need, type Requirement } from '../catalogue/framework.ts';
import type { MinorVersion } from '../catalogue/versions.ts';
import type { Answer, Compliance, RequirementAnswer } from '../model/compliance.ts';
import type { ManifestVerdicts, RuleFailure } from './manifest-verdicts.ts';

/** What the table of a framework is made of. */
export interface ComplianceInput {
  readonly catalogue: Catalogue;
  readonly version: MinorVersion;
  readonly verdicts: readonly ManifestVerdicts[];
  /** Ids of the controls that were run. */
  readonly run: ReadonlySet<string>;
  /** Why verdicts may be missing although nothing says unknown: what could not be read or has to be rendered first. */
  readonly unread: string;
}

/** What is said where objects alone do not tell. */
const needReasons: Readonly<Record<Need, string>> = {
  node: 'needs facts of the nodes',
  network: 'needs to know who reaches whom',
  rbac: 'needs all roles and bindings together',
  input: 'needs what no object holds',
};

/**
 * Answers every requirement of the frameworks that the profiles are about, each once. A requirement fails with one of its
 * controls, is unknown where one of them is or found nothing in the input to judge, and passes only where each judged
 * something and nothing failed.
 */
export function complianceOf(profiles: readonly string[], input: ComplianceInput): readonly Compliance[] {
  const { catalogue } = input;
  const names = new Set(profiles.flatMap((name) => catalogue.profiles.get(name)?.frameworks ?? []));
  if (names.size === 0) return [];
  const tallies = tally(input.verdicts);
  return [...names].map((name) => answerAll(catalogue.frameworks.get(name)!, tallies, input));
}

function answerAll(
  framework: Framework,
  tallies: ReadonlyMap<string, Tally>,
  input: ComplianceInput,
): Compliance {
  const counts: Record<Answer, number> = {
    pass: 0,
    fail: 0,
    'not-applicable': 0,
    unknown: 0,
    'not-covered': 0,
  };
  const grown = [...input.catalogue.controls.values()].filter(({ nursery }) => !nursery);
  const sections = framework.sections.map(({ id, title, requirements }) => ({
    id,
    title,
    requirements: requirements.map((one) => {
      const given = answer(one, controlsFor(one, framework.name, grown), tallies, input);
      counts[given.answer]++;
      return given;
    }),
  }));
  const { name, title, url } = framework;
  return { framework: name, title, url, sections, answers: counts };
}

function answer(
  { assessment, fields, id, needs, note, title }: Requirement,
  controls: readonly string[],
  tallies: ReadonlyMap<string, Tally>,
  { catalogue, run, unread, version }: ComplianceInput,
): RequirementAnswer {
  const seen = seenOf(
    controls.flatMap((one) => tallies.get(one) ?? []),
    fields,
  );
  const { accepted, failedBy, failing, judged, unknown } = seen;
  const say = (answer: Answer, reason = ''): RequirementAnswer => ({
    id,
    title,
    assessment,
    answer,
    reason,
    controls,
    failedBy,
    objects: judged.size,
    failing: failing.size,
    accepted: [...accepted].filter((one) => !failing.has(one)).length,
  });
  const needed =
    needs === undefined ? '' : note === '' ? needReasons[needs] : `${needReasons[needs]}: ${note}`;
  if (failing.size > 0) return say('fail');
  if (controls.length === 0) {
    if (needed !== '') return say('unknown', needed);
    return assessment === 'manual' ? say('unknown', 'left to people') : say('not-covered');
  }
  const there = controls.filter((one) => policyFor(catalogue.controls.get(one)!, version) !== undefined);
  if (there.length === 0) return say('not-applicable', `no rule in Kubernetes 1.${version}`);
  const off = there.filter((one) => !run.has(one));
  if (unknown !== '') return say('unknown', unknown);
  if (off.length > 0) {
    return say('unknown', off.length < there.length ? 'some of its controls were not run' : 'not run');
  }
  if (judged.size === 0) return say('unknown', 'nothing in this input to judge');
  if (unread !== '') return say('unknown', unread);
  if (there.some((one) => (tallies.get(one)?.judged.size ?? 0) === 0)) {
    return say('unknown', 'what was judged passes; for some of its controls there is nothing in this input');
  }
  return needed === '' ? say('pass') : say('unknown', `what was judged passes; ${needed}`);
}

/** What the scan saw of a control; objects by their place in the list of verdicts. */
interface Tally {
  readonly control: string;
  readonly judged: Set<number>;
  readonly failures: Map<number, RuleFailure>;
  unknown: string;
}

function tally(verdicts: readonly ManifestVerdicts[]): ReadonlyMap<string, Tally> {
  const tallies = new Map<string, Tally>();
  const of = (control: string): Tally => {
    let known = tallies.get(control);
    if (known === undefined) {
      known = { control, judged: new Set(), failures: new Map(), unknown: '' };
      tallies.set(control, known);
    }
    return known;
  };
  for (const [index, { failures, implied, judgedBy, remarks }] of verdicts.entries()) {
    for (const { id } of judgedBy) of(id).judged.add(index);
    for (const failure of [...failures, ...implied]) {
      const own = of(failure.control);
      own.judged.add(index);
      own.failures.set(index, failure);
    }
    for (const { control, reason, verdict } of remarks) {
      if (verdict === 'unknown' || verdict === 'error') of(control).unknown ||= reason || verdict;
    }
  }
  return tallies;
}

/** What the scan saw of all controls of a requirement, as far as its fields are concerned. */
interface Seen {
  readonly judged: ReadonlySet<number>;
  readonly failing: ReadonlySet<number>;
  readonly accepted: ReadonlySet<number>;
  readonly failedBy: readonly string[];
  readonly unknown: string;
}

function seenOf(tallies: readonly Tally[], fields: readonly string[]): Seen {
  const failing = new Set<number>();
  const accepted = new Set<number>();
  const failedBy = new Set<string>();
  for (const { control, failures } of tallies) {
    for (const [object, failure] of failures) {
      const findings =
        fields.length === 0 ? undefined : failure.findings.filter(({ path }) => endsIn(path, fields));
      if (findings?.length === 0) continue;
      const isAccepted =
        findings?.every(({ suppression }) => suppression !== undefined) ?? failure.isSuppressed;
      if (isAccepted) accepted.add(object);
      else {
        failing.add(object);
        failedBy.add(control);
      }
    }
  }
  return {
    judged: new Set(tallies.flatMap(({ judged }) => [...judged])),
    failing,
    accepted,
    failedBy: [...failedBy],
    unknown: tallies.find(({ unknown }) => unknown !== '')?.unknown ?? '',
  };
}

/** Whether a path leads to one of the fields, or to the whole object, which has them all. */
function endsIn(path: string, fields: readonly string[]): boolean {
  return path === '' || fields.some((field) => path === field || path.endsWith(`.${field}`));
}
